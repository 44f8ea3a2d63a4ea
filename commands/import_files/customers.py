"""Customers, their contacts and their search terms into the database."""

from typing import Any

from commands.access import IMPORTER
from commands.import_files.own_values import news
from commands.import_files.rows import CustomerRow
from commands.import_files.run import Run
from commands.payment_link import service as payment_link
from storage import bulk, customers, search_terms
from storage.customers import Contact, Customer, Purpose
from storage.search_terms import SearchTerm

_COLUMNS = (
    "name billing_address tax_id phone group currency terms_days payment_links_enabled"
    " auto_invoice sales_rep preferred_method locale"
).split()
_EMAILS: dict[str, Purpose] = {"invoice_emails": "invoice", "statement_emails": "statement"}
_DEFAULTS: dict[str, Any] = {
    "billing_address": "",
    "tax_id": "",
    "phone": "",
    "group": "",
    "terms_days": 30,
    "payment_links_enabled": True,
    "links_disabled_reason": "",
    "open_links_kept": False,
    "auto_invoice": True,
    "sales_rep": None,
    "preferred_method": "",
    "locale": "",
}


def apply_customers(run: Run) -> None:
    for batch in bulk.chunks(run.staged.customers.good.values()):
        ids = [row.customer_id for row in batch]
        stored = {
            customer.id: customer
            for customer in bulk.by_keys(run.session, Customer, Customer.id, ids)
        }
        _create(run, [row for row in batch if row.customer_id not in stored])
        for row in batch:
            if customer := stored.get(row.customer_id):
                changed = _update(run, row, customer)
                run.report.count("customers", "updated" if changed else "unchanged")


def _create(run: Run, rows: list[CustomerRow]) -> None:
    bulk.insert(run.session, Customer, [_columns(run, row) for row in rows])
    bulk.insert(run.session, Contact, [contact for row in rows for contact in _contacts(row)])
    bulk.insert(run.session, SearchTerm, [term for row in rows for term in _terms(row)])
    run.report.count("customers", "created", len(rows))


def _columns(run: Run, row: CustomerRow) -> dict[str, Any]:
    own = own_values(row)
    values = {"currency": run.desk.policy.default_currency, **_DEFAULTS}
    values |= {column: own[column] for column in _COLUMNS if column in own}
    values |= {"id": row.customer_id, "imported": own, "sales_rep": _sales_rep(run, row)}
    return values


def own_values(row: CustomerRow) -> dict[str, Any]:
    """The cells that are not empty, by column."""
    values = ((column, getattr(row, column)) for column in (*_COLUMNS, *_EMAILS))
    return {column: value for column, value in values if value is not None}


def _sales_rep(run: Run, row: CustomerRow) -> str | None:
    if not row.sales_rep:
        return None
    return run.checked.references.person(row.place, "sales_rep", row.sales_rep)


def _contacts(row: CustomerRow) -> list[dict[str, Any]]:
    return [
        {
            "customer_id": row.customer_id,
            "purpose": purpose,
            "address": address,
            "position": position,
            "refused": "",
        }
        for column, purpose in _EMAILS.items()
        for position, address in enumerate(getattr(row, column) or [])
    ]


def _terms(row: CustomerRow) -> list[dict[str, Any]]:
    terms = search_terms.customer_terms(row.customer_id, row.name)
    return [{"kind": "customer", "term": term, "ref": row.customer_id} for term in terms]


def _update(run: Run, row: CustomerRow, customer: Customer) -> bool:
    own = own_values(row)
    fresh = news(customer.imported, own)
    customer.imported = {**(customer.imported or {}), **own}
    if "sales_rep" in fresh:
        fresh["sales_rep"] = _sales_rep(run, row)
    changed = _set_columns(customer, fresh)
    run.session.add(customer)
    if "payment_links_enabled" in changed and not customer.payment_links_enabled:
        payment_link.turn_off_open(run.session, IMPORTER, run.desk, customer.id)
    if "name" in changed:
        terms = search_terms.customer_terms(customer.id, customer.name)
        search_terms.replace(run.session, "customer", customer.id, terms)
    return _set_contacts(run, customer, fresh) or bool(changed)


def _set_columns(customer: Customer, fresh: dict[str, Any]) -> set[str]:
    changed = {
        column
        for column in _COLUMNS
        if column in fresh and getattr(customer, column) != fresh[column]
    }
    for column in changed:
        setattr(customer, column, fresh[column])
    if "payment_links_enabled" in changed:
        customer.links_disabled_reason, customer.open_links_kept = "", False
    return changed


def _set_contacts(run: Run, customer: Customer, fresh: dict[str, Any]) -> bool:
    changed = False
    for column, purpose in _EMAILS.items():
        if column not in fresh:
            continue
        on_file = [row.address for row in customers.contacts(run.session, customer.id, purpose)]
        if fresh[column] != on_file:
            customers.replace_contacts(run.session, customer.id, purpose, fresh[column])
            changed = True
    return changed
