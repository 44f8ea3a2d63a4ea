"""What is shown of Aging / Statements: which customers, in which order, which page."""

import json
from dataclasses import asdict, dataclass, replace
from typing import get_args

from commands.desk import Desk
from commands.rules import amounts
from storage.ages import BUCKETS, Bucket
from storage.money import BadAmount, Money, is_currency
from storage.receivables import Filters, Worst

MOST_TYPED = 80  # characters
LONGEST_GROUP = 75  # characters; what an option can show
ORDERS: tuple[Worst, ...] = get_args(Worst)
_MOST_AMOUNT = 40  # characters


@dataclass(frozen=True, slots=True)
class Query:
    """`page` counts from 0; `form` changes when what stands in the filters is to be shown anew."""

    text: str = ""
    bucket: str = ""
    minimum: str = ""  # as it was typed, and can be read
    sales_rep: str = ""
    group: str = ""
    order: str = "oldest"
    page: int = 0
    typed_in: str = ""  # the channel in which the command was typed
    is_open: bool = False  # whether the filters are on the screen
    form: int = 0

    @property
    def set_filters(self) -> int:
        """How many filters besides the text let less than everything pass."""
        return sum(map(bool, (self.bucket, self.minimum, self.sales_rep, self.group)))

    @property
    def worst(self) -> Worst:
        return next((one for one in ORDERS if one == self.order), "oldest")

    def cleared(self) -> "Query":
        """Without filters; the text stays."""
        shown = (self.text, self.typed_in, self.is_open, self.form + 1)
        text, typed_in, is_open, form = shown
        return Query(text=text, typed_in=typed_in, is_open=is_open, form=form)

    def kept(self) -> str:
        """As a view or a signed address carries it."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    def for_a_file(self) -> str:
        """All of it that matters to a list of every row."""
        return replace(self, page=0, typed_in="", is_open=False, form=0).kept()


def read(kept: str) -> Query:
    return Query(**json.loads(kept))


def filters(query: Query, desk: Desk) -> Filters:
    """Raises `BadAmount`; `Query.minimum` holds only what can be read."""
    minimum = query.minimum.strip()
    return Filters(
        text=query.text,
        bucket=_bucket(query.bucket),
        minimum=read_minimum(minimum, desk.policy.default_currency) if minimum else None,
        sales_rep=query.sales_rep,
        group=query.group,
        home=desk.policy.default_currency,
    )


def read_minimum(typed: str, default_currency: str) -> Money:
    """An amount, in the currency whose code stands beside it. Raises `BadAmount`."""
    codes = [word for word in typed.upper().split() if is_currency(word)]
    amount = amounts.read_money(typed[:_MOST_AMOUNT], codes[0] if codes else default_currency)
    if amount.minor < 0:
        raise BadAmount("Please type an amount above zero.")
    return amount


def _bucket(value: str) -> Bucket | None:
    return next((name for name in BUCKETS if name == value), None)
