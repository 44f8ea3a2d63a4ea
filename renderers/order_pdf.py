"""An order confirmation as the HTML that becomes its PDF."""

from collections.abc import Iterator
from dataclasses import replace

from renderers import formats
from renderers.documents import OrderDocument
from renderers.logos import logo_address
from renderers.sums import SumRow, tax_rows
from renderers.templating import render_html


def order_html(document: OrderDocument) -> str:
    """Complete HTML whose stylesheet is `document.css`; it asks for no money."""
    document = replace(document, locale=formats.printable(document.locale))
    total = document.total
    return render_html(
        "order.html",
        document.locale,
        d=document,
        title=f"{document.title} {document.number}",
        summary=f"{document.title} {document.number} for {document.customer.name}",
        paper=formats.paper(document.locale),
        logo=logo_address(document.company.logo),
        party_label="Ordered by",
        facts=order_facts(document),
        sums=tuple(order_sums(document)),
        currency=total.currency if total is not None else "",
        order_total=formats.money(total, document.locale) if total is not None else "",
    )


def order_facts(document: OrderDocument) -> tuple[tuple[str, str], ...]:
    """What the customer's bookkeeping looks for, without empty rows."""
    ship_date = document.ship_date
    rows = (
        ("Order number", document.number),
        ("Ordered", formats.day(document.order_date, document.locale)),
        ("Ships", formats.day(ship_date, document.locale) if ship_date else ""),
        ("Your PO", document.po_number),
        ("Account", document.customer.id),
    )
    return tuple(row for row in rows if row[1])


def order_sums(document: OrderDocument) -> Iterator[SumRow]:
    """Net to total; nothing when the amounts are not known."""
    if document.net is not None and document.taxes:
        yield SumRow("Net", document.net)
    yield from tax_rows(document.taxes, document.locale)
    if document.total is not None:
        yield SumRow("Order total", document.total, "total")
