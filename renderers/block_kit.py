"""The few blocks our messages are made of, and amounts and days as they show them."""

from datetime import date

from renderers import formats
from storage.money import Money

Block = dict[str, object]


def money(amount: Money) -> str:
    """The bot's own screens are in English, whatever the customer's documents."""
    return formats.money(amount, formats.DEFAULT_LOCALE)


def day(value: date) -> str:
    return formats.day(value, formats.DEFAULT_LOCALE)


def mrkdwn_text(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}  # no links made of what looks so


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Block:
    return {"type": "section", "text": mrkdwn_text(text)}


def context(text: str) -> Block:
    return {"type": "context", "elements": [mrkdwn_text(text)]}
