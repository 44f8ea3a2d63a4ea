"""What is filled in about a payment taken elsewhere, and what it comes to."""

import base64
import secrets
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

from commands.desk import Desk
from commands.errors import InvalidInput
from commands.rules import amounts
from renderers.plain_text import one_line
from storage.money import BadAmount, Money

METHODS = {
    "cheque": "Cheque",
    "cash": "Cash",
    "bank_transfer": "Bank transfer",
    "other": "Other",
}
MOST_REFERENCE = 100
MOST_CHEQUE = 40
MOST_AMOUNT = 40
# An older one is more likely a slip of the hand than a cheque forgotten in a drawer.
_OLDEST = timedelta(days=366)


def fresh_id() -> str:
    """The id of a payment of ours, such as "rec_7q3k…": the form's first, then the payment's."""
    return "rec_" + base64.b32encode(secrets.token_bytes(10)).decode().lower()


@dataclass(frozen=True, slots=True)
class PaymentForm:
    """As it was filled in. `chosen` None: what was due first is paid first."""

    id: str
    customer_id: str
    currency: str
    method: str
    cheque_number: str
    amount: str
    received_on: str
    reference: str
    chosen: tuple[str, ...] | None
    email_receipt: bool

    def content(self) -> dict[str, Any]:
        return asdict(self) | {"chosen": None if self.chosen is None else list(self.chosen)}

    @classmethod
    def of_content(cls, kept: dict[str, Any]) -> "PaymentForm":
        own = {field.name: kept[field.name] for field in fields(cls)}
        chosen = own["chosen"]
        return cls(**own | {"chosen": None if chosen is None else tuple(chosen)})


@dataclass(frozen=True, slots=True)
class TakenPayment:
    """A form whose fields hold."""

    amount: Money
    method: str
    cheque_number: str
    received_on: date
    reference: str

    @property
    def method_detail(self) -> str:
        """As the customer reads it."""
        name = METHODS[self.method]
        return f"{name} {self.cheque_number}" if self.cheque_number else name


def read(desk: Desk, form: PaymentForm) -> TakenPayment:
    """Raises `InvalidInput` with everything that is wrong, by field."""
    wrong: dict[str, str] = {}
    minor = _amount(form, wrong)
    received_on = _day(desk, form.received_on, wrong)
    reference, cheque = one_line(form.reference), one_line(form.cheque_number)
    _check_words(form, reference, cheque, wrong)
    if wrong or received_on is None:
        raise InvalidInput(wrong)
    cheque = cheque if form.method == "cheque" else ""
    amount = Money(minor, form.currency)
    return TakenPayment(amount, form.method, cheque, received_on, reference)


def _amount(form: PaymentForm, wrong: dict[str, str]) -> int:
    try:
        amount = amounts.read_money(form.amount, form.currency)
    except BadAmount as error:
        wrong["amount"] = str(error)
        return 0
    if amount.minor <= 0:
        wrong["amount"] = "Please enter an amount above zero."
    return amount.minor


def _day(desk: Desk, text: str, wrong: dict[str, str]) -> date | None:
    today = desk.policy.today(desk.clock.now())
    try:
        day = date.fromisoformat(text)
    except ValueError:
        wrong["received_on"] = "Please choose the day on which it was received."
        return None
    if day > today:
        wrong["received_on"] = f"This day has not come yet: today is {today:%d %b %Y}."
    elif day < today - _OLDEST:
        wrong["received_on"] = "This is more than a year ago. Please check the year."
    return day


def _check_words(form: PaymentForm, reference: str, cheque: str, wrong: dict[str, str]) -> None:
    if form.method not in METHODS:
        wrong["method"] = "Please choose how it was paid."
    if form.method == "cheque" and not cheque:
        wrong["cheque_number"] = "Please enter the number of the cheque."
    elif cheque and form.method != "cheque":
        named = METHODS.get(form.method, "this").lower()
        wrong["cheque_number"] = f"A cheque has a number, {named} has none: please leave it empty."
    if len(cheque) > MOST_CHEQUE:
        wrong["cheque_number"] = f"Please shorten it to {MOST_CHEQUE} characters."
    if len(reference) > MOST_REFERENCE:
        wrong["reference"] = f"Please shorten it to {MOST_REFERENCE} characters."
