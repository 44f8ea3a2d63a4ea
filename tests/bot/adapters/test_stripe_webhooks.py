"""Only genuine, recent events of our own account and mode come in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe

from bot.adapters.stripe_webhooks import StripeEventVerifier
from commands.ports import BadSignature

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
SECRET, OLD_SECRET = "whsec_new", "whsec_old"
VERIFIER = StripeEventVerifier([SECRET], livemode=False)


def an_event(**own: Any) -> bytes:
    told = {
        "id": "cs_1",
        "object": "checkout.session",
        "payment_status": "paid",
        "payment_intent": "pi_1",
        "success_url": "https://pay.bloom.test/pay/the-token?returned=1",
        "url": "https://checkout.stripe.com/c/pay/cs_1",
        "metadata": {"attempt_id": "a-1"},
    }
    event = {
        "id": "evt_1",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": False,
        "created": 1773154800,
        "data": {"object": told},
    }
    return json.dumps(event | own).encode()


def signed(body: bytes, *, secret: str = SECRET, at: datetime = NOW) -> str:
    stamp = int(at.timestamp())
    sign = stripe.WebhookSignature.generate_signature_header
    return str(sign(body.decode(), secret, stamp))


def test_a_genuine_event_is_read_without_the_addresses_in_it() -> None:
    event = VERIFIER.verify(an_event(), signed(an_event()), NOW)
    assert (event.id, event.type, event.object_id) == (
        "evt_1",
        "checkout.session.completed",
        "cs_1",
    )
    assert event.payload["payment_intent"] == "pi_1"
    assert event.payload["attempt_id"] == "a-1"
    assert "the-token" not in json.dumps(event.payload)
    assert "https://" not in json.dumps(event.payload)


@pytest.mark.parametrize("off", [-300, -299, 0, 299, 300])
def test_five_minutes_either_way_are_allowed(off: int) -> None:
    header = signed(an_event(), at=NOW + timedelta(seconds=off))
    assert VERIFIER.verify(an_event(), header, NOW).id == "evt_1"


@pytest.mark.parametrize("off", [-301, 301, 3600, 31_536_000])
def test_older_and_future_ones_are_refused(off: int) -> None:
    header = signed(an_event(), at=NOW + timedelta(seconds=off))
    with pytest.raises(BadSignature):
        VERIFIER.verify(an_event(), header, NOW)


@pytest.mark.parametrize("shape", ["t= {old}", "t=+{old}", "t={old}", "t"])
def test_a_second_time_in_the_header_does_not_make_an_old_signature_young(shape: str) -> None:
    old = NOW - timedelta(days=1)
    stamp, _, signature = signed(an_event(), at=old).partition(",")
    first = shape.format(old=stamp.removeprefix("t="))
    header = f"{first},t={int(NOW.timestamp())},{signature}"
    with pytest.raises(BadSignature):
        VERIFIER.verify(an_event(), header, NOW)


def test_two_secrets_are_accepted_while_rolling() -> None:
    rolling = StripeEventVerifier([SECRET, OLD_SECRET], livemode=False)
    for secret in (SECRET, OLD_SECRET):
        assert rolling.verify(an_event(), signed(an_event(), secret=secret), NOW)
    two = signed(an_event(), secret="whsec_other") + "," + signed(an_event()).split(",")[1]
    assert VERIFIER.verify(an_event(), two, NOW)


@pytest.mark.parametrize("secrets", [[], [""], ["  "]])
def test_without_a_secret_nothing_comes_in(secrets: list[str]) -> None:
    closed = StripeEventVerifier(secrets, livemode=False)
    for secret in ("", SECRET):
        with pytest.raises(BadSignature):
            closed.verify(an_event(), signed(an_event(), secret=secret), NOW)


@pytest.mark.parametrize(
    "header",
    ["", "t=1", "v1=abc", "t=x,v1=abc", "t=1773154800,v1=ä", "t=1773154800,v1=\u2603", "," * 9999],
)
def test_headers_of_any_shape_are_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        VERIFIER.verify(an_event(), header, NOW)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{}", b"null", b"\x00" * 100])
def test_unsigned_bodies_of_any_shape_are_refused(body: bytes) -> None:
    with pytest.raises(BadSignature):
        VERIFIER.verify(body, "t=1773154800,v1=abc", NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b'"x"',
        b"1",
        b"{",
        b"{}",
        b"[" * 100_000,
        b'{"id": NaN}',
        an_event(id=None),
        an_event(id=""),
        an_event(type=7),
        an_event(data=None),
        an_event(data={"object": []}),
        an_event(data={"object": {"id": 7}}),
        an_event(livemode="no"),
        an_event(object="v2.core.event"),
        an_event(livemode=True),
        an_event(account="acct_somebody_else"),
        an_event(id="evt_\ud800"),
        an_event(id="evt_\x00"),
        an_event(id="e" * 256),
        an_event(type="\ud800"),
        an_event(data={"object": {"id": "\ud800"}}),
        an_event(data={"object": {"id": "cs_1", "status": "\ud800"}}),
        an_event(data={"object": {"id": "cs_1", "status": "\x00"}}),
        an_event(data={"object": {"id": "cs_1", "metadata": {"attempt_id": "\ud800"}}}),
    ],
)
def test_signed_bodies_that_are_no_event_of_ours_are_refused(body: bytes) -> None:
    with pytest.raises(BadSignature):
        VERIFIER.verify(body, signed(body), NOW)
