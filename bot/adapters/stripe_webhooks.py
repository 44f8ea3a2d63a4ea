"""Webhooks: genuine, recent, ours, and cut down to what the inbox keeps."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

import stripe

from commands.ports import BadSignature, ReceivedEvent

TOLERANCE_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_LONGEST_NAME = 255  # characters of an id or a type; Stripe's have some 30
# What is kept of an object. Never its addresses: they hold the tokens of our links.
_KEPT = ("object", "status", "payment_status", "amount", "amount_total", "currency", "reason")


class StripeEventVerifier:
    """`commands.ports.EventVerifier`; `secrets` may hold two while one is being rolled."""

    def __init__(self, secrets: Sequence[str], *, livemode: bool) -> None:
        self._secrets = [secret for secret in secrets if secret.strip()]
        self._livemode = livemode

    def verify(self, body: bytes, signature: str, now: datetime) -> ReceivedEvent:
        if not any(_signed(body, signature, secret) for secret in self._secrets):
            raise BadSignature("no signature of ours")
        if abs(_signed_at(signature) - now.timestamp()) > TOLERANCE_SECONDS:
            raise BadSignature("too old, or from the future")
        event = _read(body)
        if event.livemode != self._livemode:
            raise BadSignature("of the other mode (test or live)")
        return event


def _signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret))
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        # Bytes that are no UTF-8 and headers that are no ASCII fail with errors of their own.
        return False


def _signed_at(signature: str) -> int:
    """The time that the signature covers: with two in the header, another one could be read."""
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    if len(stamps) != 1 or not _TIMESTAMP.fullmatch(stamps[0]):
        raise BadSignature("without the one time it was signed at")
    return int(stamps[0])


def _read(body: bytes) -> ReceivedEvent:
    try:
        event = json.loads(body, parse_constant=_refuse)
        told = event["data"]["object"]
        parts = (event["id"], event["type"], told.get("id") or "", event["livemode"])
        usable = all(map(isinstance, parts, (str, str, str, bool))) and event["object"] == "event"
        if not usable or not event["id"] or event.get("account"):
            raise BadSignature("not an event of this account")
        payload = _payload(event, told)
        _require_storable(*parts[:3], json.dumps(payload, ensure_ascii=False))
        return ReceivedEvent(*parts, payload=payload)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadSignature("not an event") from error


def _require_storable(*texts: str) -> None:
    """JSON can spell half a character, or NUL; no database takes those. Raises `ValueError`."""
    *names, payload = texts
    if any(len(name) > _LONGEST_NAME for name in names):
        raise ValueError("an id or a type that is no word of Stripe's")
    if "\x00" in "".join(names) or "\\u0000" in payload:
        raise ValueError("NUL")
    "".join(texts).encode()


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


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
