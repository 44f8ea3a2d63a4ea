"""Orders into the database."""

from typing import Any

from commands.import_files.rows import OrderRow
from commands.import_files.run import Run
from storage import bulk, search_terms
from storage.orders import Order
from storage.search_terms import SearchTerm


def apply_orders(run: Run) -> None:
    for batch in bulk.chunks(run.staged.orders.good.values()):
        numbers = [row.order_number for row in batch]
        stored = {
            order.number: order for order in bulk.by_keys(run.session, Order, Order.number, numbers)
        }
        new = [row for row in batch if row.order_number not in stored]
        bulk.insert(run.session, Order, [_columns(row) for row in new])
        run.report.count("orders", "created", len(new))
        changed = [row for row in batch if _update(run, row, stored.get(row.order_number))]
        _list_under_words(run, [*new, *changed])


def _list_under_words(run: Run, rows: list[OrderRow]) -> None:
    """A row without PO leaves what is stored, also in the search."""
    numbers = [row.order_number for row in rows]
    stored = bulk.by_keys(run.session, Order, Order.number, numbers)
    search_terms.forget_all(run.session, "order", numbers)
    terms = [
        {"kind": "order", "term": term, "ref": order.number}
        for order in stored
        for term in search_terms.document_terms(order.number, order.po_number)
    ]
    bulk.insert(run.session, SearchTerm, terms)


def _columns(row: OrderRow) -> dict[str, Any]:
    return {
        "number": row.order_number,
        "customer_id": row.customer_id,
        "order_date": row.order_date,
        "po_number": row.po_number or "",
        "status": row.status or "",
    }


def differing(row: OrderRow, order: Order) -> dict[str, Any]:
    """Values that are news; an empty cell leaves what is stored."""
    columns = ("customer_id", "order_date", "po_number", "status")
    given = {column: getattr(row, column) for column in columns}
    return {
        column: value
        for column, value in given.items()
        if value is not None and value != getattr(order, column)
    }


def _update(run: Run, row: OrderRow, order: Order | None) -> bool:
    """Whether a stored order changed."""
    if order is None:
        return False
    changed = differing(row, order)
    for column, value in changed.items():
        setattr(order, column, value)
    run.report.count("orders", "updated" if changed else "unchanged")
    return bool(changed)
