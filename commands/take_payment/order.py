"""What the holder of a link asked for, checked against the ledger: never trusted for amounts."""

import unicodedata
from dataclasses import dataclass, field

from commands.errors import InvalidInput, NothingToPay, PaymentUnderWay, Refused
from commands.rules import allocation
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


def intent(
    order: CheckoutOrder,
    rows: list[OpenItem],
    offered: tuple[Method, ...],
    *,
    currency: str,
    contact: str,
) -> Intent:
    """Raises `InvalidInput`, `NothingToPay` or `PaymentUnderWay`."""
    method = next((method for method in offered if method == order.method), None)
    if method is None:
        raise InvalidInput({"method": "Please choose one of the ways to pay that are offered."})
    chosen = _chosen(order.invoice_numbers, rows)
    owed = due.due(chosen, currency)
    if not owed:
        raise _nothing(chosen, currency, contact)
    amount = _amount(order.amount_text, owed)
    problem = due.outside_limits(amount, contact)
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
        amount = Money.parse(text.strip(), owed.currency)
    except BadAmount:
        example = Money(min(owed.minor, 1250), owed.currency).whole
        wrong = f"Please write the amount as a plain number, such as {example}."
        raise InvalidInput({"amount": wrong}) from None
    if amount.minor <= 0:
        raise InvalidInput({"amount": "Please enter an amount above zero."})
    if owed < amount:
        raise InvalidInput({"amount": f"{amount} is more than is due: {owed}."})
    return amount


def _reference(text: str) -> str:
    """One line of printable text."""
    printable = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    clean = " ".join(printable.split())
    if len(clean) > MAX_REFERENCE:
        wrong = f"Please shorten your reference to {MAX_REFERENCE} characters."
        raise InvalidInput({"reference": wrong})
    return clean
