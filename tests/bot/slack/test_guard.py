import hashlib
import hmac
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.guard import MOST_BYTES, Payload, Rejected, checked
from tests.bot.slack.corpus import (
    COMMAND,
    FORM,
    JSON,
    MALFORMED,
    PRESS,
    SEARCH,
    SUBMISSION,
    VIEW,
    WHOLE,
    payload,
)
from tests.builders import NOW

SECRET = "shh"


def signed(body: bytes, kind: str, stamp: int | None = None) -> dict[str, str]:
    moment = str(int(NOW.timestamp()) if stamp is None else stamp)
    text = b"v0:" + moment.encode() + b":" + body
    signature = "v0=" + hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    return {
        "content-type": kind,
        "x-slack-request-timestamp": moment,
        "x-slack-signature": signature,
    }


def status(body: bytes, kind: str = FORM, **headers: str) -> int:
    try:
        checked(signed(body, kind) | headers, body, secret=SECRET, now=NOW)
    except Rejected as rejected:
        return rejected.status
    return 200


@pytest.mark.parametrize(("body", "kind"), WHOLE)
def test_whole_requests_pass(body: bytes, kind: str) -> None:
    assert status(body, kind) == 200


@pytest.mark.parametrize(("body", "kind"), MALFORMED)
def test_malformed_requests_are_refused(body: bytes, kind: str) -> None:
    assert status(body, kind) == 400


@pytest.mark.parametrize("stamp", ["", "abc", "-1", "1e9", "\uff11\uff12", " 1", "9" * 40, "1.5"])
def test_a_timestamp_of_odd_shape_is_unsigned(stamp: str) -> None:
    body, kind = WHOLE[0]
    assert status(body, kind, **{"x-slack-request-timestamp": stamp}) == 401


@pytest.mark.parametrize(
    "signature", ["", "v0=", "v0=" + "0" * 64, "v1=" + "0" * 64, "v0=" + "é" * 64, "\x00"]
)
def test_a_wrong_signature_is_refused(signature: str) -> None:
    body, kind = WHOLE[0]
    assert status(body, kind, **{"x-slack-signature": signature}) == 401


@pytest.mark.parametrize(
    ("off", "passes"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_a_signature_is_good_for_300_seconds_both_ways(off: int, passes: bool) -> None:
    body, kind = WHOLE[0]
    headers = signed(body, kind, int((NOW + timedelta(seconds=off)).timestamp()))
    if passes:
        assert checked(headers, body, secret=SECRET, now=NOW)["command"] == "/pay"
    else:
        with pytest.raises(Rejected) as caught:
            checked(headers, body, secret=SECRET, now=NOW)
        assert caught.value.status == 401


def test_a_body_that_was_changed_is_refused() -> None:
    body, kind = WHOLE[0]
    with pytest.raises(Rejected):
        checked(signed(body, kind), body + b"&a=b", secret=SECRET, now=NOW)


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("customer Petal &amp; Stem", "customer Petal & Stem"),
        ("A &lt;B&gt;", "A <B>"),
        ("&amp;lt; &amp;amp;", "&lt; &amp;"),
        ("caf&eacute; &#38; bar & grill", "caf&eacute; &#38; bar & grill"),
    ],
)
def test_the_text_of_a_command_is_what_was_typed(sent: str, typed: str) -> None:
    body = urlencode(COMMAND | {"text": sent}).encode()
    found = checked(signed(body, FORM), body, secret=SECRET, now=NOW)
    assert found["text"] == typed


def test_what_was_typed_into_a_modal_stays_as_it_came() -> None:
    held = {"b": {"a": {"type": "plain_text_input", "value": "Petal &amp; Stem"}}}
    body = payload(SUBMISSION | {"view": VIEW | {"state": {"values": held}}})
    found = checked(signed(body, FORM), body, secret=SECRET, now=NOW)
    assert found["view"]["state"]["values"] == held


def test_more_than_slack_ever_sends_is_too_large() -> None:
    assert status(b"a" * (MOST_BYTES + 1)) == 413


@given(st.binary(max_size=200), st.sampled_from([FORM, JSON, "", "text/plain"]))
def test_random_bytes_are_never_an_exception(body: bytes, kind: str) -> None:
    assert status(body, kind) in {200, 400}


leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
trees = st.recursive(leaves, lambda t: st.lists(t, max_size=3) | st.dictionaries(st.text(), t))


@given(st.sampled_from([PRESS, SUBMISSION, SEARCH]), st.data())
def test_one_part_replaced_by_anything_is_never_an_exception(
    whole: Payload, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(whole)))
    assert status(payload(whole | {name: data.draw(trees)})) in {200, 400}
