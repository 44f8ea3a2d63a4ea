import hashlib
import hmac
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.guard import MOST_BYTES, Payload, Rejected, checked
from tests.bot.slack.corpus import FORM, JSON, MALFORMED, PRESS, SEARCH, SUBMISSION, WHOLE, payload
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
