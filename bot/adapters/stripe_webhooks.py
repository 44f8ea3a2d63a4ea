"""Webhooks: genuine, recent and ours."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

import stripe

from bot.adapters.stripe_events import received_event
from commands.ports import BadSignature, ReceivedEvent

TOLERANCE_SECONDS = 300
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


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
        return received_event(json.loads(body, parse_constant=_refuse))
    except (ValueError, RecursionError) as error:
        raise BadSignature(str(error)) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
