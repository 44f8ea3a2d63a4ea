"""Whatever is posted to the webhook is stored or refused, and never a server error."""

import json
import os
import time

import pytest
import stripe
from sqlmodel import select

from storage.gateway_events import GatewayEvent
from tests.bot.web.conftest import SECRET, Shop

EVENT = {
    "id": "evt_by_hand",
    "object": "event",
    "type": "customer.created",
    "livemode": False,
    "data": {"object": {"id": "cus_1"}},
}


def post(shop: Shop, body: bytes, secret: str = SECRET) -> int:
    header = stripe.WebhookSignature.generate_signature_header(
        body.decode("utf-8", "replace"), secret, int(time.time())
    )
    headers = {"Stripe-Signature": header}
    return shop.http.post("/stripe/webhook", content=body, headers=headers).status_code


def stored(shop: Shop) -> list[str]:
    with shop.desk.database.reading() as session:
        return [row.id for row in session.exec(select(GatewayEvent))]


def test_a_genuine_event_is_stored_once_and_each_copy_is_thanked_for(shop: Shop) -> None:
    body = json.dumps(EVENT).encode()
    assert [post(shop, body) for _ in range(3)] == [200, 200, 200]
    assert stored(shop) == ["evt_by_hand"]


def test_a_wrong_secret_stores_nothing(shop: Shop) -> None:
    assert post(shop, json.dumps(EVENT).encode(), "whsec_wrong") == 400
    assert stored(shop) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"x"', b"\xff\xff", os.urandom(2000)])
def test_nonsense_is_refused_signed_or_not(shop: Shop, body: bytes) -> None:
    assert post(shop, body) == 400
    assert shop.http.post("/stripe/webhook", content=body).status_code == 400


def test_a_header_of_bytes_that_are_no_text_is_refused(shop: Shop) -> None:
    headers = [(b"Stripe-Signature", b"t=1,v1=\xff\xfe")]
    answer = shop.http.post("/stripe/webhook", content=b"{}", headers=headers)
    assert answer.status_code == 400


def test_too_large_a_body_is_not_read_to_its_end(shop: Shop) -> None:
    assert post(shop, b"x" * 1_000_001) == 413


def test_only_post_is_taken(shop: Shop) -> None:
    assert shop.http.get("/stripe/webhook").status_code == 405


def test_tokens_do_not_reach_the_database_by_way_of_stripe(shop: Shop) -> None:
    token = shop.till.link("INV-1042")
    shop.stripe.pay(shop.session_id(token))
    shop.settle()
    assert token not in str(shop.till.dump())
