"""A form between its two steps: kept for its owner, and what the second step shows of it."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.orders import form as forms
from commands.orders import service
from commands.orders.form import OrderForm, PricedOrder
from commands.payment_link import service as payment_link
from storage import customers, form_drafts, orders
from storage.customers import Contact
from storage.form_drafts import FormDraft
from storage.unit_of_work import repeatable

FORM = "order"


@dataclass(frozen=True, slots=True)
class Review:
    """What will be stored; `no_link_reason` is empty when a link is possible."""

    form: OrderForm
    priced: PricedOrder
    customer_name: str
    due_date: date
    contacts: tuple[Contact, ...]
    no_link_reason: str
    may_send: bool


@audited("review_order", about="form.customer_id")
@repeatable
def keep(actor: Actor, desk: Desk, *, form: OrderForm) -> Review:
    """Check everything and keep what was typed. Raises `InvalidInput` by field, or `Refused`."""
    require(actor, Permission.CREATE_ORDER)
    review = _review(actor, desk, form)
    with desk.database.writing() as session:
        _require_unused(session, actor, form.id)
        kept = FormDraft(id=form.id, owner=actor.id, form=FORM, content=form.content())  # type: ignore[call-arg]  # the rest follows
        kept.saved_at = desk.clock.now()
        form_drafts.save(session, kept)
    return review


def find(actor: Actor, desk: Desk, *, form_id: str) -> OrderForm:
    """What the actor typed. Raises `NotFound` when it is somebody else's or forgotten."""
    require(actor, Permission.CREATE_ORDER)
    with desk.database.reading() as session:
        draft = form_drafts.find(session, form_id, actor.id)
    if draft is None or draft.form != FORM:
        raise NotFound("This form is not known any more. Please open a new one: /pay order new")
    return OrderForm.of_content(draft.content)


def look_again(actor: Actor, desk: Desk, *, form_id: str) -> Review:
    """What was kept, as things are now."""
    return _review(actor, desk, find(actor, desk, form_id=form_id))


def _review(actor: Actor, desk: Desk, form: OrderForm) -> Review:
    priced = service.review(desk, form).priced
    account = desk.gateway.account.state()
    today = desk.policy.today(desk.clock.now())
    with desk.database.reading() as session:
        customer = customers.find(session, form.customer_id)
        assert customer is not None  # just now it was there
        return Review(
            form=form,
            priced=priced,
            customer_name=customer.name,
            due_date=forms.due_date(form.due_date, customer, today),
            contacts=tuple(customers.contacts(session, customer.id, "invoice")),
            no_link_reason=payment_link.why_no_new_link(customer, account),
            may_send=actor.may(Permission.SEND_INVOICE),
        )


def _require_unused(session: Session, actor: Actor, form_id: str) -> None:
    order = orders.of_form(session, form_id)
    if order is not None:
        raise Refused(service.used(order))
    other = session.get(FormDraft, form_id)
    if other is not None and other.owner != actor.id:
        raise Refused("This form belongs to somebody else. Please open one: /pay order new")
