"""A statement as it would be made at this moment, read from the ledger; nothing is written."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from commands.desk import Desk
from commands.rules import statement_figures
from commands.rules.periods import Period
from commands.rules.statement_figures import Before, Closed, Figures, Key, OpenEntry
from commands.send_statement import pending
from storage import account_entries, disputes, schedules, statements
from storage.account_values import Entry
from storage.bulk import chunks
from storage.statements import Section, Statement, StatementItem, StatementType

PREVIEW = "preview"  # the id of a statement that is not to be kept


@dataclass(frozen=True, slots=True)
class Account:
    """What a statement is about: one customer in one currency.

    `schedule_id`: whose periods it keeps to; None when a person asks for it.
    """

    customer_id: str
    currency: str
    schedule_id: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """Rows that are not stored yet; `covered`: the invoices that a link would be for."""

    statement: Statement
    items: tuple[StatementItem, ...]
    covered: tuple[str, ...]
    earlier: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved an account in a period, and all that it was found in.

    `earlier`: the account's statements, first period first; `previous`: the one that it follows.
    """

    account: Account
    period: Period
    entries: list[Entry]
    earlier: tuple[Statement, ...]
    previous: Statement | None
    figures: Figures


def moved_until(session: Session, desk: Desk, account: Account, end: date) -> Moved:
    """From the day after the last statement that ended before `end`; without one, the month."""
    earlier = _earlier(session, account)
    ends = [row.period_end for row in earlier if row.period_end < end]
    period = Period(ends[-1] + timedelta(days=1) if ends else end.replace(day=1), end)
    return _moved(session, desk, account, period, earlier)


def moved_in(session: Session, desk: Desk, account: Account, period: Period) -> Moved:
    """Without what is open of it: a run asks this of everyone."""
    return _moved(session, desk, account, period, _earlier(session, account))


def make(
    session: Session, desk: Desk, account: Account, type_: StatementType, period: Period
) -> Made:
    """The statement of that period."""
    return make_of(session, desk, type_, moved_in(session, desk, account, period))


def make_of(session: Session, desk: Desk, type_: StatementType, moved: Moved) -> Made:
    """The rule of the figures is `commands.rules.statement_figures`; `moved` was read in this
    very unit of work.
    """
    account, period, figures = moved.account, moved.period, moved.figures
    open_entries = _open(session, moved)
    disputed = _disputed(session, open_entries)
    items = (*_moves(figures), *(_open_item(each, disputed) for each in open_entries))
    covered = tuple(
        item.number for item in items if item.section == "open" and item.kind == "invoice"
    )
    asked_for = [number for number in covered if number not in disputed]
    owed = pending.undisputed_balance(session, account.customer_id, account.currency, asked_for)
    statement = Statement(
        id=PREVIEW,
        customer_id=account.customer_id,
        currency=account.currency,
        type=type_,
        period_start=period.start,
        period_end=period.end,
        opening_balance=figures.opening,
        closing_balance=figures.closing,
        payable=owed.payable,
        made_at=desk.clock.now(),
        delivery_id=0,
        previous_id=moved.previous.id if moved.previous else None,
    )
    return Made(statement, items, covered, moved.earlier)


def _moved(
    session: Session, desk: Desk, account: Account, period: Period, earlier: tuple[Statement, ...]
) -> Moved:
    whose = account.customer_id, account.currency
    entries = account_entries.entries(session, *whose, desk.policy.today)
    eve = period.start - timedelta(days=1)
    previous = next((row for row in reversed(earlier) if row.period_end == eve), None)
    before = _before(session, previous, earlier)
    # The statements before this one say what is late; without them the schedule's periods do.
    closed = None if before else _closed(session, account.schedule_id, period)
    figures = statement_figures.figures(entries, period, before, closed)
    return Moved(account, period, entries, earlier, previous, figures)


def _closed(session: Session, schedule_id: str | None, period: Period) -> Closed | None:
    """The periods of the schedule that lead to this one."""
    if schedule_id is None:
        return None
    last = schedules.find_run(session, schedule_id, period.start - timedelta(days=1))
    first = schedules.first_begun(session, schedule_id)
    if first is None or last is None or last.begun_at is None:
        return None
    return Closed(first.period_start, last.begun_at)


def _earlier(session: Session, account: Account) -> tuple[Statement, ...]:
    return tuple(statements.of_account(session, account.customer_id, account.currency))


def _before(
    session: Session, previous: Statement | None, earlier: tuple[Statement, ...]
) -> Before | None:
    chain = statements.chain(session, previous, earlier)
    if not chain:
        return None
    accounted: dict[Key, int] = {}
    for kind, number, amount in statements.accounted(session, [row.id for row in chain]):
        accounted[kind, number] = accounted.get((kind, number), 0) + amount
    first = chain[-1]
    return Before(
        chain[0].closing_balance,
        accounted,
        first.period_start,
        first.opening_balance,
        first.made_at,
    )


def _open(session: Session, moved: Moved) -> tuple[OpenEntry, ...]:
    whose = (moved.account.customer_id, moved.account.currency, moved.period.end)
    laid = account_entries.laid_by(session, *whose)
    credited = account_entries.credited_by(session, *whose)
    return statement_figures.open_entries(moved.entries, laid, credited, moved.period.end)


def _disputed(session: Session, open_entries: tuple[OpenEntry, ...]) -> set[str]:
    numbers = [each.entry.number for each in open_entries if each.entry.kind == "invoice"]
    found: set[str] = set()
    for batch in chunks(numbers):
        found |= disputes.open_invoice_numbers(session, batch)
    return found


def _moves(figures: Figures) -> list[StatementItem]:
    found = [_item(entry, "transaction") for entry in figures.transactions]
    return found + [_item(entry, "late") for entry in figures.late]


def _open_item(each: OpenEntry, disputed: set[str]) -> StatementItem:
    item = _item(each.entry, "open")
    item.due_date = each.entry.due_date if each.entry.kind == "invoice" else None
    item.open_amount = each.open
    item.disputed = each.entry.kind == "invoice" and each.entry.number in disputed
    return item


def _item(entry: Entry, section: Section) -> StatementItem:
    return StatementItem(
        statement_id=PREVIEW,
        position=0,
        section=section,
        date=entry.day,
        kind=entry.kind,
        number=entry.number,
        po_number=entry.po_number,
        amount=entry.amount,
    )
