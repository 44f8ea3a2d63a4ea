"""Cells: each parser takes the column's name and the text of the cell, which is not empty."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, get_args

from babel import Locale, UnknownLocaleError

from commands.rules.addresses import BadAddress, distinct, usable
from storage.invoices import Lifecycle
from storage.money import BadAmount, is_currency, plain_decimal
from storage.users import RoleName

Parser = Callable[[str, str], Any]

LONGEST_KEY = 100
LONGEST_TEXT = 5000
# Far enough for any invoice, near enough that adding terms never leaves the calendar.
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)
_METHOD = re.compile(r"[a-z][a-z0-9_]{1,40}", re.ASCII)


class BadCell(ValueError):
    """The reason, as a sentence that names the mend."""


def key(column: str, cell: str) -> str:
    """An identifier, kept letter by letter: a stray blank would make it another one."""
    if cell != cell.strip() or "\n" in cell or "\r" in cell or "\t" in cell:
        raise BadCell(f"{column} has blanks around it or a line break in it: remove them")
    if len(cell) > LONGEST_KEY:
        raise BadCell(f"{column} has {len(cell)} characters; at most {LONGEST_KEY} are kept")
    return cell


def text(column: str, cell: str) -> str:
    if len(cell) > LONGEST_TEXT:
        raise BadCell(f"{column} has {len(cell)} characters; at most {LONGEST_TEXT} are kept")
    return cell


def name(column: str, cell: str) -> str:
    if not cell.strip():
        raise BadCell(f"{column} is blank: give a name")
    return text(column, cell)


@lru_cache(maxsize=4096)
def day(column: str, cell: str) -> date:
    try:
        # date.fromisoformat also takes week dates and dates without hyphens.
        value = date.fromisoformat(cell) if _DAY.fullmatch(cell) else None
    except ValueError:
        value = None
    if value is None:
        raise BadCell(f"{column} must be a date like 2026-03-14, not {cell!r}")
    if not _FIRST_DAY <= value <= _LAST_DAY:
        raise BadCell(f"{column} must lie between 1970 and 2199, not {cell!r}")
    return value


def boolean(column: str, cell: str) -> bool:
    if cell not in {"true", "false"}:
        raise BadCell(f"{column} must be true or false, not {cell!r}")
    return cell == "true"


@lru_cache(maxsize=65536)
def decimal(column: str, cell: str) -> Decimal:
    try:
        return plain_decimal(cell)
    except BadAmount:
        sentence = f"{column} must be a plain decimal number like 12.50, not {cell!r}"
        raise BadCell(sentence) from None


def percentage(column: str, cell: str) -> Decimal:
    value = decimal(column, cell)
    if not 0 <= value <= 100:  # noqa: PLR2004 -- a percentage
        raise BadCell(f"{column} must be a percentage from 0 to 100, not {cell!r}")
    return value


def count(smallest: int, largest: int) -> Parser:
    """Parse a whole number within these bounds."""

    def parse(column: str, cell: str) -> int:
        if not _COUNT.fullmatch(cell) or not smallest <= int(cell) <= largest:
            bounds = f"from {smallest} to {largest}"
            raise BadCell(f"{column} must be a whole number {bounds}, not {cell!r}")
        return int(cell)

    return parse


def currency(column: str, cell: str) -> str:
    if not is_currency(cell):
        raise BadCell(f"{column} must be an ISO 4217 code like USD, not {cell!r}")
    return cell


def addresses(column: str, cell: str) -> list[str]:
    """E-mail addresses separated by semicolons, each once, in the order given."""
    parts = (part.strip() for part in cell.split(";"))
    return distinct([address_of(column, part) for part in parts if part])


@lru_cache(maxsize=4096)
def address_of(column: str, typed: str) -> str:
    """As the mail server takes it, so that what a form sends is known to be on file."""
    try:
        return usable(typed)
    except BadAddress as error:
        raise BadCell(f"{column} holds {typed!r}, which is no e-mail address: {error}") from None


def roles(column: str, cell: str) -> list[str]:
    """Roles separated by semicolons, sorted."""
    chosen = {part.strip() for part in cell.split(";") if part.strip()}
    if unknown := sorted(chosen - set(get_args(RoleName))):
        known = ", ".join(get_args(RoleName))
        raise BadCell(f"{column} holds {unknown[0]!r}; the roles are {known}")
    return sorted(chosen)


def lifecycle(column: str, cell: str) -> str:
    if cell not in get_args(Lifecycle):
        raise BadCell(f"{column} must be issued, void or written_off, not {cell!r}")
    return cell


def method(column: str, cell: str) -> str:
    if not _METHOD.fullmatch(cell):
        raise BadCell(f"{column} must be a method like card or us_bank_account, not {cell!r}")
    return cell


def locale(column: str, cell: str) -> str:
    try:
        return str(Locale.parse(cell.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        raise BadCell(f"{column} must be a locale like en_US or de_DE, not {cell!r}") from None
