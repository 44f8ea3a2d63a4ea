"""Lines and totals of an order as blocks, as its forms and its own view show them."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Protocol

from commands import invoice_document
from commands import view_parts as parts
from commands.view_parts import Block
from renderers import block_kit, formats
from renderers.formats import DEFAULT_LOCALE
from renderers.mrkdwn import escape
from storage.money import Money

_SECTION = 2900  # characters, of 3000 that Slack takes
_DESCRIPTION = 120


class ShownLine(Protocol):
    """Of a form or of a stored order; `amount` (net) and `tax` in minor units."""

    @property
    def description(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def unit(self) -> str: ...
    @property
    def unit_price(self) -> Decimal: ...
    @property
    def tax_rate(self) -> Decimal: ...
    @property
    def amount(self) -> int: ...
    @property
    def tax(self) -> int: ...


def blocks(lines: Sequence[ShownLine], currency: str, *, most: int | None = None) -> list[Block]:
    """Each line with its amount, then the net, the tax of each rate, and the total.

    `most`: so many lines are written out, all of them if None; the sums are of all in any case.
    """
    shown = [_line(line, currency) for line in lines[:most]]
    shown += [f"and {len(lines) - most} more lines"] if most and len(lines) > most else []
    sums = _sums(lines, currency)
    return [*(parts.section(text) for text in _packed(shown)), parts.section(sums)]


def _line(line: ShownLine, currency: str) -> str:
    """Much as it was typed; a phone breaks it where it has to."""
    quantity = formats.number(line.quantity, DEFAULT_LOCALE)
    unit = f" {escape(line.unit)}" if line.unit else ""
    price = formats.unit_price(line.unit_price, currency, DEFAULT_LOCALE)
    taxed = f" +{formats.percent(line.tax_rate, DEFAULT_LOCALE)}" if line.tax_rate else ""
    amount = block_kit.money(Money(line.amount, currency))
    what = escape(line.description, _DESCRIPTION)
    return f"{quantity}{unit} × {what} @ {price}{taxed} = *{amount}*"


def _packed(texts: Iterable[str]) -> Iterator[str]:
    """As few sections as hold them all."""
    held = ""
    for text in texts:
        if held and len(held) + len(text) + 1 > _SECTION:
            yield held
            held = ""
        held = f"{held}\n{text}" if held else text
    if held:
        yield held


def _sums(lines: Sequence[ShownLine], currency: str) -> str:
    net = Money(sum(line.amount for line in lines), currency)
    taxes = invoice_document.tax_lines(lines, currency)
    rows = [f"Net {block_kit.money(net)}"] if taxes else []
    rows += [
        f"Tax {formats.percent(one.rate, DEFAULT_LOCALE)} on {block_kit.money(one.net)}:"
        f" {block_kit.money(one.tax)}"
        for one in taxes
    ]
    total = Money(net.minor + sum(line.tax for line in lines), currency)
    return "\n".join([*rows, f"*Total {block_kit.money(total)}*"])
