"""Put credit on invoices: look at what it would do, then do exactly that, once; take it off."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Actor, Permission, require
from commands.apply_credit import effect as effects
from commands.apply_credit.effect import CreditForm, Effect
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import Changed, InvalidInput, NotFound, Refused
from commands.take_payment import announce, credit, overlap
from storage import credits as applied_credits
from storage import customers, deliveries, form_drafts, invoices, payments
from storage.credits import Applied
from storage.form_drafts import FormDraft
from storage.unit_of_work import repeatable

FORM = "apply_credit"
MOST_APPLIED = 50


@audited("review_credit", about="form.customer_id")
@repeatable
def review(actor: Actor, desk: Desk, *, form: CreditForm) -> Effect:
    """Keep the form and say what it would do; nothing moves yet. Raises `InvalidInput`."""
    require(actor, Permission.RECORD_PAYMENT)
    with desk.database.writing() as session:
        other = session.get(FormDraft, form.id)
        if other is not None and (other.owner != actor.id or other.content.get("done")):
            raise Refused("This form has been used already. Please open a new one: /pay credit")
        effect = effects.of(session, form)
        _keep(session, actor, desk, form, {"plan": _plan(effect)})
        return effect


@audited("apply_credit", about="form_id")
@repeatable
def apply(actor: Actor, desk: Desk, *, form_id: str) -> str:
    """Move what was reviewed; the second time nothing happens. Returns the customer's name.

    Raises `Changed` when it would do something else by now, `NotFound` for a forgotten form.
    """
    require(actor, Permission.RECORD_PAYMENT)
    with desk.database.writing() as session:
        form = _form(session, actor, form_id)
        customer = customers.lock(session, form.customer_id)
        if form.payment_id:  # nobody's, perhaps: the customer's row does not guard it
            payments.lock(session, form.payment_id)
        draft = _draft(session, actor, form_id)
        name = customer.name if customer else ""
        if draft.content.get("done"):
            return name
        effect = effects.of(session, form)
        if _plan(effect) != draft.content["plan"]:
            raise Changed("The balances changed since you looked. Please look again.")
        credit.lay(session, effect.moves, form.customer_id)
        _follow(session, desk, effect, change=f"credit:{form.id}")
        _keep(session, actor, desk, form, {"done": True})
        _audit(session, actor, desk, form, effect)
        return name


def kept(actor: Actor, desk: Desk, *, form_id: str) -> CreditForm:
    """What the actor filled in. Raises `NotFound`."""
    require(actor, Permission.RECORD_PAYMENT)
    with desk.database.reading() as session:
        return _form(session, actor, form_id)


@audited("list_applied_credit", about="customer_id")
def applied(actor: Actor, desk: Desk, *, customer_id: str) -> list[Applied]:
    """What could be taken off again, newest first."""
    require(actor, Permission.RECORD_PAYMENT)
    with desk.database.reading() as session:
        return applied_credits.applied(session, customer_id, MOST_APPLIED)


@audited("take_off_credit", about="customer_id")
@repeatable
def take_off(
    actor: Actor, desk: Desk, *, customer_id: str, chosen: Sequence[tuple[str, str, str]]
) -> None:
    """Take credit off invoices, whole: it is open again, and so are they.

    `chosen`: kind, source and invoice number of each. Raises `Refused` for what is not there.
    """
    require(actor, Permission.RECORD_PAYMENT)
    if not chosen:
        raise InvalidInput({"applied.0": "Please tick what is to be taken off."})
    with desk.database.writing() as session:
        customers.lock(session, customer_id)
        found = applied_credits.applied(session, customer_id, MOST_APPLIED)
        there = {(str(one.kind), one.source, one.invoice_number): one for one in found}
        if not set(chosen) <= set(there):
            raise Refused("Some of it was taken off meanwhile. Please look again: /pay credit")
        taken = [there[each] for each in dict.fromkeys(chosen)]
        for one in taken:
            _release(session, one)
        change = f"credit-off:{desk.clock.now().isoformat()}"
        _tell(session, desk, ((one.source, one.invoice_number) for one in taken), change)
        moved = [f"{one.source} on {one.invoice_number}: {one.amount}" for one in taken]
        auditing.record(session, actor, desk, "take_off_credit", customer_id, taken_off=moved)


@audited("keep_as_credit", about="payment_id")
@repeatable
def keep_as_credit(actor: Actor, desk: Desk, *, payment_id: str) -> None:
    """Note on the notice who decided that the excess stays credit. Raises `Refused` if decided."""
    require(actor, Permission.RECORD_PAYMENT)
    with desk.database.writing() as session:
        found = deliveries.find_by_key(session, announce.excess_key(payment_id))
        notice = deliveries.lock(session, found.id or 0) if found else None
        if notice is None:
            raise NotFound("That notice is not known.")
        if notice.payload.get("kept_by"):
            raise Refused("Somebody said so already: it stays credit.")
        notice.payload = {**notice.payload, "kept_by": actor.id}
        session.add(notice)
        outbox.queue_edit(session, notice, change="kept", now=desk.clock.now())
        auditing.record(session, actor, desk, "keep_as_credit", payment_id)


def _keep(
    session: Session, actor: Actor, desk: Desk, form: CreditForm, more: dict[str, Any]
) -> None:
    content = {"form": asdict(form)} | more
    draft = FormDraft(
        id=form.id, owner=actor.id, form=FORM, content=content, saved_at=desk.clock.now()
    )
    form_drafts.save(session, draft)


def _plan(effect: Effect) -> list[Any]:
    """What the person agreed to, as plain JSON."""
    return [[move.source, move.number, move.amount] for move in effect.moves]


def _draft(session: Session, actor: Actor, form_id: str) -> FormDraft:
    draft = form_drafts.find(session, form_id, actor.id)
    if draft is None or draft.form != FORM:
        raise NotFound("This form is not known any more. Please open a new one: /pay credit")
    session.refresh(draft)
    return draft


def _form(session: Session, actor: Actor, form_id: str) -> CreditForm:
    kept = dict(_draft(session, actor, form_id).content["form"])
    kept["sources"] = tuple(kept["sources"])
    kept["chosen"] = None if kept["chosen"] is None else tuple(kept["chosen"])
    return CreditForm(**kept)


def _follow(session: Session, desk: Desk, effect: Effect, *, change: str) -> None:
    pairs = ((move.source.partition(":")[2], move.number) for move in effect.moves)
    _tell(session, desk, pairs, change)


def _tell(session: Session, desk: Desk, pairs: Iterable[tuple[str, str]], change: str) -> None:
    """Links, cards and checkouts of the invoices; the notices about the payments' excess."""
    moved = list(pairs)
    touched = {name for pair in moved for name in pair}
    numbers = [row.number for row in invoices.find_all(session, sorted(touched))]
    overlap.balances_changed(session, desk, numbers, change=change)
    for source in sorted({source for source, _ in moved}):
        payment = payments.find(session, source)
        if payment is not None:
            announce.excess_settled(session, desk, payment, change=change)


def _release(session: Session, one: Applied) -> None:
    invoice = invoices.find(session, one.invoice_number)
    assert invoice is not None  # the foreign key keeps it
    if one.kind == "memo":
        memo = invoices.find(session, one.source)
        assert memo is not None
        payments.release_credit(session, memo, invoice, one.amount)
    else:
        payment = payments.find(session, one.source)
        assert payment is not None
        payments.release(session, payment, invoice, one.amount)


def _audit(session: Session, actor: Actor, desk: Desk, form: CreditForm, effect: Effect) -> None:
    auditing.record(
        session,
        actor,
        desk,
        "apply_credit",
        form.customer_id,
        currency=form.currency,
        moves=_plan(effect),
    )
