"""A customer's credit at the till: how much there is, how much of it is used, and its use.

Called inside the caller's unit of work, the customer locked.
"""

import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from commands import auditing
from commands.access import AnyActor
from commands.desk import Desk
from commands.rules import allocation
from commands.rules.allocation import Claim, Move
from commands.take_payment import announce, overlap
from storage import credit_uses, invoices, payments
from storage import credits as customer_credits
from storage.credit_uses import CreditUse, CreditUseLine
from storage.money import Money

MEMO, PAYMENT = "memo:", "payment:"
_PREFIXES: dict[customer_credits.Kind, str] = {"memo": MEMO, "payment": PAYMENT}


def offered(session: Session, customer_id: str, currency: str) -> Money:
    """Open credit memos and unapplied credit, less what bank debits under way will use."""
    there, promised = credit_uses.there_and_promised(session, customer_id, currency)
    return Money(max(0, there - promised), currency)


def lay(session: Session, moves: Iterable[Move], customer_id: str) -> None:
    """Put each part of a credit on its invoice; money that was nobody's becomes the customer's."""
    for move in moves:
        invoice = invoices.find(session, move.number)
        assert invoice is not None  # the moves were read in this very unit of work
        if move.source.startswith(MEMO):
            memo = invoices.find(session, move.source.removeprefix(MEMO))
            assert memo is not None
            payments.apply_credit(session, memo, invoice, move.amount)
        else:
            payment = payments.find(session, move.source.removeprefix(PAYMENT))
            assert payment is not None
            payment.customer_id = customer_id
            payments.allocate(session, payment, invoice, move.amount)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Credit that is to be used: `shares` are minor units by invoice number.

    `attempt_id` and `payment_id` of the money that it goes with; without: credit alone.
    """

    link_id: str
    customer_id: str
    currency: str
    reference: str
    shares: Mapping[str, int]
    attempt_id: str | None = None
    payment_id: str = ""


def use(session: Session, actor: AnyActor, desk: Desk, wanted: Wanted) -> CreditUse | None:
    """Lay as much as is still there on what is still open; None when that is nothing."""
    moves = _moves(session, wanted)
    if not moves:
        return None
    lay(session, moves, wanted.customer_id)
    row = CreditUse(
        id=_fresh_id(),
        link_id=wanted.link_id,
        customer_id=wanted.customer_id,
        attempt_id=wanted.attempt_id,
        currency=wanted.currency,
        amount=sum(move.amount for move in moves),
        reference=wanted.reference,
        used_at=desk.clock.now(),
    )
    credit_uses.add(session, row, [_line(row.id, move) for move in moves])
    laid = [[move.source, move.number, move.amount] for move in moves]
    auditing.record(session, actor, desk, "use_credit", row.id, link=row.link_id, moves=laid)
    _follow(session, desk, row, moves)
    return row


def _moves(session: Session, wanted: Wanted) -> list[Move]:
    """Which credit goes where, oldest first; never the money that it goes with."""
    found = customer_credits.available(session, wanted.customer_id, wanted.currency)
    own = ("payment", wanted.payment_id)
    sources = {
        _PREFIXES[one.kind] + one.source: one.amount
        for one in found
        if (one.kind, one.source) != own
    }
    open_now = overlap.open_now(session, list(wanted.shares))
    claims = [
        Claim(row.number, row.due_date, min(wanted.shares[row.number], open_now[row.number]))
        for row in invoices.find_all(session, list(wanted.shares))
    ]
    return allocation.spread(sources, claims)


def _line(use_id: str, move: Move) -> CreditUseLine:
    is_memo = move.source.startswith(MEMO)
    return CreditUseLine(
        use_id=use_id,
        kind="memo" if is_memo else "payment",
        source=move.source.partition(":")[2],
        invoice_number=move.number,
        amount=move.amount,
    )


def _follow(session: Session, desk: Desk, row: CreditUse, moves: list[Move]) -> None:
    """Cards and checkouts of invoices and memos; the notices about the payments' excess."""
    change = f"credit-use:{row.id}"
    memos = {m.source.removeprefix(MEMO) for m in moves if m.source.startswith(MEMO)}
    numbers = memos | {move.number for move in moves}
    overlap.balances_changed(session, desk, sorted(numbers), change=change)
    for source in sorted({m.source for m in moves if m.source.startswith(PAYMENT)}):
        payment = payments.find(session, source.removeprefix(PAYMENT))
        assert payment is not None
        announce.excess_settled(session, desk, payment, change=change)


def _fresh_id() -> str:
    """Such as "cr_7q3k…": what the Receipt calls its reference."""
    return "cr_" + base64.b32encode(secrets.token_bytes(10)).decode().lower()
