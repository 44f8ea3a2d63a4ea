"""See and change what is set for a customer; whether links are enabled takes effect at once."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session

from commands import auditing, reasons
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.customer_settings import checks, settings
from commands.customer_settings.settings import ACTION, Settings, Standing
from commands.desk import Desk
from commands.errors import Changed, NotFound
from commands.payment_link import service as payment_link
from commands.take_payment import announce
from storage import customers
from storage.customers import Customer
from storage.unit_of_work import repeatable


@dataclass(frozen=True, slots=True)
class Order:
    """`seen`: the fingerprint of the settings that the person was shown.

    `end_open_links` and `reason` count only where links are being disabled.
    """

    customer_id: str
    settings: Settings
    seen: str
    end_open_links: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    name: str
    changed: tuple[str, ...]  # names of fields
    links_enabled: bool
    ended_links: int


@audited("see_customer_settings", about="customer_id")
def look(actor: Actor, desk: Desk, *, customer_id: str) -> Standing:
    """For everyone who sees balances; changing is another matter. Raises `NotFound`."""
    require(actor, Permission.SEE_INVOICES)
    with desk.database.reading() as session:
        return settings.read(session, customer_id)


@audited(ACTION, about="order.customer_id")
@repeatable
def save(actor: Actor, desk: Desk, *, order: Order) -> Saved:
    """Store what differs, in one unit of work.

    Disabling links ends what waits: queued mails go without link, and with `end_open_links` every
    open link is off for good; a bank debit under way goes on. Raises `InvalidInput` by field, and
    `Changed` when somebody else changed the settings since they were shown.
    """
    require(actor, Permission.SWITCH_CUSTOMER_LINKS)
    with desk.database.writing() as session:
        customer = customers.lock(session, order.customer_id)
        if customer is None:
            raise NotFound("There is no such customer.")
        before = settings.of(session, customer)
        if before.fingerprint != order.seen:
            raise Changed("The settings were changed since you opened them. Please look again.")
        after = checks.fitting(session, order.settings, before)
        changed = _differences(before, after)
        _store(session, customer, after, changed)
        reason, ended = (
            _switch(session, actor, desk, customer, order)
            if ("links_enabled" in changed)
            else ("", 0)
        )
        _audit(session, actor, desk, customer, _Change(before, after, changed, reason, ended))
        return Saved(customer.name, changed, after.links_enabled, ended)


@dataclass(frozen=True, slots=True)
class _Change:
    before: Settings
    after: Settings
    changed: tuple[str, ...]
    reason: str
    ended: int


def _differences(before: Settings, after: Settings) -> tuple[str, ...]:
    old, new = asdict(before), asdict(after)
    return tuple(name for name in old if old[name] != new[name])


def _store(session: Session, customer: Customer, after: Settings, changed: Iterable[str]) -> None:
    if "invoice_emails" in changed:
        customers.replace_contacts(session, customer.id, "invoice", list(after.invoice_emails))
    if "statement_emails" in changed:
        customers.replace_contacts(session, customer.id, "statement", list(after.statement_emails))
    customer.group, customer.locale = after.group, after.locale
    customer.preferred_method = after.preferred_method
    customer.sales_rep = after.sales_rep or None
    session.add(customer)


def _switch(
    session: Session, actor: Actor, desk: Desk, customer: Customer, order: Order
) -> tuple[str, int]:
    """Enable or disable; why, and how many links were ended."""
    enabled = order.settings.links_enabled
    reason = "" if enabled else reasons.fitting(order.reason)
    customer.payment_links_enabled, customer.links_disabled_reason = enabled, reason
    customer.open_links_kept = not enabled and not order.end_open_links
    session.add(customer)
    session.flush()
    ending = not enabled and order.end_open_links
    ended = payment_link.turn_off_open(session, actor, desk, customer.id) if ending else 0
    key = f"links-switched:{customer.id}:{enabled}:{desk.clock.real().isoformat()}"
    announce.notify(session, desk, key=key, text=_told(actor, customer, ended))
    return reason, ended


def _told(actor: Actor, customer: Customer, ended: int) -> str:
    if customer.payment_links_enabled:
        return (
            f"Payment links are enabled again for {customer.name}, by {actor.name}."
            " Links that were turned off stay off."
        )
    links = "1 open link was" if ended == 1 else f"{ended} open links were"
    what = "Links that are out still work" if customer.open_links_kept else f"{links} turned off"
    return (
        f"Payment links were disabled for {customer.name} by {actor.name}:"
        f" {customer.links_disabled_reason}. {what}."
    )


def _audit(session: Session, actor: Actor, desk: Desk, customer: Customer, change: _Change) -> None:
    old, new = asdict(change.before), asdict(change.after)
    detail: dict[str, Any] = {
        name: {"before": old[name], "after": new[name]} for name in change.changed
    }
    if "links_enabled" in change.changed:
        detail |= {
            "reason": change.reason,
            "links_turned_off": change.ended,
            "links_kept": customer.open_links_kept,
        }
    auditing.record(session, actor, desk, ACTION, customer.id, **detail)
