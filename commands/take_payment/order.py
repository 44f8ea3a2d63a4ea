"""What the holder of a link asked for, checked against the ledger: never trusted for amounts."""

import unicodedata
from dataclasses import dataclass, field

from commands.errors import InvalidInput, NothingToPay, PaymentUnderWay, Refused
from commands.rules import allocation, amounts, gateway_limits
from commands.take_payment import due
from commands.take_payment.due import OpenItem
from storage.methods import Method
from storage.money import BadAmount, Money

MAX_REFERENCE = 100


@dataclass(frozen=True, slots=True)
class CheckoutOrder:
    """The form as it came: without invoice numbers all of the link's, without amount all due."""

    token: str = field(repr=False)  # writes the addresses to come back to; kept out of logs
    method: str
    amount_text: str | None = None
    invoice_numbers: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment that may begin: positive `shares`, minor units by invoice number."""

    method: Method
    amount: Money
    shares: dict[str, int]
    reference: str


@dataclass(frozen=True, slots=True)
class Terms:
    currency: str
    contact: str  # whom to call
    takes_part: bool = True


def intent(
    order: CheckoutOrder,
    rows: list[OpenItem],
    offered: tuple[Method, ...],
    terms: Terms,
) -> Intent:
    """Raises `InvalidInput`, `NothingToPay` or `PaymentUnderWay`."""
    method = next((method for method in offered if method == order.method), None)
    if method is None:
        raise InvalidInput({"method": "Please choose one of the ways to pay that are offered."})
    chosen = _chosen(order.invoice_numbers, rows)
    owed = due.due(chosen, terms.currency)
    if not owed:
        raise _nothing(chosen, terms.currency, terms.contact)
    amount = _amount(order.amount_text, owed)
    problem = _cannot_be_part(amount, owed, terms) or due.outside_limits(amount, terms.contact)
    if problem:
        raise InvalidInput({"amount": problem})
    plan = allocation.oldest_first(amount.minor, [row.claim for row in chosen])
    return Intent(method, amount, plan.shares, _reference(order.reference))


def _chosen(numbers: tuple[str, ...], rows: list[OpenItem]) -> list[OpenItem]:
    if not numbers:
        return rows
    chosen = [row for row in rows if row.invoice.number in numbers]
    if len(chosen) != len(set(numbers)):
        raise InvalidInput({"invoice": "Please choose from the invoices on this page."})
    return chosen


def _nothing(
    rows: list[OpenItem], currency: str, contact: str
) -> NothingToPay | PaymentUnderWay | Refused:
    if any(row.disputed for row in rows):
        return Refused(due.disputed(contact))
    if due.pending(rows, currency):
        return PaymentUnderWay("A payment from your bank is under way: there is nothing to add.")
    return NothingToPay("There is nothing to pay any more.")


def _amount(text: str | None, owed: Money) -> Money:
    if text is None or not text.strip():
        return owed
    try:
        amount = amounts.read_money(text, owed.currency)
    except BadAmount as error:
        raise InvalidInput({"amount": str(error)}) from None
    if amount.minor <= 0:
        raise InvalidInput({"amount": "Please enter an amount above zero."})
    if owed < amount:
        raise InvalidInput({"amount": f"{amount} is more than is due: {owed}."})
    return amount


def _cannot_be_part(amount: Money, owed: Money, terms: Terms) -> str:
    """Why less than all that is due cannot be paid; "" when it can."""
    rest, smallest = owed - amount, gateway_limits.smallest(owed.currency)
    if rest and not terms.takes_part:
        return f"Please pay all that is due, {owed}, or contact {terms.contact}."
    if rest and rest < smallest <= owed:
        return (
            f"That would leave {rest}, which is too little to be paid online. "
            f"Please pay {owed}, or at most {owed - smallest}."
        )
    return ""


def _reference(text: str) -> str:
    """One line of printable text."""
    printable = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    clean = " ".join(printable.split())
    if len(clean) > MAX_REFERENCE:
        wrong = f"Please shorten your reference to {MAX_REFERENCE} characters."
        raise InvalidInput({"reference": wrong})
    return clean
