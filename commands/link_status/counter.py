"""Showing a payment link to a customer at the counter, as text and as a QR code.

The QR code is on a page of ours that opens in the browser of whoever asked, not an image in
Slack: Slack would fetch the image from an address that needs no login, keep a copy on its own
servers for as long as it likes, and so hold the key to the pay page. The page's address names the
link by its id, is signed for one person, ends after ten minutes, and closes at once when the link
is turned off or the person's role is taken away.
"""

from dataclasses import dataclass

from sqlmodel import Session

from commands import auditing, previews
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import LinkOff, NotFound, Refused
from commands.keyring import KeyMissing
from commands.payment_link import service as payment_link
from commands.people import actors
from commands.previews import CounterPage
from commands.take_payment import due, notices
from renderers import page_values
from renderers.formats import DEFAULT_LOCALE
from storage import customers, payment_links
from storage.customers import Customer
from storage.payment_links import PaymentLink
from storage.unit_of_work import repeatable


@dataclass(frozen=True, slots=True)
class ShownLink:
    pay_url: str
    counter_url: str  # of the page with the QR code, for this person and ten minutes
    invoice_numbers: tuple[str, ...]


@audited("show_link", about="link_id")
@repeatable
def show_link(actor: Actor, desk: Desk, *, link_id: str) -> ShownLink:
    """The address itself, to this person alone. Raises `NotFound`, or `LinkOff`."""
    require(actor, Permission.SEND_INVOICE)
    with desk.database.writing() as session:
        link, _ = _usable(session, desk, link_id)
        url = _url(desk, link)
        numbers = tuple(row.number for row in payment_links.invoices_of(session, link_id))
        auditing.record(session, actor, desk, "show_link", link_id, invoices=list(numbers))
    return ShownLink(url, previews.counter_url(desk, actor, link_id=link_id), numbers)


def counter_page(desk: Desk, *, signed: str) -> page_values.CounterPage | None:
    """The page behind a signed address; None: the address is of something else.

    Raises `PreviewUnknown`, `PreviewExpired`, `NotPermitted`, `NotFound` or `LinkOff`.
    """
    asked = previews.verify(desk.keyring, signed, desk.clock.real())
    if not isinstance(asked, CounterPage):
        return None
    return _page(actors.present(desk, asked.person_id), desk, link_id=asked.link_id)


@audited("show_link", about="link_id")
def _page(actor: Actor, desk: Desk, *, link_id: str) -> page_values.CounterPage:
    require(actor, Permission.SEND_INVOICE)
    with desk.database.reading() as session:
        link, customer = _usable(session, desk, link_id)
        rows = due.items(session, link)
    return page_values.CounterPage(
        company=desk.company,
        customer_name=customer.name,
        invoice_numbers=tuple(row.invoice.number for row in rows),
        due=due.due(rows, link.currency),
        pay_url=_url(desk, link),
        locale=customer.locale or DEFAULT_LOCALE,
    )


def _usable(session: Session, desk: Desk, link_id: str) -> tuple[PaymentLink, Customer]:
    link = payment_links.find(session, link_id)
    customer = customers.find(session, link.customer_id) if link else None
    if link is None or customer is None:
        raise NotFound("There is no such link.")
    if notices.ended(desk, link, customer) is not None:
        raise LinkOff("This link cannot be used any more: it was turned off or replaced.")
    return link, customer


def _url(desk: Desk, link: PaymentLink) -> str:
    try:
        return payment_link.url(desk, link)
    except KeyMissing:
        raise Refused(
            "The key that made this link is no longer in SECRET_KEY: send the invoice again."
        ) from None
