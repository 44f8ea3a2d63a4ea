"""What was typed into "New order", and what it comes to."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from commands.errors import InvalidInput
from commands.rules import line_amounts, order_lines
from commands.rules.line_amounts import LARGEST_MINOR
from commands.rules.order_lines import EXAMPLE, BadLines, TypedLine
from renderers import block_kit
from storage.customers import Customer
from storage.money import BadAmount, Money

MOST_PO = 100  # characters
MOST_NOTES = 2000
# As far as the import goes: adding terms never leaves the calendar.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class OrderForm:
    """As typed; `id` makes two submissions of it one order."""

    id: str
    customer_id: str
    lines: str
    ship_date: date | None = None
    po_number: str = ""
    tax_rate: str = ""  # percent, for lines without their own
    due_date: date | None = None  # of the invoice; None: by the customer's terms
    notes: str = ""
    typed_in: str = ""  # the channel in which the command was typed

    def content(self) -> dict[str, Any]:
        """As plain JSON."""
        dates = {"ship_date": self.ship_date, "due_date": self.due_date}
        return asdict(self) | {name: day and day.isoformat() for name, day in dates.items()}

    @classmethod
    def of_content(cls, content: dict[str, Any]) -> "OrderForm":
        dates = {name: content[name] for name in ("ship_date", "due_date")}
        return cls(
            **content | {name: day and date.fromisoformat(day) for name, day in dates.items()}
        )


@dataclass(frozen=True, slots=True)
class PricedLine:
    """`amount` (net) and `tax` in minor units."""

    line: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    tax_rate: Decimal
    amount: int = 0
    tax: int = 0


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """Minor units of `currency`."""

    currency: str
    lines: tuple[PricedLine, ...]

    @property
    def net(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> Money:
        return Money(self.net + self.tax, self.currency)


def price(form: OrderForm, customer: Customer | None, today: date) -> PricedOrder:
    """Raises `InvalidInput` with everything that is wrong, by field of the form."""
    if customer is None:
        raise InvalidInput({"customer": "Choose the customer whose order it is."})
    wrong = dict(_bad_dates(form, today)) | dict(_too_long(form))
    rate = Decimal(0)
    try:
        rate = order_lines.rate(form.tax_rate) if form.tax_rate.strip() else rate
    except BadAmount as error:
        wrong["tax_rate"] = f"Write a percentage such as 8.25: {str(error).removesuffix('.')}."
    try:
        typed = order_lines.read(form.lines, customer.currency)
        priced = PricedOrder(customer.currency, tuple(_lines(typed, rate, customer.currency)))
        wrong |= _bad_amounts(priced)
    except BadLines as error:
        wrong["lines"] = str(error)
    if wrong:
        raise InvalidInput(wrong)
    return priced


def due_date(chosen: date | None, customer: Customer, today: date) -> date:
    """When an invoice issued today is due; what was chosen and has gone by is due at once."""
    return max(chosen, today) if chosen else today + timedelta(days=customer.terms_days)


def _lines(typed: list[TypedLine], rate: Decimal, currency: str) -> Iterator[PricedLine]:
    for number, line in enumerate(typed, start=1):
        own = rate if line.tax_rate is None else line.tax_rate
        told = (number, line.description, line.quantity, line.unit, line.unit_price, own)
        yield PricedLine(*told, *line_amounts.amounts(PricedLine(*told), currency))


def _bad_amounts(priced: PricedOrder) -> dict[str, str]:
    """What is wrong with the sums of lines that can be read."""
    total = block_kit.money(priced.total)
    sums = [*(line.amount for line in priced.lines), priced.net, priced.total.minor]
    if not priced.lines:
        wrong = f"Write what is ordered, one line each, as in {EXAMPLE}."
    elif max(map(abs, sums)) > LARGEST_MINOR:
        wrong = "The amounts are larger than an invoice can hold."
    elif priced.total.minor < 0:
        wrong = (
            f"The total is {total}, below zero: that would be a credit memo."
            " Enter the credit memo in the ERP, or check the minus signs."
        )
    elif not priced.total:
        wrong = f"The total is {total}: give at least one line a price."
    else:
        return {}
    return {"lines": wrong}


def _bad_dates(form: OrderForm, today: date) -> Iterator[tuple[str, str]]:
    for name, day in (("ship_date", form.ship_date), ("due_date", form.due_date)):
        if day and not _FIRST_DAY <= day <= _LAST_DAY:
            yield name, "Choose a day between 1970 and 2199."
        elif name == "due_date" and day and day < today:
            yield (
                name,
                f"The invoice is issued on {block_kit.day(today)}: choose that day or later.",
            )


def _too_long(form: OrderForm) -> Iterator[tuple[str, str]]:
    texts = (("po", form.po_number, MOST_PO), ("notes", form.notes, MOST_NOTES))
    for name, text, most in texts:
        if len(text) > most:
            yield name, f"That is too long: at most {most} characters."
