from dataclasses import replace

import pytest

from commands.access import HOUSEKEEPER
from commands.desk import Desk
from commands.errors import NotFound, NotPermitted, Refused
from commands.housekeeping import forget_old
from commands.orders import drafts, service
from tests.builders import CARL, NOBODY, SALLY, add_customer
from tests.conftest import Room
from tests.orders import a_form, switch_links_off


@pytest.fixture
def desk(room: Room) -> Desk:
    with room.desk.database.writing() as session:
        add_customer(session)
    return room.desk


def test_what_was_typed_is_kept_as_it_was(desk: Desk) -> None:
    form = replace(a_form(), notes="Before 6,\nplease 🌷", tax_rate="8,25", typed_in="C1")
    drafts.keep(SALLY, desk, form=form)
    assert drafts.find(SALLY, desk, form_id=form.id) == form


def test_only_its_owner_goes_on_with_it(desk: Desk) -> None:
    drafts.keep(SALLY, desk, form=a_form())
    with pytest.raises(NotFound, match="/pay order new"):
        drafts.find(CARL, desk, form_id="form-1")
    with pytest.raises(Refused, match="somebody else"):
        drafts.keep(CARL, desk, form=a_form(lines="1 x Roses @ 1"))
    assert drafts.find(SALLY, desk, form_id="form-1") == a_form()


def test_what_is_typed_later_takes_its_place(desk: Desk) -> None:
    drafts.keep(SALLY, desk, form=a_form())
    later = drafts.keep(SALLY, desk, form=a_form(lines="1 x Roses @ 1"))
    assert drafts.look_again(SALLY, desk, form_id="form-1") == later
    assert str(later.priced.total) == "USD 1.00"


def test_the_review_shows_why_there_can_be_no_link(desk: Desk) -> None:
    assert drafts.keep(SALLY, desk, form=a_form()).no_link_reason == ""
    switch_links_off(desk.database)
    assert "disabled" in drafts.look_again(SALLY, desk, form_id="form-1").no_link_reason


def test_a_form_that_made_its_order_is_not_reviewed_again(desk: Desk) -> None:
    service.save_order(SALLY, desk, form=a_form())
    with pytest.raises(Refused, match="it made order SO-1001"):
        drafts.keep(SALLY, desk, form=a_form())


def test_it_is_forgotten_after_a_week(room: Room, desk: Desk) -> None:
    drafts.keep(SALLY, desk, form=a_form())
    room.clock.advance(days=6)
    forget_old(HOUSEKEEPER, desk, keep_days=400)
    assert drafts.find(SALLY, desk, form_id="form-1")
    room.clock.advance(days=2)
    forget_old(HOUSEKEEPER, desk, keep_days=400)
    with pytest.raises(NotFound):
        drafts.find(SALLY, desk, form_id="form-1")


def test_without_a_role_nothing_is_kept_or_shown(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        drafts.keep(NOBODY, desk, form=a_form())
    with pytest.raises(NotPermitted):
        drafts.find(NOBODY, desk, form_id="form-1")
