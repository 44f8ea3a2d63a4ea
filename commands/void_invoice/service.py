"""Void an invoice, or write off what is left of it: everything that hangs on it follows."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from commands import auditing, outbox, reasons
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import Changed, InvalidInput, NotFound
from commands.import_files import releases
from commands.take_payment import announce, overlap
from commands.void_invoice import effect as effects
from commands.void_invoice.effect import Effect, Ending
from renderers import block_kit
from storage import customers, invoice_mails, invoices, payments
from storage.invoices import Invoice
from storage.unit_of_work import repeatable


@dataclass(frozen=True, slots=True)
class EndInvoice:
    """`seen`: of the effect that the person was shown."""

    number: str
    ending: Ending
    reason: str
    seen: str


@audited("look_at_void", about="number")
def look(actor: Actor, desk: Desk, *, number: str) -> Effect:
    """What there is to end. Raises `NotFound`, or `Refused` when it has ended."""
    require(actor, Permission.RECORD_PAYMENT)
    with desk.database.reading() as session:
        return effects.look(session, number)


@audited("review_void", about="number")
def review(actor: Actor, desk: Desk, *, number: str, ending: Ending, reason: str) -> Effect:
    """What would happen; nothing does. Raises `InvalidInput` by field too."""
    require(actor, Permission.RECORD_PAYMENT)
    reasons.fitting(reason)
    with desk.database.reading() as session:
        effect = effects.look(session, number)
    _require_possible(effect, ending)
    return effect


@audited("void_invoice", about="order.number")
@repeatable
def end_invoice(actor: Actor, desk: Desk, *, order: EndInvoice) -> Effect:
    """Void it or write it off, in one unit of work. Returns what that did.

    Raises `Changed` when it would do something else by now.
    """
    require(actor, Permission.RECORD_PAYMENT)
    order = replace(order, reason=reasons.fitting(order.reason))
    with desk.database.writing() as session:
        invoice = _held(session, order.number)
        effect = effects.look(session, order.number)
        _require_possible(effect, order.ending)
        if effect.seen != order.seen:
            raise Changed("The invoice changed since you looked. Please look again.")
        stopped = _end(session, actor, desk, invoice, _Decided(order, effect))
        _audit(session, actor, desk, order, effect, stopped)
        return effect


@dataclass(frozen=True, slots=True)
class _Decided:
    order: EndInvoice
    effect: Effect


def _end(session: Session, actor: Actor, desk: Desk, invoice: Invoice, decided: _Decided) -> int:
    """End it and let everything follow; how many mails were stopped."""
    ending = decided.order.ending
    laid = [payment for _, payment in payments.of_invoice(session, invoice.number)]
    change = f"{ending}:{invoice.number}:{invoice.version}"
    today = desk.policy.today(desk.clock.now())
    moved = releases.end(session, invoice, ending, today)
    stopped = _stop_mails(session, desk, invoice, change)
    overlap.balances_changed(session, desk, sorted(moved), change=change)
    for payment in laid:
        announce.excess_settled(session, desk, payment, change=change)
    announce.notify(session, desk, key=change, text=_told(actor, decided))
    return stopped


def _audit(
    session: Session, actor: Actor, desk: Desk, order: EndInvoice, effect: Effect, stopped: int
) -> None:
    auditing.record(
        session,
        actor,
        desk,
        "void_invoice" if order.ending == "void" else "write_off_invoice",
        order.number,
        reason=order.reason,
        balance=effect.balance.minor,
        lying={one.source: one.amount.minor for one in effect.lying},
        stopped_mails=stopped,
    )


def _held(session: Session, number: str) -> Invoice:
    found = invoices.find(session, number)
    if found is None:
        raise NotFound(f"There is no invoice {number}.")
    customers.lock(session, found.customer_id)
    session.refresh(found)
    return found


def _require_possible(effect: Effect, ending: Ending) -> None:
    if ending == "written_off" and not effect.can_write_off:
        reason = f"Nothing is open on {effect.number}: there is nothing to write off."
        raise InvalidInput({"ending": reason})


def _stop_mails(session: Session, desk: Desk, invoice: Invoice, change: str) -> int:
    """Mails that nobody has begun with do not leave any more; their cards say so."""
    waiting = invoice_mails.waiting(session, invoice.number)
    for mail in waiting:
        mail.status, mail.finished_at = "cancelled", desk.clock.now()
        mail.payload = {**mail.payload, "stopped": invoice.lifecycle}
        session.add(mail)
        session.flush()
        outbox.queue_card_edits(session, mail, change=f"stopped:{change}", now=desk.clock.now())
    return len(waiting)


def _told(actor: Actor, decided: _Decided) -> str:
    order, effect = decided.order, decided.effect
    how = "voided" if order.ending == "void" else f"written off ({block_kit.money(effect.balance)})"
    text = f"{effect.number} of {effect.customer_name} was {how} by {actor.name}: {order.reason}."
    if order.ending == "void" and effect.lying:
        freed = ", ".join(
            f"{block_kit.money(one.amount)} of {one.source}" for one in effect.lying[:10]
        )
        what = "What it was put on is owed" if effect.is_credit_memo else "What lay on it is credit"
        text += f" {what} again: {freed}."
    if effect.pending:
        coming = block_kit.money(effect.pending)
        text += f" A bank debit of {coming} is under way: it becomes credit when it comes."
    return text
