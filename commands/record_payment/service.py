"""Record a payment taken elsewhere: look at what it would do, then do exactly that, once."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import Changed, InvalidInput, NotFound, Refused
from commands.record_payment import effect as effects
from commands.record_payment import form as forms
from commands.record_payment.effect import Effect
from commands.record_payment.form import PaymentForm
from commands.take_payment import announce, overlap
from storage import customers, form_drafts, payments
from storage.form_drafts import FormDraft
from storage.payments import Payment
from storage.unit_of_work import repeatable

FORM = "record_payment"


@dataclass(frozen=True, slots=True)
class Recorded:
    """`repeated`: the form had been submitted before, nothing new happened."""

    payment_id: str
    customer_name: str
    repeated: bool


@audited("review_payment", about="form.customer_id")
@repeatable
def review(actor: Actor, desk: Desk, *, form: PaymentForm) -> Effect:
    """Check everything, keep the form, and say what it would do; nothing is recorded yet.

    Raises `InvalidInput` by field.
    """
    require(actor, Permission.RECORD_PAYMENT)
    taken = forms.read(desk, form)
    if form.chosen == ():
        raise InvalidInput({"how": "Please tick the invoices, or choose oldest first."})
    with desk.database.writing() as session:
        other = session.get(FormDraft, form.id)
        if other is not None and (other.owner != actor.id or "done" in other.content):
            raise Refused(_USED)
        effect = effects.of(session, form, taken)
        _keep(session, actor, desk, form, {"plan": _plan(effect)})
        return effect


@audited("record_payment", about="form_id")
@repeatable
def record(
    actor: Actor, desk: Desk, *, form_id: str, in_spite_of_duplicates: bool = False
) -> Recorded:
    """Record what was reviewed, and let everything follow: links, cards, checkouts, Receipt.

    Raises `Changed` when it would do something else by now, `InvalidInput` for duplicates that
    nobody looked at, `NotFound` for a form of somebody else or one that was forgotten.
    """
    require(actor, Permission.RECORD_PAYMENT)
    with desk.database.writing() as session:
        form = _form(session, actor, form_id)
        customers.lock(session, form.customer_id)
        draft = _draft(session, actor, form_id)
        if "done" in draft.content:
            return _repeated(session, draft)
        effect = effects.of(session, form, forms.read(desk, form))
        if _plan(effect) != draft.content["plan"]:
            raise Changed("The balances changed since you looked. Please look again.")
        if effect.duplicates and not in_spite_of_duplicates:
            raise InvalidInput({"duplicate": "Please tick that it is another payment."})
        done = _write(session, actor, desk, form, effect)
        _keep(session, actor, desk, form, {"done": done.payment_id})
        return done


def kept(actor: Actor, desk: Desk, *, form_id: str) -> PaymentForm:
    """What the actor filled in. Raises `NotFound`."""
    require(actor, Permission.RECORD_PAYMENT)
    with desk.database.reading() as session:
        return _form(session, actor, form_id)


_USED = "This form has been used already. Please open a new one with /pay record."


def _keep(
    session: Session, actor: Actor, desk: Desk, form: PaymentForm, more: dict[str, Any]
) -> None:
    content = {"form": form.content()} | more
    draft = FormDraft(
        id=form.id, owner=actor.id, form=FORM, content=content, saved_at=desk.clock.now()
    )
    form_drafts.save(session, draft)


def _plan(effect: Effect) -> dict[str, Any]:
    """What the person agreed to, as plain JSON."""
    alike = sorted(row.id for row in effect.duplicates)
    return {"shares": effect.plan.shares, "excess": effect.plan.excess, "alike": alike}


def _draft(session: Session, actor: Actor, form_id: str) -> FormDraft:
    draft = form_drafts.find(session, form_id, actor.id)
    if draft is None or draft.form != FORM:
        raise NotFound("This form is not known any more. Please open a new one: /pay record")
    session.refresh(draft)
    return draft


def _form(session: Session, actor: Actor, form_id: str) -> PaymentForm:
    return PaymentForm.of_content(_draft(session, actor, form_id).content["form"])


def _repeated(session: Session, draft: FormDraft) -> Recorded:
    customer = customers.find(session, draft.content["form"]["customer_id"])
    return Recorded(draft.content["done"], customer.name if customer else "", repeated=True)


def _write(
    session: Session, actor: Actor, desk: Desk, form: PaymentForm, effect: Effect
) -> Recorded:
    payment = effect.stripe or _new(actor, desk, form, effect)
    payment.customer_id = form.customer_id
    session.add(payment)
    session.flush()
    for item in effect.account.items:
        share = effect.plan.shares.get(item.invoice.number, 0)
        if share:
            payments.allocate(session, payment, item.invoice, share)
    numbers = list(effect.plan.shares)
    announce.tell(session, desk, payment, event="paid", numbers=numbers)
    overlap.balances_changed(session, desk, numbers, change=f"{payment.id}:recorded:{form.id}")
    announce.excess_settled(session, desk, payment, change=form.id)
    if form.email_receipt:
        _send_receipt(session, actor, desk, payment)
    _audit(session, actor, desk, payment, effect)
    return Recorded(payment.id, effect.account.customer.name, repeated=False)


def _new(actor: Actor, desk: Desk, form: PaymentForm, effect: Effect) -> Payment:
    taken = effect.taken
    return Payment(
        id=form.id,
        customer_id=form.customer_id,
        currency=taken.amount.currency,
        amount=taken.amount.minor,
        status="succeeded",
        source="staff",
        method=taken.method,
        method_detail=taken.method_detail,
        reference=taken.reference,
        cheque_number=taken.cheque_number,
        received_on=taken.received_on,
        recorded_at=desk.clock.now(),
        recorded_by=actor.id,
    )


def _send_receipt(session: Session, actor: Actor, desk: Desk, payment: Payment) -> None:
    on_file = customers.contacts(session, payment.customer_id or "", "invoice")
    addresses = [contact.address for contact in on_file if not contact.refused]
    if addresses:
        outbox.queue_receipt_mail(
            session,
            payment_id=payment.id,
            customer_id=payment.customer_id or "",
            recipients=addresses,
            now=desk.clock.now(),
            domain=desk.policy.mail_domain,
            sender=actor.id,
        )


def _audit(session: Session, actor: Actor, desk: Desk, payment: Payment, effect: Effect) -> None:
    auditing.record(
        session,
        actor,
        desk,
        "record_payment",
        payment.id,
        customer=payment.customer_id,
        amount=payment.amount,
        currency=payment.currency,
        method=payment.method,
        allocations=effect.plan.shares,
        unapplied=payment.unapplied,
        in_spite_of=[row.id for row in effect.duplicates],
    )
