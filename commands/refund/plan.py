"""What a refund would do, exactly, and who has to agree: read from the ledger as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sqlmodel import Session

from commands.access import Actor, Permission
from commands.approvals.approvers import NOBODY, approvers_beside
from commands.desk import Desk
from commands.errors import InvalidInput, NotFound, Refused
from commands.rules import approval as policy
from commands.rules import money_back as rule
from renderers import block_kit
from storage import customers, disputes, money_back, payments, refunds
from storage.gateway_states import RefundReason
from storage.invoices import Invoice
from storage.money import BadAmount, Money
from storage.payments import Payment

Way = Literal["direct", "ask", "alone"]  # alone: the only Admin, with a reason


@dataclass(frozen=True, slots=True)
class RefundWish:
    """What was filled in; `draft_id` makes two submissions of one form one refund.

    `amount_text` in whole units; `invoices`: where it is to come off, empty for the rule.
    """

    draft_id: str
    payment_id: str
    amount_text: str
    reason: RefundReason
    note: str = ""
    invoices: tuple[str, ...] = ()
    own_reason: str = ""  # of the only Admin, who approves it alone


@dataclass(frozen=True, slots=True)
class Effect:
    number: str
    taken_off: Money
    balance: Money  # afterwards


@dataclass(frozen=True, slots=True)
class RefundPlan:
    payment_id: str
    customer_id: str
    customer_name: str
    amount: Money
    shares: dict[str, int]  # as the person chose
    effects: tuple[Effect, ...]
    from_credit: Money
    way: Way
    approvers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refundable:
    """A payment and what can be given back of it; `laid`: newest invoice first."""

    payment: Payment
    customer_name: str
    most: Money
    laid: dict[str, int]


def refundable(session: Session, payment_id: str) -> Refundable:
    """Raises `NotFound` or `Refused` with why it cannot be refunded."""
    payment = payments.find(session, payment_id)
    if payment is None:
        raise NotFound(f"There is no payment {payment_id}.")
    if payment.source != "gateway":
        raise Refused("That payment was not made through Stripe, so Stripe cannot refund it.")
    if payment.status != "succeeded":
        raise Refused("That payment is not money yet: a bank debit can be refunded once settled.")
    if disputes.open_of_payment(session, payment_id):
        raise Refused("That payment is disputed: its money is with the bank until it decides.")
    most = money_back.refundable(session, payment)
    if most <= 0:
        raise Refused("Nothing is left of that payment: it has been refunded already.")
    parts = {p.invoice_number: p.amount for p in payments.allocations(session, payment_id)}
    laid = {n: parts[n] for n in money_back.newest_first(session, payment)}
    customer = customers.find(session, payment.customer_id or "")
    name = customer.name if customer else "Unknown customer"
    return Refundable(payment, name, Money(most, payment.currency), laid)


def plan(session: Session, actor: Actor, desk: Desk, wish: RefundWish) -> RefundPlan:
    """Raises `InvalidInput` by form field, `NotFound` or `Refused`."""
    found = refundable(session, wish.payment_id)
    payment, amount = found.payment, _amount(wish.amount_text, found.most)
    ticked = [(n, laid) for n, laid in found.laid.items() if n in wish.invoices]
    chosen = rule.chosen_shares(amount.minor, ticked)
    off = rule.comes_off(amount.minor, chosen, payment.unapplied, found.laid)
    approvers = approvers_beside(session, actor.id)
    return RefundPlan(
        payment_id=payment.id,
        customer_id=payment.customer_id or "",
        customer_name=found.customer_name,
        amount=amount,
        shares=chosen,
        effects=tuple(_effects(session, off)),
        from_credit=Money(amount.minor - sum(off.values()), amount.currency),
        way=_way(session, actor, desk, payment, amount),
        approvers=approvers,
    )


def require_way(session: Session, actor: Actor) -> None:
    """Told before anything is filled in: raises `Refused` when nobody could ever agree."""
    alone = not approvers_beside(session, actor.id)
    if alone and not (actor.may(Permission.REFUND) or actor.may(Permission.ADMINISTER)):
        raise Refused(NOBODY)


def _way(session: Session, actor: Actor, desk: Desk, payment: Payment, amount: Money) -> Way:
    earlier = refunds.ordered_by(session, payment.id, actor.id)
    above = policy.refund_needs_second_person(
        amount,
        earlier,
        limit=desk.policy.refund_second_person_over,
        currency=desk.policy.default_currency,
    )
    if actor.may(Permission.REFUND) and not above:
        return "direct"
    if approvers_beside(session, actor.id):
        return "ask"
    if actor.may(Permission.ADMINISTER):
        return "alone"
    raise Refused(NOBODY)


def _amount(text: str, most: Money) -> Money:
    try:
        amount = Money.parse(text.strip(), most.currency)
    except BadAmount:
        example = Money(min(most.minor, 1250), most.currency).whole
        wrong = f"Please write the amount as a plain number, such as {example}."
        raise InvalidInput({"amount": wrong}) from None
    if amount.minor <= 0:
        raise InvalidInput({"amount": "Please enter an amount above zero."})
    if most < amount:
        raise InvalidInput(
            {"amount": f"At most {block_kit.money(most)} can be refunded of this payment."}
        )
    return amount


def _effects(session: Session, off: Mapping[str, int]) -> list[Effect]:
    rows = [session.get_one(Invoice, number) for number in off]
    return [
        Effect(r.number, Money(off[r.number], r.currency), _after(r, off[r.number])) for r in rows
    ]


def _after(invoice: Invoice, taken_off: int) -> Money:
    return replace(invoice.balance, minor=invoice.balance.minor + taken_off)
