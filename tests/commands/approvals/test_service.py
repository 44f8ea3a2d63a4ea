"""One decision, by somebody else, with a reason, in time."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from commands.access import HOUSEKEEPER, Actor, Role
from commands.approvals import service
from commands.errors import InvalidInput, NotPermitted, PayError, Refused
from storage.approvals import Approval
from tests.builders import ALEX, ANNA, CARL, MARA, SALLY
from tests.refunding import Counter


@pytest.fixture
def asked(counter: Counter) -> Counter:
    counter.place(CARL, note="Box 3 was frozen")
    return counter


def the_one(counter: Counter) -> Approval:
    [row] = counter.approvals()
    return row


def test_it_is_shown_to_the_channel_to_each_approver_and_to_whoever_asked(asked: Counter) -> None:
    lanes = [row.lane for row in asked.till.deliveries("approval")]
    assert lanes == ["#payments", ANNA.id, MARA.id, CARL.id]


def test_a_sales_manager_approves_and_it_is_made(asked: Counter) -> None:
    asked.approve(MARA)
    asked.work()
    assert asked.till.payment().refunded == 4000
    assert (the_one(asked).status, the_one(asked).decided_by) == ("done", MARA.id)


def test_every_post_is_edited_when_it_is_decided(asked: Counter) -> None:
    asked.reject(ANNA, "He got a credit memo already")
    assert len(asked.till.deliveries("edit")) == 4
    assert any("credit memo already" in text for text in asked.till.notices())


def test_rejecting_needs_a_reason(asked: Counter) -> None:
    with pytest.raises(InvalidInput) as told:
        asked.reject(ANNA, "  ")
    assert list(told.value.fields) == ["reason"]
    assert the_one(asked).status == "pending"


@pytest.mark.parametrize("roles", [("Cashier", "Admin"), ("Sales Manager",)])
def test_nobody_approves_their_own_whatever_their_roles(
    asked: Counter, roles: tuple[str, ...]
) -> None:
    carl = Actor(CARL.id, CARL.name, CARL.email, frozenset(Role(role) for role in roles))
    with pytest.raises(Refused, match="somebody else"):
        asked.approve(carl)


@pytest.mark.parametrize("person", [SALLY, ALEX])
def test_others_may_not_decide(asked: Counter, person: Actor) -> None:
    with pytest.raises(NotPermitted):
        asked.approve(person)
    assert asked.audited("approve_request")[-1].outcome == "denied"


def test_two_who_decide_at_once_make_one_decision(asked: Counter) -> None:
    def decide(person: Actor) -> str:
        try:
            if person is ANNA:
                asked.reject(person, "No")
            else:
                asked.approve(person)
        except PayError as error:
            return error.sentence
        return "decided"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(decide, [ANNA, MARA]))
    assert outcomes.count("decided") == 1
    loser = next(text for text in outcomes if text != "decided")
    assert "already" in loser
    made = 1 if the_one(asked).status == "approved" else 0
    assert len(asked.orders()) == made


def test_it_expires_after_three_days(asked: Counter) -> None:
    asked.room.clock.advance(hours=71)
    assert service.expire_overdue(HOUSEKEEPER, asked.desk) == 0
    asked.room.clock.advance(hours=1)
    assert service.expire_overdue(HOUSEKEEPER, asked.desk) == 1
    assert service.expire_overdue(HOUSEKEEPER, asked.desk) == 0
    assert the_one(asked).status == "expired"
    with pytest.raises(Refused, match="expired already"):
        asked.approve(MARA)


def test_whoever_asked_can_withdraw_it_and_nobody_else(asked: Counter) -> None:
    with pytest.raises(Refused):
        service.withdraw(MARA, asked.desk, approval_id=the_one(asked).id)
    service.withdraw(CARL, asked.desk, approval_id=the_one(asked).id)
    assert the_one(asked).status == "withdrawn"


def test_what_no_longer_fits_stays_undecided(asked: Counter) -> None:
    asked.place(ANNA, "150.00")
    asked.work()
    with pytest.raises(Refused, match=r"Only USD 15\.00"):
        asked.approve(MARA)
    assert the_one(asked).status == "pending"


def test_whoever_may_no_longer_ask_is_not_approved(asked: Counter) -> None:
    asked.give(CARL, "Sales")
    with pytest.raises(Refused, match="may no longer ask"):
        asked.approve(MARA)


def test_a_decision_on_other_content_is_refused(asked: Counter) -> None:
    with pytest.raises(Refused, match="other content"):
        service.approve(MARA, asked.desk, approval_id=the_one(asked).id, content_hash="0" * 64)


def test_each_sees_what_they_may_decide_or_asked(asked: Counter) -> None:
    seen = {person.id: len(service.waiting(person, asked.desk)) for person in (MARA, CARL, SALLY)}
    assert seen == {MARA.id: 1, CARL.id: 1, SALLY.id: 0}
