"""The payments account is read now and then and kept: forms, mails and pages ask the database."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from commands.access import DELIVERER, SETTLER
from commands.desk import Desk
from commands.errors import GatewayUnavailable, NotPermitted
from commands.payments_account import service
from commands.payments_account.requirements import in_words
from commands.payments_account.stored import StoredAccount
from commands.ports import AccountReading, AccountState, ReceivedEvent
from commands.take_payment import events
from storage import gateway_accounts
from storage.gateway_accounts import GatewayAccountRow
from tests.conftest import Room
from tests.paying import Till

ACTIVE = AccountReading("acct_1", "active", ("card", "us_bank_account"), name="Bloom")
RESTRICTED = AccountReading(
    "acct_1",
    "restricted",
    name="Bloom",
    requirements=("company.tax_id", "external_account"),
    disabled_reason="requirements.past_due",
)
DOWN = GatewayUnavailable("Stripe did not answer.")


@dataclass
class Reader:
    answer: AccountReading | Exception = field(default_factory=lambda: ACTIVE)
    asked: int = 0

    def read(self) -> AccountReading:
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def stripe() -> Reader:
    return Reader()


@pytest.fixture
def desk(till: Till, stripe: Reader) -> Desk:
    """The till's desk, whose account is the stored one."""
    account = StoredAccount(till.desk.database, stripe)
    gateway = replace(till.desk.gateway, account=account)
    till.desk = replace(till.desk, gateway=gateway)
    return till.desk


def kept(desk: Desk) -> GatewayAccountRow:
    with desk.database.reading() as session:
        row = gateway_accounts.known(session)
        assert row is not None
        return row


def test_forms_ask_the_database_and_not_stripe(desk: Desk, stripe: Reader) -> None:
    service.refresh(SETTLER, desk)
    for _ in range(3):
        assert desk.gateway.account.state() == AccountState("active", ("card", "us_bank_account"))
    assert stripe.asked == 1


def test_as_long_as_it_was_never_read_nothing_is_held_against_it(
    desk: Desk, stripe: Reader
) -> None:
    stripe.answer = DOWN
    assert not service.refresh(SETTLER, desk)
    assert desk.gateway.account.state().status == "active"


def test_during_an_outage_the_last_answer_holds(desk: Desk, stripe: Reader) -> None:
    stripe.answer = RESTRICTED
    service.refresh(SETTLER, desk)
    stripe.answer = DOWN
    service.refresh(SETTLER, desk)
    assert desk.gateway.account.state().status == "restricted"


def test_what_stripe_requires_is_said_in_words(desk: Desk, stripe: Reader) -> None:
    stripe.answer = RESTRICTED
    service.refresh(SETTLER, desk)
    assert desk.gateway.account.state().explanation == (
        "The payments account cannot take money now: Stripe still requires the company's tax ID,"
        " a bank account for payouts."
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("external_account", "a bank account for payouts"),
        ("representative.dob.day", "the representative's date of birth"),
        ("person_1AbC.verification.document", "a person's proof of identity"),
        ("owners.first_name", "an owner's name"),
        ("company.address.city", "the company's address"),
        ("some.brand_new_thing", "brand new thing"),
        ("", ""),
    ],
)
def test_each_requirement_has_words(code: str, words: str) -> None:
    assert in_words([code]) == [words]


def test_parts_of_one_thing_are_said_once() -> None:
    day, month = "representative.dob.day", "representative.dob.month"
    assert in_words([day, month]) == ["the representative's date of birth"]


def test_the_channel_hears_once_that_it_cannot_take_money_and_once_that_it_can(
    till: Till, desk: Desk, stripe: Reader, room: Room
) -> None:
    for answer in (ACTIVE, RESTRICTED, RESTRICTED, ACTIVE, ACTIVE):
        room.clock.advance(minutes=5)
        stripe.answer = answer
        service.refresh(SETTLER, desk)
    cannot, can = till.notices()
    assert "cannot take money now" in cannot
    assert "/pay account" in cannot
    assert "can take money again" in can


def test_stripe_tells_by_a_webhook(till: Till, desk: Desk, stripe: Reader) -> None:
    stripe.answer = RESTRICTED
    told = ReceivedEvent("evt_1", "account.updated", "acct_1", livemode=False, payload={})
    events.store_event(desk, told)
    assert events.handle_next(SETTLER, desk)
    assert desk.gateway.account.state().status == "restricted"


def test_a_restricted_account_says_so_on_the_page_and_the_same_link_works_again(
    till: Till, desk: Desk, stripe: Reader
) -> None:
    token = till.link("INV-1042")
    stripe.answer = RESTRICTED
    service.refresh(SETTLER, desk)
    with pytest.raises(Exception, match="not available just now"):
        till.click(token)
    stripe.answer = ACTIVE
    service.refresh(SETTLER, desk)
    assert till.click(token)


def test_a_key_that_stripe_does_not_accept_takes_no_money(desk: Desk, stripe: Reader) -> None:
    problem = "Stripe does not accept STRIPE_API_KEY, or it lacks a right."
    stripe.answer = AccountReading("", "restricted", problem=problem)
    service.refresh(SETTLER, desk)
    assert problem in desk.gateway.account.state().explanation


def test_another_account_is_not_taken_over_while_the_books_hold_payments(
    till: Till, desk: Desk, stripe: Reader
) -> None:
    service.refresh(SETTLER, desk)
    till.click(till.link("INV-1042"))
    stripe.answer = replace(ACTIVE, account_id="acct_2", name="Somebody else")
    service.refresh(SETTLER, desk)
    row = kept(desk)
    assert (row.account_id, row.name, row.status) == ("acct_1", "Bloom", "restricted")
    assert "acct_2" in desk.gateway.account.state().explanation
    stripe.answer = ACTIVE
    service.refresh(SETTLER, desk)
    assert kept(desk).status == "active"


def test_books_without_payments_may_get_another_account(desk: Desk, stripe: Reader) -> None:
    service.refresh(SETTLER, desk)
    stripe.answer = replace(ACTIVE, account_id="acct_2")
    live = replace(desk, policy=replace(desk.policy, livemode=True))
    service.refresh(SETTLER, live)
    row = kept(desk)
    assert (row.account_id, row.livemode, row.status) == ("acct_2", True, "active")


def test_a_key_that_may_not_see_the_account_forgets_nothing(desk: Desk, stripe: Reader) -> None:
    service.refresh(SETTLER, desk)
    stripe.answer = AccountReading("", "active", ("card",))
    service.refresh(SETTLER, desk)
    assert (kept(desk).account_id, kept(desk).methods) == ("acct_1", ["card"])


def test_since_when_it_is_so_is_kept(desk: Desk, stripe: Reader, room: Room) -> None:
    service.refresh(SETTLER, desk)
    begun = kept(desk).changed_at
    room.clock.advance(minutes=5)
    service.refresh(SETTLER, desk)
    row = kept(desk)
    assert (row.changed_at, row.read_at) == (begun, begun + timedelta(minutes=5))


def test_only_the_clock_and_the_inbox_read_it(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        service.refresh(DELIVERER, desk)
    with pytest.raises(NotPermitted):
        service.keep(DELIVERER, desk, reading=ACTIVE)
