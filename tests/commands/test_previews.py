from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.keyring import Keyring
from commands.previews import (
    Preview,
    PreviewExpired,
    PreviewUnknown,
    SentDocumentLink,
    sign,
    verify,
)
from tests.builders import NOW

KEYS = Keyring((b"newest key of all", b"older key"))
PREVIEW = Preview("U0SALLY", "INV-1042", with_link=True, expires_at=int(NOW.timestamp()) + 600)


def test_a_preview_says_what_was_signed_until_it_expires() -> None:
    signed = sign(KEYS, PREVIEW)
    assert verify(KEYS, signed, NOW + timedelta(minutes=10)) == PREVIEW
    with pytest.raises(PreviewExpired):
        verify(KEYS, signed, NOW + timedelta(minutes=10, seconds=1))


def test_a_link_to_what_was_sent_is_no_preview() -> None:
    link = SentDocumentLink("U0SALLY", 17, PREVIEW.expires_at)
    assert verify(KEYS, sign(KEYS, link), NOW) == link


def test_a_preview_outlives_a_new_key_and_not_a_lost_one() -> None:
    signed = sign(Keyring((b"older key",)), PREVIEW)
    assert verify(KEYS, signed, NOW) == PREVIEW
    with pytest.raises(PreviewUnknown):
        verify(Keyring((b"another",)), signed, NOW)


def test_the_signature_of_one_preview_fits_no_other() -> None:
    body, _ = sign(KEYS, replace(PREVIEW, invoice_number="INV-1")).split(".")
    _, mac = sign(KEYS, PREVIEW).split(".")
    with pytest.raises(PreviewUnknown):
        verify(KEYS, f"{body}.{mac}", NOW)


@pytest.mark.parametrize("signed", ["", ".", "a.b", "é", "bnVsbA.x", "W10.x", "a" * 5000])
def test_a_forged_preview_is_unknown(signed: str) -> None:
    with pytest.raises(PreviewUnknown):
        verify(KEYS, signed, NOW)


@given(st.text(max_size=100))
def test_any_text_is_unknown(signed: str) -> None:
    with pytest.raises(PreviewUnknown):
        verify(KEYS, signed, NOW)
