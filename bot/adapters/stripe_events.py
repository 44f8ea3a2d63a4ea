"""Stripe's events, from a webhook or from a list, cut down to what the inbox keeps."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.adapters.stripe_objects import instant
from commands.ports import ReceivedEvent

_LONGEST_NAME = 255  # characters of an id or a type; Stripe's have some 30
# What is kept of an object. Never its addresses: they hold the tokens of our links.
_KEPT = ("object", "status", "payment_status", "amount", "amount_total", "currency", "reason")


class NotAnEvent(ValueError):
    """It is no event of this account, or none that a database can hold."""


def received_event(event: Any) -> ReceivedEvent:
    """From parsed JSON of any shape. Raises `NotAnEvent`."""
    try:
        told = event["data"]["object"]
        parts = (event["id"], event["type"], told.get("id") or "", event["livemode"])
        _require_own(event, parts)
        payload = _payload(event, told)
        _require_storable(*parts[:3], json.dumps(payload, ensure_ascii=False))
        return ReceivedEvent(*parts, payload=payload, created=_created(event))
    except NotAnEvent:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise NotAnEvent("not an event") from error


def _require_own(event: Mapping[str, Any], parts: tuple[Any, ...]) -> None:
    usable = all(map(isinstance, parts, (str, str, str, bool))) and event["object"] == "event"
    if not usable or not event["id"] or event.get("account"):
        raise NotAnEvent("not an event of this account")


def _require_storable(*texts: str) -> None:
    """JSON can spell half a character, or NUL; no database takes those. Raises `ValueError`."""
    *names, payload = texts
    if any(len(name) > _LONGEST_NAME for name in names):
        raise ValueError("an id or a type that is no word of Stripe's")
    if "\x00" in "".join(names) or "\\u0000" in payload:
        raise ValueError("NUL")
    "".join(texts).encode()


def _created(event: Mapping[str, Any]) -> datetime | None:
    epoch = event.get("created")
    return instant(epoch) if isinstance(epoch, int) else None


def _payload(event: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: told[name] for name in _KEPT if isinstance(told.get(name), str | int)}
    intent = told.get("payment_intent")
    intent_id = intent.get("id") if isinstance(intent, Mapping) else intent
    metadata = told.get("metadata")
    attempt = metadata.get("attempt_id") if isinstance(metadata, Mapping) else None
    return {
        **kept,
        "created": event.get("created") if isinstance(event.get("created"), int) else None,
        "payment_intent": intent_id if isinstance(intent_id, str) else None,
        "attempt_id": attempt if isinstance(attempt, str) else None,
    }
