"""Money: integer minor units beside an ISO 4217 currency. It refuses to mix and never rounds
without being told.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import list_currencies

# ISO 4217 table A.1: every other currency has two decimals.
_ZERO_DECIMAL = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
_THREE_DECIMAL = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_KNOWN = frozenset(list_currencies())

# int() and Decimal() accept "1_000", full-width digits, "1e3" and NaN; money does not.
_PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum."""


class BadAmount(ValueError):
    """The text is not an amount of that currency; the message says why."""


def is_currency(code: str) -> bool:
    return code in _KNOWN


def decimals(currency: str) -> int:
    """How many digits of `currency` stand after the point: 0, 2 or 3."""
    if currency in _ZERO_DECIMAL:
        return 0
    return 3 if currency in _THREE_DECIMAL else 2


def plain_decimal(text: str) -> Decimal:
    """Read "12", "-0.5" or "1.2500"; anything cleverer is refused with `BadAmount`."""
    if not _PLAIN_DECIMAL.fullmatch(text):
        raise BadAmount(f"{text!r} is not a plain decimal number like 12.50")
    return Decimal(text)


def round_half_up(value: Decimal, currency: str) -> int:
    """Minor units of `value` (in whole units), ties away from zero."""
    return int(value.scaleb(decimals(currency)).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read decimal text in whole units; more decimals than `currency` has are refused."""
        scaled = plain_decimal(text).scaleb(decimals(currency))
        if scaled != scaled.to_integral_value():
            raise BadAmount(f"{text} has more than {decimals(currency)} decimals for {currency}")
        return cls(int(scaled), currency)

    @property
    def whole(self) -> Decimal:
        """The amount in whole units, exact."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        """Machine text, such as "USD 125.00"; people get `renderers.formats`."""
        return f"{self.currency} {self.whole:.{decimals(self.currency)}f}"

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Divide by non-negative `weights`, to the last minor unit, by largest remainder."""
        total = sum(weights)
        if total <= 0:
            raise ValueError("weights must add up to more than zero")
        shares = [divmod(self.minor * weight, total) for weight in weights]
        left = self.minor - sum(share for share, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda i: (-shares[i][1], i))
        extra = set(by_remainder[:left])
        return [Money(share + (i in extra), self.currency) for i, (share, _) in enumerate(shares)]

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added")
        return other.minor


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero of `currency` when there are none."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result
