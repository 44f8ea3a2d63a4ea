"""Keeping balances by age again that have ended."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session, col

from storage import balances
from storage.ages import BEGIN, BUCKETS, due_in
from storage.balances import SUMS
from storage.invoices import OPEN, Invoice
from storage.kept_balances import NEVER, KeptBalance, ended_on

Key = tuple[str, str]  # customer and currency


def keep_ended(session: Session, today: date, limit: int) -> int:
    """Compute at most `limit` balances anew, and keep them; returns how many there were.

    The rows are held first: a writer who moves something meanwhile waits, and ends them again.
    """
    keys = _ended(session, today, limit)
    if keys:
        customer_ids = sorted({customer_id for customer_id, _ in keys})
        sums, turns = _sums(session, today, customer_ids), _turns(session, today, customer_ids)
        rows = [_row(key, sums.get(key), turns.get(key)) for key in keys]
        _write(session, rows)
    return len(keys)


def _ended(session: Session, today: date, limit: int) -> list[Key]:
    row = KeptBalance
    own = select(col(row.customer_id), col(row.currency)).where(ended_on(today))
    # In no order: what another one holds is passed over, so nobody waits for anybody.
    held = own.limit(limit).with_for_update(skip_locked=True)
    return [(customer_id, currency) for customer_id, currency in session.execute(held)]


def _sums(session: Session, today: date, customer_ids: list[str]) -> dict[Key, dict[str, Any]]:
    own = balances.undisputed(
        today, lambda asked, row: asked.where(col(row.customer_id).in_(customer_ids))
    )
    found = session.execute(own).mappings()
    return {
        (each["customer_id"], each["currency"]): {
            "oldest_due": each["oldest_due"],
            **{name: int(each[name]) for name in SUMS},
        }
        for each in found
    }


def _turns(session: Session, today: date, customer_ids: list[str]) -> dict[Key, Any]:
    """The first and the last due date in each class: when invoices come into it, and leave it."""
    due = col(Invoice.due_date)
    whose = (col(Invoice.customer_id), col(Invoice.currency))
    own: list[Any] = [*whose]
    for name in BUCKETS:
        own += [func.min(due).filter(due_in(due, name, today)).label(f"first {name}")]
        own += [func.max(due).filter(due_in(due, name, today)).label(f"last {name}")]
    asked = select(*own).where(OPEN, col(Invoice.total) > 0)
    rows = session.execute(
        asked.where(col(Invoice.customer_id).in_(customer_ids)).group_by(*whose)
    ).mappings()
    return {(row["customer_id"], row["currency"]): row for row in rows}


def _row(key: Key, sums: dict[str, Any] | None, turns: Any) -> dict[str, Any]:
    """As `update` binds it; nothing is open where nothing was found."""
    known = sums or {"oldest_due": NEVER, **dict.fromkeys(SUMS, 0)}
    begin, end = _holds(turns) if turns else (date.min, date.max)
    return {"id": key[0], "code": key[1], "aged_from": begin, "aged_until": end, **known}


def _holds(turns: Any) -> tuple[date, date]:
    """From when no invoice has come into another class, until when none will."""
    begin, end = date.min, date.max
    for name, following in zip(BUCKETS, (*BUCKETS[1:], None), strict=True):
        first, last = turns[f"first {name}"], turns[f"last {name}"]
        if first is None:
            continue
        entered, left = BEGIN[name], BEGIN[following] if following else None
        begin = max(begin, last + timedelta(days=entered)) if entered is not None else begin
        end = min(end, first + timedelta(days=left)) if left is not None else end
    return begin, end


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    own = col(KeptBalance.customer_id) == bindparam("id")
    written = update(KeptBalance).where(own, col(KeptBalance.currency) == bindparam("code"))
    named: dict[str, Any] = {
        name: bindparam(name) for name in rows[0] if name not in {"id", "code"}
    }
    session.connection().execute(written.values(named), rows)
