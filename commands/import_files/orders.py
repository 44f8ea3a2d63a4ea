"""Orders into the database."""

from typing import Any

from commands.import_files.rows import OrderRow
from commands.import_files.run import Run
from storage import bulk
from storage.orders import Order


def apply_orders(run: Run) -> None:
    for batch in bulk.chunks(run.staged.orders.good.values()):
        numbers = [row.order_number for row in batch]
        stored = {
            order.number: order for order in bulk.by_keys(run.session, Order, Order.number, numbers)
        }
        new = [row for row in batch if row.order_number not in stored]
        bulk.insert(run.session, Order, [_columns(row) for row in new])
        run.report.count("orders", "created", len(new))
        for row in batch:
            if order := stored.get(row.order_number):
                changed = _update(row, order)
                run.report.count("orders", "updated" if changed else "unchanged")


def _columns(row: OrderRow) -> dict[str, Any]:
    return {
        "number": row.order_number,
        "customer_id": row.customer_id,
        "order_date": row.order_date,
        "po_number": row.po_number or "",
        "status": row.status or "",
    }


def _update(row: OrderRow, order: Order) -> bool:
    """An empty cell leaves what is stored."""
    given = {
        column: getattr(row, column)
        for column in ("customer_id", "order_date", "po_number", "status")
        if getattr(row, column) is not None
    }
    changed = [column for column, value in given.items() if getattr(order, column) != value]
    for column in changed:
        setattr(order, column, given[column])
    return bool(changed)
