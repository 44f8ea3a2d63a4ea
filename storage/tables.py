"""Every table, so that importing this module makes the metadata complete."""

from sqlmodel import SQLModel

from storage import (  # noqa: F401 -- importing a module declares its tables
    approvals,
    audit,
    automatic_invoices,
    balance,
    batches,
    bulk_sends,
    checkouts,
    comparisons,
    credit_uses,
    cursors,
    customers,
    deliveries,
    disputes,
    documents,
    form_drafts,
    gateway_accounts,
    gateway_events,
    import_runs,
    invoices,
    kept_balances,
    number_series,
    orders,
    payment_links,
    payments,
    refunds,
    reversals,
    schedules,
    search_terms,
    selections,
    slack_requests,
    statements,
    users,
)

METADATA = SQLModel.metadata
