"""Sending a statement: once, with its link or without and why, held, undone, kept."""

from datetime import date, timedelta

import pytest

from commands.access import Actor, SystemActor
from commands.errors import InvalidInput, LinksDisabled, NotFound, NotPermitted, Refused
from commands.export_ledger.service import ledger
from commands.ports import AccountState
from commands.send_invoice.service import undo
from commands.send_statement import service
from commands.send_statement.order import SendStatement, SentStatement
from storage import payment_links, statements
from tests.builders import ALEX, ANNA, CARL, MARA, NOBODY, NOW, SALLY
from tests.commands.send_statement.books import Books, link_switch
from tests.conftest import Room
from tests.slack_room import audited, rows

PERIOD_END = SystemActor("period-end", frozenset())


@pytest.fixture
def books(room: Room) -> Books:
    """An account with two open invoices, USD 125.00 together."""
    made = Books.opened(room)
    made.issue(10_000, days_ago=5)
    made.issue(2_500, days_ago=3)
    return made


def send(books: Books, actor: Actor = SALLY, **own: object) -> SentStatement:
    return service.send(actor, books.room.desk, order=books.order(**({"with_link": True} | own)))  # type: ignore[arg-type]  # overrides of any kind


def run_schedule(books: Books, **own: object) -> SentStatement:
    facts = {"schedule_id": "monthly", "period_start": books.today.replace(day=1)}
    order = books.order(**(facts | {"draft_id": "", "with_link": True} | own))  # type: ignore[arg-type]  # overrides of any kind
    desk = books.room.desk
    with desk.database.writing() as session:
        account = desk.gateway.account.state()
        return service.send_within(session, PERIOD_END, desk, order=order, account=account)


@pytest.mark.parametrize("actor", [ANNA, MARA, CARL, SALLY, ALEX])
def test_every_role_may_send_a_statement(books: Books, actor: Actor) -> None:
    sent = send(books, actor)
    assert (sent.recipients, sent.has_link, sent.repeated) == (("ap@iris.test",), True, False)
    assert sent.leaves_at == NOW + timedelta(seconds=10)
    mail, card = rows(books.room.desk)
    assert (mail.purpose, mail.key, mail.status) == (
        "statement",
        f"statement-mail:{books.order().draft_id}",
        "queued",
    )
    assert (card.purpose, card.lane, card.about) == ("card", actor.id, mail.id)


def test_somebody_without_a_role_sends_nothing(books: Books) -> None:
    with pytest.raises(NotPermitted, match="You may not send a statement"):
        send(books, NOBODY)
    assert rows(books.room.desk) == []
    assert [e.action for e in audited(books.room.desk, "denied")] == ["send_statement"]


def test_the_link_is_for_exactly_the_open_invoices(books: Books) -> None:
    books.pay(10_000, on=0)
    sent = send(books)
    with books.room.desk.database.reading() as session:
        statement = statements.find(session, sent.statement_id)
        assert statement is not None
        assert statement.link_id is not None
        link = payment_links.find(session, statement.link_id)
        covered = payment_links.invoices_of(session, statement.link_id)
    assert link is not None
    assert (link.kind, link.subject, link.currency) == ("statement", statement.id, "USD")
    assert [row.number for row in covered] == [books.numbers[1]]
    assert statement.payable == 2_500


def test_two_submissions_of_one_form_are_one_statement(books: Books) -> None:
    first, second = send(books), send(books)
    assert (second.statement_id, second.repeated) == (first.statement_id, True)
    assert len(rows(books.room.desk)) == 2


def test_a_form_of_somebody_else_is_refused(books: Books) -> None:
    send(books)
    with pytest.raises(Refused, match="used already"):
        send(books, CARL)


def test_a_disabled_customer_gets_no_link_whatever_was_submitted(books: Books) -> None:
    link_switch(books.room, books.customer_id, on=False)
    with pytest.raises(LinksDisabled, match="disabled for Blue Iris"):
        send(books)
    assert send(books, with_link=False).has_link is False


def test_nothing_to_pay_means_no_link_and_says_so(books: Books) -> None:
    books.pay(12_500)
    sent = send(books)
    assert (sent.has_link, sent.no_link_reason) == (False, "There is nothing to pay.")


def test_an_account_that_cannot_take_money_means_no_link(books: Books) -> None:
    books.room.account.answer = AccountState("not_connected", ())
    assert send(books).no_link_reason == "No payments account is connected."


def test_a_statement_cannot_end_in_the_future(books: Books) -> None:
    with pytest.raises(InvalidInput, match="future"):
        send(books, period_end=books.today + timedelta(days=1))


def test_an_unknown_customer_is_refused(books: Books) -> None:
    with pytest.raises(NotFound):
        send(books, customer_id="nobody")


def test_undo_stops_it_turns_its_link_off_and_nothing_follows_from_it(books: Books) -> None:
    sent = send(books)
    assert undo(SALLY, books.room.desk, delivery_id=sent.delivery_id) == sent.document
    with books.room.desk.database.reading() as session:
        statement = statements.find(session, sent.statement_id)
        assert statement is not None
        link = payment_links.find(session, statement.link_id or "")
        left = statements.of_account(session, books.customer_id, "USD")
    assert link is not None
    assert (link.state, left) == ("off", [])
    assert ledger(books.room.desk.database)["statements"] == []


def test_somebody_who_sends_again_within_a_day_is_told(books: Books) -> None:
    assert send(books).mailed_before is None
    assert send(books, draft_id="another").mailed_before == NOW


def test_each_currency_has_a_statement_of_its_own(books: Books) -> None:
    sent = send(books, currency="EUR", with_link=False)
    with books.room.desk.database.reading() as session:
        statement = statements.find(session, sent.statement_id)
    assert statement is not None
    assert (statement.closing_balance, statement.payable) == (0, 0)


def test_the_ledger_names_the_statement_with_its_mail(books: Books) -> None:
    send(books)
    assert ledger(books.room.desk.database)["statements"] == [
        {
            "customer": books.customer_id,
            "period_start": "2026-03-01",
            "period_end": "2026-03-10",
            "currency": "USD",
            "closing_balance": 12_500,
            "delivery": f"statement-mail:{books.order().draft_id}",
        }
    ]


# -- period ends --------------------------------------------------------------------------------


def test_a_schedule_sends_each_period_once_without_a_card_or_a_hold(books: Books) -> None:
    first, again = run_schedule(books), run_schedule(books)
    assert (again.statement_id, again.repeated) == (first.statement_id, True)
    [mail] = rows(books.room.desk)
    assert mail.key == f"statement:monthly:{books.customer_id}:2026-03-01:2026-03-10:USD"
    assert (mail.not_before, mail.payload["mail_mode"]) == (NOW, "live")


def test_a_schedule_sends_without_a_link_to_a_disabled_customer(books: Books) -> None:
    link_switch(books.room, books.customer_id, on=False)
    sent = run_schedule(books)
    assert sent.has_link is False
    assert "disabled" in sent.no_link_reason


def test_a_statement_by_hand_leaves_the_periods_of_a_schedule_alone(books: Books) -> None:
    """What was sent in the middle of March is in the statement of March all the same."""
    run_schedule(books, period_start=date(2026, 2, 1), period_end=date(2026, 2, 28))
    send(books)
    books.wait(21)
    books.issue(300)
    sent = run_schedule(books, period_start=date(2026, 3, 1), period_end=date(2026, 3, 31))
    with books.room.desk.database.reading() as session:
        statement = statements.find(session, sent.statement_id)
        items = statements.items(session, sent.statement_id, "transaction")
    assert statement is not None
    assert (statement.opening_balance, statement.closing_balance) == (0, 12_800)
    assert [item.amount for item in items] == [10_000, 2_500, 300]


def test_a_batch_may_hold_the_mails_of_a_schedule(books: Books) -> None:
    later = NOW + timedelta(minutes=2)
    assert run_schedule(books, leaves_at=later).leaves_at == later


def test_an_order_is_named_by_account_day_and_currency() -> None:
    order = SendStatement("d", "C1", "USD", "balance_forward", date(2026, 3, 31), (), False)
    assert order.about == "C1 2026-03-31 USD"
