"""Links to a staff preview: signed, for one person, for ten minutes, naming one invoice."""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from commands.access import Actor
from commands.desk import Desk
from commands.errors import Refused
from commands.keyring import KeyMissing, Keyring

LIFETIME = timedelta(minutes=10)
PURPOSE = "preview"
_MOST = 1000  # characters; ours have about 200


class PreviewUnknown(Refused):
    """Not one of ours: forged, cut off, or signed with a key that is gone."""


class PreviewExpired(Refused):
    pass


@dataclass(frozen=True, slots=True)
class Preview:
    person_id: str
    invoice_number: str
    with_link: bool
    expires_at: int  # seconds since 1970


def url(desk: Desk, actor: Actor, *, number: str, with_link: bool) -> str:
    expires_at = int((desk.clock.real() + LIFETIME).timestamp())
    signed = sign(desk.keyring, Preview(actor.id, number, with_link, expires_at))
    return f"{desk.policy.base_url}/preview/{signed}"


def sign(keyring: Keyring, preview: Preview) -> str:
    values = [
        keyring.current_id,
        preview.person_id,
        preview.invoice_number,
        preview.with_link,
        preview.expires_at,
    ]
    body = json.dumps(values, separators=(",", ":")).encode()
    mac = keyring.mac(keyring.current_id, PURPOSE, body)
    return f"{_text(body)}.{_text(mac)}"


def verify(keyring: Keyring, signed: str, now: datetime) -> Preview:
    """Raises `PreviewUnknown` or `PreviewExpired`."""
    preview = _genuine(keyring, signed)
    if preview.expires_at < now.timestamp():
        raise PreviewExpired("This preview was good for ten minutes. Open the form again.")
    return preview


def _genuine(keyring: Keyring, signed: str) -> Preview:
    try:
        first, _, second = signed[:_MOST].encode("ascii").partition(b".")
        body, mac = _bytes(first), _bytes(second)
        key_id, person, number, with_link, expires_at = json.loads(body)
        expected = keyring.mac(str(key_id), PURPOSE, body)
    except (ValueError, TypeError, KeyMissing, binascii.Error, RecursionError) as error:
        raise PreviewUnknown("This is not a preview of ours.") from error
    if not hmac.compare_digest(mac, expected):
        raise PreviewUnknown("This is not a preview of ours.")
    return Preview(person, number, with_link, expires_at)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
