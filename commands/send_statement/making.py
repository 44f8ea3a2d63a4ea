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


def period_until(session: Session, account: Account, end: date) -> Period:
    """From the day after the last statement that ended before `end`; without one, the month."""
    ends = [row.period_end for row in _earlier(session, account) if row.period_end < end]
    return Period(ends[-1] + timedelta(days=1) if ends else end.replace(day=1), end)


def make(
    session: Session, desk: Desk, account: Account, type_: StatementType, period: Period
) -> Made:
    """The rule of the figures is `commands.rules.statement_figures`."""
    entries = _entries(session, desk, account)
    previous = _previous(session, account, period)
    figures = _figures(session, account, period, entries, previous)
    open_entries = _open(session, account, entries, period)
    disputed = _disputed(session, open_entries)
    items = (*_moves(figures), *(_open_item(each, disputed) for each in open_entries))
    covered = tuple(
        item.number for item in items if item.section == "open" and item.kind == "invoice"
    )
    owed = pending.pending_balance(session, account.customer_id, account.currency, covered)
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
        previous_id=previous.id if previous else None,
    )
    return Made(statement, items, covered)


def figures(session: Session, desk: Desk, account: Account, period: Period) -> Figures:
    """What moved the account, without what is open of it: a run asks this of everyone."""
    entries = _entries(session, desk, account)
    return _figures(session, account, period, entries, _previous(session, account, period))


def _entries(session: Session, desk: Desk, account: Account) -> list[Entry]:
    whose = account.customer_id, account.currency
    return account_entries.entries(session, *whose, desk.policy.today)


def _figures(
    session: Session,
    account: Account,
    period: Period,
    entries: list[Entry],
    previous: Statement | None,
) -> Figures:
    before = _before(session, previous)
    closed = _closed(session, account.schedule_id, period)
    return statement_figures.figures(entries, period, before, closed)


def _closed(session: Session, schedule_id: str | None, period: Period) -> Closed | None:
    """The periods of the schedule that lead to this one."""
    if schedule_id is None:
        return None
    last = schedules.find_run(session, schedule_id, period.start - timedelta(days=1))
    first = schedules.first_begun(session, schedule_id)
    if first is None or last is None or last.begun_at is None:
        return None
    return Closed(first.period_start, last.begun_at)


def _earlier(session: Session, account: Account) -> list[Statement]:
    return statements.of_account(session, account.customer_id, account.currency)


def _previous(session: Session, account: Account, period: Period) -> Statement | None:
    """The latest statement that ended on the day before the period begins."""
    eve = period.start - timedelta(days=1)
    ended = [row for row in _earlier(session, account) if row.period_end == eve]
    return ended[-1] if ended else None


def _before(session: Session, previous: Statement | None) -> Before | None:
    chain = statements.chain(session, previous)
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


def _open(
    session: Session, account: Account, entries: list[Entry], period: Period
) -> tuple[OpenEntry, ...]:
    whose = (account.customer_id, account.currency, period.end)
    laid = account_entries.laid_by(session, *whose)
    credited = account_entries.credited_by(session, *whose)
    return statement_figures.open_entries(entries, laid, credited, period.end)


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
