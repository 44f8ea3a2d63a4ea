"""Statements of any length, as values."""

from datetime import date, timedelta
from typing import Any

from renderers.documents import Party
from renderers.statement_values import (
    OpenLine,
    StatementDocument,
    StatementLine,
    StatementSum,
)
from tests.documents import BLOOM, usd

START, END = date(2026, 10, 1), date(2026, 10, 31)


def transactions(count: int, opening: int = 0) -> tuple[StatementLine, ...]:
    """An invoice of USD 125.00 each."""
    return tuple(
        StatementLine(
            START + timedelta(days=n % 31),
            f"Invoice INV-{n}",
            f"PO-{n}",
            usd(12_500),
            usd(opening + 12_500 * (n + 1)),
        )
        for n in range(count)
    )


def open_lines(count: int) -> tuple[OpenLine, ...]:
    return tuple(
        OpenLine(
            START,
            f"Invoice INV-{n}",
            f"PO-{n}",
            START + timedelta(days=14),
            16,
            usd(12_500),
            usd(12_500),
            usd(12_500 * (n + 1)),
        )
        for n in range(count)
    )


def a_statement(count: int = 2, **own: Any) -> StatementDocument:
    """All transactions and open items of October: so many invoices of USD 125.00, nothing paid."""
    owed = usd(12_500 * count)
    facts: dict[str, Any] = {
        "company": BLOOM,
        "customer": Party("C-1017", "Blue Iris Florist", "12 Canal Street\nPortland, OR 97204"),
        "kind": "open_items_all",
        "number": "C-1017 2026-10-31 USD",
        "period_start": START,
        "period_end": END,
        "made_on": END,
        "opening": usd(0),
        "sums": (StatementSum("Invoices", owed),),
        "transactions": transactions(count),
        "late": (),
        "closing": owed,
        "open_lines": open_lines(count),
        "disputed": (),
        "aging": (StatementSum("Current", usd(0)), StatementSum("Balance", owed)),
        "payable": owed,
        "locale": "en_US",
        "pay_url": "https://pay.bloom.test/pay/token",
    }
    return StatementDocument(**(facts | own))
