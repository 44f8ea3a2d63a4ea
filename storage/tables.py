"""Every table, so that importing this module makes the metadata complete."""

from sqlmodel import SQLModel

from storage import (  # noqa: F401 -- importing a module declares its tables
    approvals,
    audit,
    checkouts,
    cursors,
    customers,
    deliveries,
    disputes,
    documents,
    gateway_events,
    invoices,
    orders,
    payment_links,
    payments,
    refunds,
    search_terms,
    slack_requests,
    users,
)

METADATA = SQLModel.metadata
