"""/pay account, as an Admin sees it and as everybody else is answered."""

from dataclasses import replace
from typing import Any

import pytest

from commands.access import SETTLER, Actor
from commands.payments_account import modal, overview, service
from commands.ports import AccountReading, AccountState
from storage.comparisons import Comparison, ComparisonDifference
from tests.builders import ALEX, ANNA, CARL, MARA, NOW, SALLY
from tests.conftest import Room
from tests.slack_room import SlackRoom

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py

ACTIVE = AccountReading("acct_1", "active", ("card", "us_bank_account"), name="Bloom & Sons")


def shown(stage: SlackRoom) -> str:
    anna = stage.person(ANNA)
    answer = anna.command("/pay", "account")
    assert answer.trouble is None, answer
    return anna.modal.text()


def read(room: Room, reading: AccountReading) -> None:
    service.keep(SETTLER, room.desk, reading=reading)
    room.account.answer = AccountState(reading.status)


def compared(room: Room, *, differences: int = 0, **own: Any) -> None:
    status = "differs" if differences else "matched"
    facts: dict[str, Any] = {
        "day": NOW.date(),
        "since": NOW,
        "until": NOW,
        "stage": "movements",
        "compared": 7,
    }
    facts |= {"status": status, "started_at": NOW, "finished_at": NOW}
    with room.desk.database.writing() as session:
        session.add(Comparison(**(facts | own)))
        session.flush()
        for number in range(differences):
            session.add(
                ComparisonDifference(
                    day=NOW.date(),
                    object_id=f"pi_{number:02}",
                    kind="missing_here",
                    what="payment",
                    payment_id=f"pi_{number:02}",
                    ours="–",
                    theirs="USD 1.00 succeeded",
                    at=NOW,
                )
            )


@pytest.mark.parametrize("who", [MARA, CARL, SALLY, ALEX])
def test_others_are_told_in_one_sentence_whom_to_ask(stage: SlackRoom, who: Actor) -> None:
    answer = stage.person(who).command("/pay", "account")
    assert f"<@{ANNA.id}>" in str(answer)
    assert not stage.person(who).has_modal


def test_an_account_that_is_not_connected_says_what_to_set(stage: SlackRoom) -> None:
    stage.room.account.answer = AccountState("not_connected")
    text = shown(stage)
    assert "Not connected" in text
    assert "STRIPE_API_KEY" in text
    assert "Dashboard" not in text


def test_an_active_account_says_by_which_methods_and_in_which_mode(stage: SlackRoom) -> None:
    read(stage.room, ACTIVE)
    text = shown(stage)
    assert "Active" in text
    assert "card and bank account (ACH)" in text
    assert "Test: no real money" in text
    assert "Bloom &amp; Sons" in text
    assert "acct_1" in text


def test_a_restricted_account_says_what_is_missing_and_where_to_go(stage: SlackRoom) -> None:
    missing = ("company.tax_id", "external_account")
    reading = AccountReading("acct_1", "restricted", requirements=missing, due_by=NOW)
    read(stage.room, replace(reading, disabled_reason="requirements.past_due"))
    text = shown(stage)
    assert "Restricted" in text
    assert "• the company's tax ID\n• a bank account for payouts" in text
    assert "overdue" in text
    assert "whom to call" in text
    view = modal.view(overview.look(ANNA, stage.desk))
    assert "https://dashboard.stripe.com/acct_1/test/account/status" in str(view)


def test_what_stripe_asks_for_in_time_is_shown_while_it_is_active(stage: SlackRoom) -> None:
    read(stage.room, replace(ACTIVE, requirements=("external_account",)))
    assert "It stays so if Stripe gets:\n• a bank account for payouts" in shown(stage)


def test_the_last_comparison_that_agreed_is_shown(stage: SlackRoom) -> None:
    compared(stage.room)
    assert "all agrees (7 movements compared)" in shown(stage)


def test_differences_can_be_turned_page_by_page(stage: SlackRoom) -> None:
    compared(stage.room, differences=23)
    anna = stage.person(ANNA)
    assert "23 differences" in shown(stage)
    assert "pi_09" in anna.modal.text()
    assert "pi_10" not in anna.modal.text()
    anna.modal.press("More")
    anna.modal.press("More")
    assert "pi_22" in anna.modal.text()
    assert "Page 3 of 3" in anna.modal.text()


def test_a_comparison_that_hangs_says_why(stage: SlackRoom) -> None:
    compared(stage.room)
    later = NOW.replace(day=11)
    own: dict[str, Any] = {"status": "running", "error": "Stripe did not answer."}
    compared(stage.room, day=later.date(), until=later, **own)
    text = shown(stage)
    assert "all agrees" in text
    assert "under way" in text
    assert "Stripe did not answer." in text


def test_no_key_is_shown_anywhere(stage: SlackRoom) -> None:
    read(stage.room, replace(ACTIVE, status="restricted", problem="STRIPE_API_KEY: not accepted"))
    assert "sk_" not in shown(stage)
