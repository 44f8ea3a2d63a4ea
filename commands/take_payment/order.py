"""What the holder of a link asked for, checked against the ledger: never trusted for amounts."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from commands.errors import InvalidInput, NothingToPay, PaymentUnderWay, Refused
from commands.rules import allocation, amounts, gateway_limits, netting
from commands.rules.netting import Netting
from commands.take_payment import due
from commands.take_payment.due import OpenItem
from renderers import formats
from renderers.formats import DEFAULT_LOCALE
from storage.methods import Method
from storage.money import BadAmount, Money

MAX_REFERENCE = 100
BY_CREDIT = "credit"  # the way to pay that charges nothing


@dataclass(frozen=True, slots=True)
class Choice:
    """The form as it came: without invoice numbers all of the link's, without amount all due.

    `ticks`: the form had a tick for each invoice, so that no number means none.
    """

    amount_text: str | None = None
    invoice_numbers: tuple[str, ...] = ()
    reference: str = ""
    use_credit: bool = False
    ticks: bool = False

    @property
    def takes_all(self) -> bool:
        return not self.invoice_numbers and not self.ticks


@dataclass(frozen=True, slots=True)
class CheckoutOrder(Choice):
    token: str = field(default="", repr=False)  # writes the addresses to come back to; in no log
    method: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """A payment that may begin: positive `shares`, minor units by invoice number.

    `credits` are laid beside them, likewise. No `amount`: credit alone is enough.
    """

    method: Method | None
    amount: Money
    shares: dict[str, int]
    reference: str
    credits: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """`credit` is what the customer has; `nets_credit`: it is used without being asked for."""

    currency: str
    contact: str  # whom to call
    takes_part: bool = True
    credit: int = 0  # minor units
    nets_credit: bool = False
    locale: str = DEFAULT_LOCALE  # of the page

    def said(self, amount: Money) -> str:
        """As the page writes it."""
        return formats.money(amount, self.locale)


def intent(
    order: CheckoutOrder,
    rows: list[OpenItem],
    offered: tuple[Method, ...],
    terms: Terms,
) -> Intent:
    """Raises `InvalidInput`, `NothingToPay` or `PaymentUnderWay`."""
    method = next((method for method in offered if method == order.method), None)
    if method is None and order.method != BY_CREDIT:
        raise InvalidInput({"method": "Please choose one of the ways to pay that are offered."})
    chosen = chosen_of(order, rows)
    if order.ticks and not chosen:
        raise InvalidInput({"invoice": "Please tick at least one invoice."})
    netted = net(order, chosen, terms)
    if not netted.owed:
        raise _nothing(chosen, terms.currency, terms.contact)
    if netted.charge and method is None:
        rest = terms.said(netted.charge)
        why = f"{rest} is left to be paid beside your credit: please choose how."
        raise InvalidInput({"method": why})
    return _planned(order, chosen, netted, method, terms)


def chosen_of(choice: Choice, rows: list[OpenItem]) -> list[OpenItem]:
    """The rows that are meant. Raises `InvalidInput` for a number that is not of the link."""
    if choice.takes_all:
        return rows
    chosen = [row for row in rows if row.invoice.number in choice.invoice_numbers]
    if len(chosen) != len(set(choice.invoice_numbers)):
        raise InvalidInput({"invoice": "Please choose from the invoices on this page."})
    return chosen


def net(choice: Choice, chosen: list[OpenItem], terms: Terms) -> Netting:
    """What the chosen invoices ask for, and how much credit goes with it."""
    used = terms.credit if choice.use_credit or terms.nets_credit else 0
    return netting.net(due.due(chosen, terms.currency), Money(used, terms.currency))


def amount_of(choice: Choice, charge: Money, terms: Terms) -> Money:
    """The amount that was typed, or all of `charge`. Raises `InvalidInput`."""
    amount = _amount(choice.amount_text, charge, terms)
    problem = _cannot_be_part(amount, charge, terms) or due.outside_limits(
        amount, terms.contact, terms.locale
    )
    if problem:
        raise InvalidInput({"amount": problem})
    return amount


def _planned(
    order: CheckoutOrder,
    chosen: Sequence[OpenItem],
    netted: Netting,
    method: Method | None,
    terms: Terms,
) -> Intent:
    """Credit goes on what was due first, then the money."""
    reference = _reference(order.reference)
    claims = [row.claim for row in chosen]
    netting_off = allocation.oldest_first(netted.credit.minor, claims).shares
    if not netted.charge:
        return Intent(None, netted.charge, {}, reference, netting_off)
    amount = amount_of(order, netted.charge, terms)
    left = [replace(claim, open=claim.open - netting_off.get(claim.number, 0)) for claim in claims]
    shares = allocation.oldest_first(amount.minor, left).shares
    return Intent(method, amount, shares, reference, netting_off)


def _nothing(
    rows: list[OpenItem], currency: str, contact: str
) -> NothingToPay | PaymentUnderWay | Refused:
    if any(row.disputed for row in rows):
        return Refused(due.disputed(contact))
    if due.pending(rows, currency):
        return PaymentUnderWay("A payment from your bank is under way: there is nothing to add.")
    return NothingToPay("There is nothing to pay any more.")


def _amount(text: str | None, owed: Money, terms: Terms) -> Money:
    if text is None or not text.strip():
        return owed
    try:
        mark = formats.money_shape(owed.currency, terms.locale).decimal
        amount = amounts.read_money(text, owed.currency, mark)
    except BadAmount as error:
        raise InvalidInput({"amount": str(error)}) from None
    if amount.minor <= 0:
        raise InvalidInput({"amount": "Please enter an amount above zero."})
    if owed < amount:
        wrong = f"{terms.said(amount)} is more than is due: {terms.said(owed)}."
        raise InvalidInput({"amount": wrong})
    return amount


def _cannot_be_part(amount: Money, owed: Money, terms: Terms) -> str:
    """Why less than all that is due cannot be paid; "" when it can."""
    rest, smallest = owed - amount, gateway_limits.smallest(owed.currency)
    if rest and not terms.takes_part:
        return f"Please pay all that is due, {terms.said(owed)}, or contact {terms.contact}."
    if rest and rest < smallest <= owed:
        return (
            f"That would leave {terms.said(rest)}, which is too little to be paid online. "
            f"Please pay {terms.said(owed)}, or at most {terms.said(owed - smallest)}."
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
