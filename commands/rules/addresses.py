"""E-mail addresses as people type and paste them.

Commas, semicolons, new lines and spaces separate; `Name <a@b>` is the way mail programs copy.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import email_validator
from email_validator import EmailNotValidError, validate_email

# Whether a domain can receive mail is the mail server's to say: companies use .local and .test
# inside their own networks.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()

# The name before `<a@b>`, quoted: it may hold separators.
_QUOTED_NAME = re.compile(r'"[^"\n]*"\s*(?=<)')
_SEPARATORS = re.compile(r"[,;\r\n]+")
_ANGLES = re.compile(r"<([^<>]*)>")
_SHOWN = 60  # characters of a word that is no address
_LOCALHOST = re.compile(r"(.*\.)?localhost", re.IGNORECASE)


class BadAddress(ValueError):
    """The message says what is wrong with the address."""


@dataclass(frozen=True, slots=True)
class Typed:
    """`good`: usable addresses, each once, in the order typed; `bad`: words as typed and why."""

    good: tuple[str, ...]
    bad: tuple[tuple[str, str], ...]

    @property
    def mistakes(self) -> str:
        """Every bad word and what is wrong with it, one sentence each; "" when there is none."""
        return " ".join(f"{_named(word)}: {why}" for word, why in self.bad)


def usable(address: str) -> str:
    """The form a mail server takes: ASCII, an IDN domain in punycode. Raises `BadAddress`."""
    if any(unicodedata.category(letter) in {"Cc", "Cf"} for letter in address):
        raise BadAddress("it has an invisible character in it.")
    inside = _LOCALHOST.fullmatch(address.rpartition("@")[2]) is not None
    try:
        checked = validate_email(
            address,
            check_deliverability=False,
            allow_smtputf8=False,
            strict=True,
            globally_deliverable=not inside,
        )
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from error
    return checked.ascii_email or checked.normalized


def distinct(addresses: Iterable[str]) -> list[str]:
    """Each address once, whatever the case, as first written."""
    first: dict[str, str] = {}
    for address in addresses:
        first.setdefault(address.casefold(), address)
    return list(first.values())


def read(text: str) -> Typed:
    """Every address in `text`; whatever is none is kept in `bad`, so that all can be named."""
    good: list[str] = []
    bad: list[tuple[str, str]] = []
    for word in _words(text):
        try:
            good.append(usable(word))
        except BadAddress as error:
            bad.append((word, str(error)))
    return Typed(tuple(distinct(good)), tuple(dict(bad).items()))


def _named(word: str) -> str:
    """Without its own colon: people paste whole headers, such as `Bcc: somebody`."""
    bare = word.rstrip(":") or word
    return bare if len(bare) <= _SHOWN else f"{bare[: _SHOWN - 1]}…"


def _words(text: str) -> list[str]:
    found: list[str] = []
    for part in _SEPARATORS.split(_QUOTED_NAME.sub("", text)):
        named = _ANGLES.findall(part)
        if not named and "@" not in part:
            found.append(" ".join(part.split()))  # one mistake, however many words it has
            continue
        found += [_bare(word) for word in named] if named else part.split()
        found += _after_last_angle(part) if named else []
    return [word for word in found if word]


def _bare(word: str) -> str:
    """What mail programs put between angles: perhaps `mailto:`, perhaps a label after a bar."""
    return word.strip().removeprefix("mailto:").partition("|")[0]


def _after_last_angle(part: str) -> list[str]:
    return part.rpartition(">")[2].split()
