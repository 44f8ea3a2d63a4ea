"""A year of period ends: no gap, no overlap, no invoice twice, none forgotten."""

import random
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest

from commands import statement_document
from commands.access import SCHEDULER
from commands.period_end import run
from commands.rules.periods import Cadence
from commands.schedules import service as schedule_service
from commands.schedules.service import Wanted
from storage import statements
from storage.schedules import Audience
from storage.statements import Statement
from tests.builders import ANNA
from tests.commands.send_statement.books import Books
from tests.conftest import Room

pytestmark = pytest.mark.databases("sqlite")  # arithmetic: tests of runs use both
FIRST_DAY = date(2026, 3, 1)
DAYS = {"monthly": 370, "semimonthly": 370, "weekly": 190}  # 27 ends in weeks


def a_schedule(room: Room, cadence: Cadence, audience: Audience) -> None:
    wanted = Wanted("", cadence, "", audience, "open_items_all", True, FIRST_DAY)
    schedule_service.save(ANNA, room.desk, wanted=wanted)


def a_year(books: Books, days: int, chance: random.Random) -> None:
    """Sales, payments and late entries in any order; nobody looks for up to three weeks."""
    last = books.today + timedelta(days=days)
    while books.today < last:
        books.wait(chance.randint(1, 21))
        for _ in range(chance.randint(0, 3)):
            books.issue(chance.randint(1, 90_000), days_ago=chance.choice((0, 0, 3, 16, 40)))
        if books.numbers and chance.random() < 0.7:
            on = chance.randrange(len(books.numbers))
            books.pay(chance.randint(1, 90_000), days_ago=chance.choice((0, 0, 12)), on=on)
        look(books)
    books.wait(40)  # what was entered last is in the last one
    look(books)


def look(books: Books) -> None:
    """Whatever is sent now closes with what is known now."""
    known = len(sent(books))
    run.look(SCHEDULER, books.room.desk)
    for statement in sent(books)[known:]:
        assert statement.closing_balance == books.owed(statement.period_end)


def sent(books: Books) -> list[Statement]:
    with books.room.desk.database.reading() as session:
        return statements.of_account(session, books.customer_id, "USD")


def listed(books: Books) -> Counter[str]:
    """How often each document or payment is a line that moves a balance."""
    items = [item for statement in sent(books) for item in books.items(statement)]
    return Counter(item.number for item in items if item.section != "open")


def labels(books: Books, statement: Statement) -> list[str]:
    """Of the rows between opening and closing balance."""
    with books.room.desk.database.reading() as session:
        items = statements.items(session, statement.id)
        document = statement_document.assemble(session, books.room.desk, statement, items)
    return [each.label for each in document.sums]


@pytest.mark.parametrize("cadence", ["monthly", "semimonthly", "weekly"])
def test_every_period_follows_the_one_before(room: Room, cadence: Cadence) -> None:
    books = Books.opened(room)
    a_schedule(room, cadence, "all")
    a_year(books, DAYS[cadence], random.Random(7))  # noqa: S311 -- the same year each time
    made = sent(books)
    assert made[0].period_start <= FIRST_DAY
    for earlier, later in pairwise(made):
        assert later.period_start == earlier.period_end + timedelta(days=1)
        assert later.opening_balance == earlier.closing_balance
    ends = made[-1].period_end
    due = [name for name, (day, _) in books.events.items() if made[0].period_start <= day <= ends]
    found = listed(books)
    assert {name: found[name] for name in due} == dict.fromkeys(due, 1)


def test_whoever_had_no_statement_is_told_of_what_was_entered_late(room: Room) -> None:
    books = Books.opened(room)
    a_schedule(room, "monthly", "with_balance")
    books.wait(60)
    look(books)
    assert sent(books) == []  # two months without anything
    books.wait(1)
    late = books.issue(5_000, days_ago=40)
    books.issue(700)
    books.wait(31)
    look(books)
    [statement] = sent(books)
    assert statement.opening_balance == 0  # as the month before closed
    assert [i.number for i in books.items(statement) if i.section == "late"] == [late]
    assert len(listed(books)) == 2
    assert "Entered after its period had been closed" in labels(books, statement)
    books.wait(31)
    look(books)
    assert listed(books)[late] == 1
    later = sent(books)[-1]
    assert later.opening_balance == statement.closing_balance
    assert "Entered or changed after your last statement" not in labels(books, later)


def test_what_was_known_when_a_period_closed_is_not_late(room: Room) -> None:
    books = Books.opened(room)
    books.issue(5_000, days_ago=3)
    books.pay(5_000, on=0)
    a_schedule(room, "monthly", "with_balance")
    books.wait(30)
    look(books)
    assert sent(books) == []  # nothing was owed at the end of March
    books.issue(700)
    books.wait(31)
    look(books)
    [statement] = sent(books)
    assert [item for item in books.items(statement) if item.section == "late"] == []
    assert statement.opening_balance == 0
