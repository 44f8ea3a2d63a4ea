"""A statement of account as the HTML that becomes its PDF."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from renderers import formats
from renderers.logos import logo_address, qr_code_address
from renderers.statement_values import (
    TYPE_NAMES,
    OpenLine,
    StatementDocument,
    StatementLine,
)
from renderers.templating import render_html
from storage.money import Money


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table as text; `carried` stands on top of the next page after it."""

    cells: tuple[str, ...]  # three texts, then amounts
    carried: str


@dataclass(frozen=True, slots=True)
class Table:
    """`texts` and `amounts` head the columns; `last` is the row that closes it."""

    heading: str
    texts: tuple[str, ...]
    amounts: tuple[str, ...]
    rows: tuple[Row, ...]
    last: tuple[str, str]


def statement_html(document: StatementDocument) -> str:
    """Complete HTML whose stylesheet is `document.css`; button and QR code when there is a link
    and something to pay.
    """
    document = replace(document, locale=formats.printable(document.locale))
    pay_url = document.pay_url if document.asks else None
    return render_html(
        "statement.html",
        document.locale,
        d=document,
        title=f"Statement {document.number}",
        summary=f"Statement of account {document.number} for {document.customer.name}",
        paper=formats.paper(document.locale),
        logo=logo_address(document.company.logo),
        party_label="Account of",
        facts=tuple(statement_facts(document)),
        due=statement_due(document),
        notes=statement_notes(document),
        account=tuple(statement_rows(document)),
        tables=tuple(_tables(document)),
        pay_url=pay_url,
        qr_code=qr_code_address(pay_url) if pay_url else "",
    )


def statement_facts(document: StatementDocument) -> Iterator[tuple[str, str]]:
    start = formats.day(document.period_start, document.locale)
    end = formats.day(document.period_end, document.locale)
    yield "Account", document.customer.id
    yield "Period", f"{start} \N{EN DASH} {end}"
    yield "Type", TYPE_NAMES[document.kind]
    yield "Made", formats.day(document.made_on, document.locale)
    yield "Currency", document.closing.currency


def statement_due(document: StatementDocument) -> tuple[str, str]:
    """The amount in large letters and the words above it."""
    if document.asks:
        return "Total pending balance", formats.money(document.payable, document.locale)
    return "Your account", "Nothing to pay"


def statement_notes(document: StatementDocument) -> tuple[str, ...]:
    """Why what is asked for is not the closing balance; nothing when it is."""
    if document.payable == document.closing:
        return ()
    disputed = sum(line.open.minor for line in document.disputed)
    notes = [_closing_note(document)]
    if disputed:
        amount = formats.money(Money(disputed, document.closing.currency), document.locale)
        notes.append(f"{amount} is in dispute and not asked for now.")
    if document.asks and document.payable.minor != document.closing.minor - disputed:
        notes.append("What was paid or credited since then is taken off.")
    return tuple(notes)


def _closing_note(document: StatementDocument) -> str:
    day = formats.day(document.period_end, document.locale)
    closing = document.closing
    if closing.minor < 0:
        return f"On {day} you had a credit of {formats.money(-closing, document.locale)}."
    return f"The balance on {day} was {formats.money(closing, document.locale)}."


def _tables(document: StatementDocument) -> Iterator[Table]:
    if document.kind != "open_items_unpaid":
        yield _transactions(document, "Transactions", document.transactions)
    if document.late and document.kind != "open_items_unpaid":
        yield _transactions(document, document.late_heading, document.late)
    if document.kind != "balance_forward" and document.open_lines:
        yield _open_items(document, "Open items", document.open_lines)
    if document.disputed:
        heading = "In dispute, not asked for now"
        yield _open_items(document, heading, document.disputed)


def _transactions(
    document: StatementDocument, heading: str, lines: tuple[StatementLine, ...]
) -> Table:
    locale, currency = document.locale, document.closing.currency
    rows = [_row(_transaction(line, locale), line.balance, locale) for line in lines]
    last = lines[-1].balance if lines else document.opening
    return Table(
        heading,
        ("Date", "Transaction", "Your reference"),
        (f"Amount, {currency}", f"Balance, {currency}"),
        tuple(rows),
        ("Balance", formats.money(last, locale)),
    )


def _transaction(line: StatementLine, locale: str) -> tuple[str, ...]:
    amount, balance = plain_amount(line.amount, locale), plain_amount(line.balance, locale)
    return formats.day(line.day, locale), line.name, line.reference, amount, balance


def _open_items(document: StatementDocument, heading: str, lines: tuple[OpenLine, ...]) -> Table:
    locale, currency = document.locale, document.closing.currency
    rows = [_row(_open_item(line, locale), line.balance, locale) for line in lines]
    return Table(
        heading,
        ("Date", "Document", "Your reference"),
        ("Due", f"Open, {currency}"),
        tuple(rows),
        ("Sum", formats.money(lines[-1].balance, locale)),
    )


def _open_item(line: OpenLine, locale: str) -> tuple[str, ...]:
    whole = plain_amount(line.total, locale)
    return (
        formats.day(line.day, locale),
        line.name if line.open == line.total else f"{line.name}, rest of {whole}",
        line.reference,
        formats.day(line.due_date, locale) if line.due_date else "",
        plain_amount(line.open, locale),
    )


def _row(cells: tuple[str, ...], carried: Money, locale: str) -> Row:
    return Row(cells, f"Carried forward {formats.money(carried, locale)}")


def plain_amount(amount: Money, locale: str) -> str:
    """An amount in a column that names its currency on top."""
    return formats.unit_price(amount.whole, amount.currency, locale)


def statement_rows(document: StatementDocument) -> Iterable[tuple[str, str, bool]]:
    """Opening to closing balance as text, and whether the row is set off."""
    locale = document.locale
    yield "Opening balance", formats.money(document.opening, locale), False
    for each in document.sums:
        yield each.label, formats.money(each.amount, locale), False
    yield "Closing balance", formats.money(document.closing, locale), True
