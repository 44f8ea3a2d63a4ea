"""Values in Slack's mrkdwn: escaped, so that no name can mention, link or format anything."""

import re
from datetime import UTC, datetime

from renderers.plain_text import one_line, truncate

# Slack formats between marks that stand at the edge of a word; inside a word (PO_77_81) it does
# not, and invoice numbers keep their characters for copying. Look-alikes cannot pair up.
_EDGE_MARKS = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`")
_EMOJI_START = re.compile(r":(?=[a-z+-][a-z0-9_+'-]*:)", re.IGNORECASE)
_LOOKALIKES = {
    "*": "\N{ASTERISK OPERATOR}",
    "_": "\N{MODIFIER LETTER LOW MACRON}",
    "~": "\N{TILDE OPERATOR}",
    "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
}
_LONGEST_ENTITY = len("&amp;")


def escape(text: str, limit: int = 200) -> str:
    """`text` as one line that Slack shows literally, of at most `limit` characters as sent."""
    value = one_line(text)
    shown = _literal(value)
    room = limit
    while len(shown) > limit:  # what is cut off shrinks by up to an entity for each character
        shown = _literal(truncate(value, room))
        room -= max(1, (len(shown) - limit) // _LONGEST_ENTITY)
    return shown


def local_time(instant: datetime) -> str:
    """`instant` (aware) in each reader's own time zone; UTC where Slack cannot."""
    fallback = f"{instant.astimezone(UTC):%d %b %Y %H:%M} UTC"
    return f"<!date^{int(instant.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def mention(user_id: str) -> str:
    """A person by their Slack id; anything that is no id is shown as text."""
    return f"<@{user_id}>" if re.fullmatch(r"[UW][A-Z0-9]+", user_id) else escape(user_id)


def _literal(value: str) -> str:
    unmarked = _EDGE_MARKS.sub(lambda mark: _LOOKALIKES[mark[0]], value)
    plain = _EMOJI_START.sub("\N{RATIO}", unmarked)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
