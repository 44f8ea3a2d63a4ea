"""Values in Slack's mrkdwn: escaped, so that no name can mention, link or format anything."""

import re
from datetime import datetime

from renderers.plain_text import one_line, truncate

# Slack formats between marks that stand at the edge of a word; inside a word (PO_77_81) it does
# not, and invoice numbers keep their characters for copying. Look-alikes cannot pair up.
_EDGE_MARKS = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])|`")
_EMOJI_START = re.compile(r":(?=[a-z+-][a-z0-9_+'-]*:)", re.IGNORECASE)
_LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
_VALUE_LIMIT = 200


def escape(text: str, limit: int = _VALUE_LIMIT) -> str:
    """`text` as one line of at most `limit` visible characters that Slack shows literally."""
    value = truncate(one_line(text), limit)
    value = _EMOJI_START.sub("∶", _EDGE_MARKS.sub(lambda mark: _LOOKALIKES[mark[0]], value))
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def local_time(instant: datetime) -> str:
    """`instant` (aware) in each reader's own time zone; UTC where Slack cannot."""
    fallback = f"{instant:%d %b %Y %H:%M} UTC"
    return f"<!date^{int(instant.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def mention(user_id: str) -> str:
    """A person by their Slack id; anything that is no id is shown as text."""
    return f"<@{user_id}>" if re.fullmatch(r"[UW][A-Z0-9]+", user_id) else escape(user_id)
