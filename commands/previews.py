"""Links for staff: signed, for one person, for ten minutes.

Each names a document to be previewed, one of those that a mail carried, a payment link whose QR
code is to be shown at the counter, or a list to be had as CSV.
"""

import base64
import binascii
import hmac
import json
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Literal

from commands.access import Actor
from commands.desk import Desk
from commands.errors import Refused
from commands.keyring import KeyMissing, Keyring
from commands.send_statement.order import SendStatement

LIFETIME = timedelta(minutes=10)
PURPOSE = "preview"
_MOST = 2900  # characters; ours have about 200, and as many as that when they name odd words


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


@dataclass(frozen=True, slots=True)
class OrderPreview:
    person_id: str
    order_number: str
    expires_at: int  # seconds since 1970


@dataclass(frozen=True, slots=True)
class StatementPreview:
    person_id: str
    customer_id: str
    currency: str
    type: str  # of storage.statements
    period_end: str  # ISO 8601
    with_link: bool
    expires_at: int  # seconds since 1970


@dataclass(frozen=True, slots=True)
class SentDocumentLink:
    """To a document of a mail as it was sent; `position` counts its attachments from 0."""

    person_id: str
    delivery_id: int
    expires_at: int  # seconds since 1970
    position: int = 0


@dataclass(frozen=True, slots=True)
class CounterPage:
    """To the page with the QR code of a payment link; it names the link, never its token."""

    person_id: str
    link_id: str
    expires_at: int  # seconds since 1970


CsvTable = Literal["batch", "bulk_send", "aging", "selection"]


@dataclass(frozen=True, slots=True)
class CsvLink:
    """To a list as CSV; `ref` says which, in the words of whoever writes the list."""

    person_id: str
    table: CsvTable
    ref: str
    expires_at: int  # seconds since 1970


Signable = Preview | OrderPreview | StatementPreview | SentDocumentLink | CounterPage | CsvLink
_KINDS: dict[str, type[Signable]] = {
    "invoice": Preview,
    "order": OrderPreview,
    "statement": StatementPreview,
    "sent": SentDocumentLink,
    "counter": CounterPage,
    "csv": CsvLink,
}


def url(desk: Desk, actor: Actor, *, number: str, with_link: bool) -> str:
    return _url(desk, Preview(actor.id, number, with_link, _expiry(desk)))


def order_url(desk: Desk, actor: Actor, *, number: str) -> str:
    return _url(desk, OrderPreview(actor.id, number, _expiry(desk)))


def statement_url(desk: Desk, actor: Actor, *, order: SendStatement, with_link: bool) -> str:
    """Of the statement that the order asks for, as it would be made when the link is opened."""
    whose = (order.customer_id, order.currency)
    end = order.period_end.isoformat()
    preview = StatementPreview(actor.id, *whose, order.type, end, with_link, _expiry(desk))
    return _url(desk, preview)


def sent_url(desk: Desk, actor: Actor, *, delivery_id: int, position: int = 0) -> str:
    return _url(desk, SentDocumentLink(actor.id, delivery_id, _expiry(desk), position))


def counter_url(desk: Desk, actor: Actor, *, link_id: str) -> str:
    return _url(desk, CounterPage(actor.id, link_id, _expiry(desk)))


def csv_url(desk: Desk, actor: Actor, *, table: CsvTable, ref: str) -> str:
    return _url(desk, CsvLink(actor.id, table, ref, _expiry(desk)))


def _url(desk: Desk, signable: Signable) -> str:
    return f"{desk.policy.base_url}/preview/{sign(desk.keyring, signable)}"


def _expiry(desk: Desk) -> int:
    return int((desk.clock.real() + LIFETIME).timestamp())


def sign(keyring: Keyring, signable: Signable) -> str:
    kind = next(name for name, of in _KINDS.items() if isinstance(signable, of))
    values = [keyring.current_id, kind, *astuple(signable)]
    body = json.dumps(values, separators=(",", ":")).encode()
    mac = keyring.mac(keyring.current_id, PURPOSE, body)
    return f"{_text(body)}.{_text(mac)}"


def verify(keyring: Keyring, signed: str, now: datetime) -> Signable:
    """Raises `PreviewUnknown` or `PreviewExpired`."""
    signable = _genuine(keyring, signed)
    if signable.expires_at < now.timestamp():
        raise PreviewExpired("This address was good for ten minutes. Ask for it again in Slack.")
    return signable


def _genuine(keyring: Keyring, signed: str) -> Signable:
    try:
        first, _, second = signed[:_MOST].encode("ascii").partition(b".")
        body, mac = _bytes(first), _bytes(second)
        key_id, kind, *values = json.loads(body)
        expected = keyring.mac(str(key_id), PURPOSE, body)
    except (ValueError, TypeError, KeyMissing, binascii.Error, RecursionError) as error:
        raise PreviewUnknown("This is not a preview of ours.") from error
    if not hmac.compare_digest(mac, expected):
        raise PreviewUnknown("This is not a preview of ours.")
    return _KINDS[kind](*values)  # as `sign` put it together


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
