"""What people typed, made safe to show: no control characters, nothing that reorders text."""

import re
import unicodedata

# Marks that turn the reading direction around them ("RTL override") or cannot be seen at all;
# joiners stay: Persian, Indic scripts and emoji need them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ELLIPSIS = "…"


def clean(text: str) -> str:
    """`text` in NFC, with the line feed as its only control character."""
    plain = _INVISIBLE.sub("", _LINE_BREAK.sub("\n", text)).replace("\t", " ")
    kept = "".join(_shown(character) for character in plain)
    return unicodedata.normalize("NFC", kept)


def one_line(text: str) -> str:
    """`clean`, with every run of white space as one space."""
    return " ".join(clean(text).split())


def truncate(text: str, limit: int) -> str:
    """At most `limit` characters, cut after a word, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    words = head.rsplit(None, 1)[0] if any(c.isspace() for c in head[limit // 2 :]) else head
    return words.rstrip() + _ELLIPSIS


def _shown(character: str) -> str:
    if character == "\n":
        return character
    match unicodedata.category(character):
        case "Cc":
            return ""
        case "Cs":  # half of a pair: no encoding can carry it
            return "\ufffd"
        case _:
            return "\ufffd" if ord(character) & 0xFFFE == 0xFFFE else character  # noqa: PLR2004 -- the two non-characters that end each plane
