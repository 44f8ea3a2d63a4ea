"""Slack messages."""


def escape(text: str) -> str:
    """Text as it stands in mrkdwn: no mention, link or channel alarm can fire from it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
