"""The rows of amounts below the lines of a document."""

from collections.abc import Iterator
from dataclasses import dataclass

from renderers import formats
from renderers.documents import TaxLine
from storage.money import Money


@dataclass(frozen=True, slots=True)
class SumRow:
    label: str
    amount: Money
    kind: str = ""  # "total" or "balance": set off from the others


def tax_rows(taxes: tuple[TaxLine, ...], locale: str) -> Iterator[SumRow]:
    """The tax of each rate, and on what."""
    for tax in taxes:
        rate = formats.percent(tax.rate, locale)
        yield SumRow(f"Tax {rate} on {formats.money(tax.net, locale)}", tax.tax)
