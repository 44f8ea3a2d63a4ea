from dataclasses import replace
from typing import Any

import pytest

from commands.customer_settings import service
from commands.customer_settings.service import Order, Saved
from commands.customer_settings.settings import Settings
from commands.errors import Changed, InvalidInput, LinkOff, NotFound, NotPermitted, Refused
from commands.send_invoice.service import SendInvoice, send_invoice
from commands.take_payment.page import pay_page
from renderers.page_values import NoticePage, PayPage
from tests.builders import ALEX, ANNA, CARL, MARA, NOBODY, SALLY
from tests.commands.deliver.posting import drain
from tests.conftest import Room
from tests.paying import Till


def settings(till: Till) -> Settings:
    return service.look(SALLY, till.desk, customer_id="C1").settings


def save(till: Till, *, end: bool = True, reason: str = "Cheques only", **own: Any) -> Saved:
    before = settings(till)
    after = replace(before, **own)
    order = Order("C1", after, before.fingerprint, end, reason)
    return service.save(MARA, till.desk, order=order)


def test_disabling_turns_the_open_links_off_for_good(till: Till) -> None:
    token, other = till.link("INV-1042"), till.link("INV-1043")
    till.click(token)
    saved = save(till, links_enabled=False)
    assert (saved.ended_links, saved.changed) == (2, ("links_enabled",))
    assert till.statuses() == ["superseded"]
    for each in (token, other):
        assert isinstance(pay_page(till.desk, token=each), NoticePage)
    with pytest.raises(LinkOff):
        till.click(token)
    save(till, links_enabled=True)
    assert isinstance(pay_page(till.desk, token=token), NoticePage)
    assert isinstance(pay_page(till.desk, token=till.link("INV-1042")), PayPage)


def test_what_is_out_can_be_left_and_paid(till: Till) -> None:
    token = till.link("INV-1042")
    save(till, links_enabled=False, end=False)
    assert isinstance(pay_page(till.desk, token=token), PayPage)
    till.click(token)
    till.pay()
    assert till.balance() == 0
    order = SendInvoice("d", "INV-1043", ("ap@iris.test",), with_link=True)
    with pytest.raises(Refused):
        send_invoice(SALLY, till.desk, order=order)


def test_a_page_that_was_paid_names_no_amounts_while_links_are_disabled(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token)
    till.pay()
    assert save(till, links_enabled=False).ended_links == 0
    assert isinstance(pay_page(till.desk, token=token), NoticePage)


def test_a_bank_debit_under_way_goes_on(till: Till) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    till.pay(status="processing", method="us_bank_account")
    save(till, links_enabled=False)
    assert till.statuses() == ["processing"]
    till.pay(method="us_bank_account")
    assert till.balance() == 0


@pytest.mark.parametrize("end", [True, False])
def test_a_mail_that_waits_goes_without_a_link(till: Till, room: Room, *, end: bool) -> None:
    order = SendInvoice("d", "INV-1042", ("ap@iris.test",), with_link=True)
    send_invoice(SALLY, till.desk, order=order)
    save(till, links_enabled=False, end=end)
    room.clock.advance(minutes=5)
    drain(room)
    [sent] = room.mailer.sent
    assert b"https://pay.bloom.test/pay/" not in sent.message


def test_the_channel_and_the_history_hear_of_it(till: Till) -> None:
    till.link("INV-1042")
    save(till, links_enabled=False)
    save(till, links_enabled=True)
    off, on = till.notices()
    assert "disabled for Blue Iris Florist by Mara Manager: Cheques only. 1 open link" in off
    assert "enabled again for Blue Iris Florist" in on
    standing = service.look(ANNA, till.desk, customer_id="C1")
    assert standing.last_change is not None
    assert (standing.last_change.by, standing.disabled_reason) == ("Mara Manager", "")


def test_everything_else_is_saved_as_typed(till: Till) -> None:
    saved = save(
        till,
        invoice_emails=("new@iris.test", "ap@iris.test"),
        statement_emails=("boss@iris.test",),
        group="  Florists \n North ",
        preferred_method="us_bank_account",
        sales_rep=SALLY.id,
        locale="de_DE",
    )
    assert len(saved.changed) == 6
    now = service.look(ANNA, till.desk, customer_id="C1")
    assert now.settings == Settings(
        links_enabled=True,
        invoice_emails=("new@iris.test", "ap@iris.test"),
        statement_emails=("boss@iris.test",),
        group="Florists North",
        preferred_method="us_bank_account",
        sales_rep=SALLY.id,
        locale="de_DE",
    )
    assert now.sales_rep_name == "Sally Sales"
    assert till.notices() == []


def test_nothing_changed_is_nothing(till: Till) -> None:
    assert save(till).changed == ()


@pytest.mark.parametrize(
    ("field", "name", "value"),
    [
        ("group", "group", "x" * 61),
        ("method", "preferred_method", "gold"),
        ("locale", "locale", "klingon"),
        ("rep", "sales_rep", "U0STRANGER"),
    ],
)
def test_a_mistake_is_named_at_its_field(till: Till, field: str, name: str, value: str) -> None:
    own: dict[str, Any] = {name: value}
    with pytest.raises(InvalidInput) as error:
        save(till, **own)
    assert list(error.value.fields) == [field]


def test_disabling_wants_a_reason(till: Till) -> None:
    with pytest.raises(InvalidInput) as error:
        save(till, links_enabled=False, reason=" ")
    assert list(error.value.fields) == ["reason"]
    assert settings(till).links_enabled


def test_two_people_at_once_do_not_overwrite_each_other(till: Till) -> None:
    before = settings(till)
    save(till, group="North")
    order = Order("C1", replace(before, group="South"), before.fingerprint)
    with pytest.raises(Changed):
        service.save(MARA, till.desk, order=order)
    assert settings(till).group == "North"


def test_only_managers_change_and_everyone_with_a_role_sees(till: Till) -> None:
    before = settings(till)
    for actor in (CARL, SALLY, ALEX):
        assert service.look(actor, till.desk, customer_id="C1").settings == before
        with pytest.raises(NotPermitted):
            service.save(actor, till.desk, order=Order("C1", before, before.fingerprint))
    with pytest.raises(NotPermitted):
        service.look(NOBODY, till.desk, customer_id="C1")
    with pytest.raises(NotFound):
        service.look(SALLY, till.desk, customer_id="C404")
