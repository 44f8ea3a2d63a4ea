"""What the screens beside the list show: nothing is changed by looking."""

from collections.abc import Sequence

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import NotFound
from commands.open_invoices import filter_modal, filtering
from commands.open_invoices.service import Look
from commands.view_parts import View
from storage import bulk, candidates, customers, receivables, selections
from storage.candidates import Refusal
from storage.customers import Customer
from storage.receivables import Filters

_MOST_GROUPS = 100  # options that a select can hold


def filters(actor: Actor, desk: Desk, *, window_id: str) -> Filters:
    """What the window is filtered by. Raises `NotFound`."""
    require(actor, Permission.BUILD_BULK_SEND)
    with desk.database.reading() as session:
        return _filters(session, actor, window_id)


def refused(actor: Actor, desk: Desk, *, window_id: str) -> Sequence[Refusal]:
    """Everybody whose open invoices cannot be ticked, under the window's filters."""
    require(actor, Permission.BUILD_BULK_SEND)
    today = desk.policy.today(desk.clock.now())
    with desk.database.reading() as session:
        own = _filters(session, actor, window_id)
        return candidates.refused(session, receivables.conditions(session, today, own))


def filter_form(actor: Actor, desk: Desk, look: Look) -> View:
    """The form with what the window is filtered by now."""
    require(actor, Permission.BUILD_BULK_SEND)
    with desk.database.reading() as session:
        chosen = bulk.by_keys(session, Customer, Customer.id, look.filters.customer_ids)
        groups = customers.groups(session, _MOST_GROUPS)
    minimum = look.filters.minimum
    code = minimum.currency if minimum else desk.policy.default_currency
    return filter_modal.form(look.window_id, look.filters, groups, chosen, code)


def _filters(session: Session, actor: Actor, window_id: str) -> Filters:
    window = selections.window(session, window_id)
    selection = session.get(selections.Selection, window.selection_id) if window else None
    if window is None or selection is None or selection.owner != actor.id:
        raise NotFound("This list is not known any more. Please open a new one: /pay open")
    return filtering.of_content(window.filters)
