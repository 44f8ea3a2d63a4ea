"""What somebody typed after /pay, as a verb and its argument."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from commands.errors import Refused

MOST = 200  # characters

# A number may stand alone: INV-1042, #1042, 88213, PO/7781-2.
_NUMBER = re.compile(r"#?[a-z]{0,8}[-/_.]?[0-9][0-9a-z/_.-]*", re.IGNORECASE | re.ASCII)
_CLOSE = 0.65
_BEGINNING = 3  # letters


@dataclass(frozen=True, slots=True)
class Typed:
    """`verb` "" : nothing was typed; `guessed`: the verb was not typed but meant."""

    verb: str
    argument: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No verb; `nearest` is the one that looks most like it, or ""."""

    text: str
    nearest: str


def parse(text: str, verbs: Iterable[str]) -> Typed | Unknown:
    """Raises `Refused` for a text that nobody types by hand."""
    if len(text) > MOST:
        raise Refused(f"Please keep it under {MOST} characters; /pay help shows what I know.")
    words = "".join(c if c.isprintable() else " " for c in text).split()
    if not words:
        return Typed("")
    known, first = list(verbs), words[0].casefold()
    if first in known:
        return Typed(first, " ".join(words[1:]))
    if len(words) == 1 and _NUMBER.fullmatch(first):
        return Typed("invoice", words[0], guessed=True)
    return Unknown(" ".join(words), _nearest(first, known))


def _nearest(word: str, verbs: list[str]) -> str:
    """The verb of which `word` is the beginning, else the one that looks most like it, or ""."""
    begun = [verb for verb in verbs if len(word) >= _BEGINNING and verb.startswith(word)]
    close = difflib.get_close_matches(word, verbs, n=1, cutoff=_CLOSE)
    return next(iter(begun + close), "")
