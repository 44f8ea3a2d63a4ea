"""A statement, stored or only to be looked at, as the value that its PDF and its mail show."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import Session

from commands.desk import Desk
from commands.errors import NotFound
from commands.invoice_document import party
from commands.rules import aging
from renderers.formats import DEFAULT_LOCALE
from renderers.statement_values import (
    LATE,
    LATE_AT_FIRST,
    OpenLine,
    StatementDocument,
    StatementLine,
    StatementSum,
)
from storage import customers
from storage.account_values import ItemKind
from storage.money import Money
from storage.statements import Statement, StatementItem

_NAMES: dict[ItemKind, str] = {
    "invoice": "Invoice",
    "credit_memo": "Credit memo",
    "payment": "Payment",
    "refund": "Refund",
    "reversal": "Payment returned",
    "dispute": "Payment disputed",
    "void": "Cancelled",
    "write_off": "Written off",
    "correction": "Corrections of earlier items",
}
_SUMS: tuple[tuple[str, tuple[ItemKind, ...]], ...] = (
    ("Invoices", ("invoice",)),
    ("Credit memos", ("credit_memo",)),
    ("Payments", ("payment",)),
    ("Refunds and returned payments", ("refund", "reversal", "dispute")),
    ("Cancelled and written off", ("void", "write_off")),
)


def assemble(
    session: Session,
    desk: Desk,
    statement: Statement,
    items: Sequence[StatementItem],
    *,
    pay_url: str | None = None,
) -> StatementDocument:
    """Raises `NotFound`."""
    customer = customers.find(session, statement.customer_id)
    if customer is None:
        raise NotFound("The customer of this statement is gone.")
    moves = {name: [i for i in items if i.section == name] for name in ("transaction", "late")}
    open_items = [item for item in items if item.section == "open"]
    currency, end = statement.currency, statement.period_end
    late = LATE if statement.previous_id else LATE_AT_FIRST
    before_late = statement.opening_balance + sum(item.amount for item in moves["transaction"])
    return StatementDocument(
        company=desk.company,
        customer=party(customer),
        kind=statement.type,
        number=number(statement),
        period_start=statement.period_start,
        period_end=end,
        made_on=desk.policy.today(statement.made_at),
        opening=Money(statement.opening_balance, currency),
        sums=tuple(_sums(moves["transaction"], moves["late"], currency, late)),
        transactions=_lines(moves["transaction"], statement.opening_balance, currency),
        late=_lines(moves["late"], before_late, currency),
        closing=Money(statement.closing_balance, currency),
        open_lines=_open_lines([i for i in open_items if not i.disputed], end, currency),
        disputed=_open_lines([i for i in open_items if i.disputed], end, currency),
        aging=tuple(_aging(open_items, statement)),
        payable=Money(statement.payable, currency),
        locale=customer.locale or DEFAULT_LOCALE,
        pay_url=pay_url,
        late_heading=late,
    )


def number(statement: Statement) -> str:
    """What a statement is called in a remittance: its account, last day and currency."""
    end = statement.period_end.isoformat()
    return f"{statement.customer_id} {end} {statement.currency}"


def _lines(
    items: Iterable[StatementItem], opening: int, currency: str
) -> tuple[StatementLine, ...]:
    lines, balance = list[StatementLine](), opening
    for item in items:
        balance += item.amount
        amount, after = Money(item.amount, currency), Money(balance, currency)
        lines.append(StatementLine(item.date, _name(item), item.po_number, amount, after))
    return tuple(lines)


def _open_lines(items: Iterable[StatementItem], end: date, currency: str) -> tuple[OpenLine, ...]:
    lines, balance = list[OpenLine](), 0
    for item in items:
        balance += item.open_amount
        lines.append(
            OpenLine(
                day=item.date,
                name=_name(item),
                reference=item.po_number,
                due_date=item.due_date,
                days_late=aging.days_late(item.due_date, end) if item.due_date else 0,
                total=Money(item.amount, currency),
                open=Money(item.open_amount, currency),
                balance=Money(balance, currency),
            )
        )
    return tuple(lines)


def _name(item: StatementItem) -> str:
    """A payment is known to the customer by their own reference, where they gave one."""
    if item.kind == "payment" and item.section == "open":
        return "Payment not yet used"
    if item.kind == "dispute" and item.amount < 0:
        return "Disputed payment given back"
    shown = "" if item.kind == "payment" and item.po_number else item.number
    return f"{_NAMES[item.kind]} {shown}".rstrip()


def _sums(
    transactions: list[StatementItem], late: list[StatementItem], currency: str, heading: str
) -> Iterable[StatementSum]:
    for label, kinds in _SUMS:
        mine = [item.amount for item in transactions if item.kind in kinds]
        if mine:
            yield StatementSum(label, Money(sum(mine), currency))
    if late:
        yield StatementSum(heading, Money(sum(item.amount for item in late), currency))


def _aging(open_items: list[StatementItem], statement: Statement) -> Iterable[StatementSum]:
    """Invoices by how long past due they were, then credit, and the sum: the closing balance."""
    invoices = [(i.due_date, i.open_amount) for i in open_items if i.due_date is not None]
    currency = statement.currency
    for bucket, amount in aging.aged(invoices, statement.period_end).items():
        yield StatementSum(aging.LABELS[bucket], Money(amount, currency))
    credit = sum(item.open_amount for item in open_items if item.due_date is None)
    if credit:
        yield StatementSum("Credit", Money(credit, currency))
    yield StatementSum("Balance", Money(statement.closing_balance, currency))
