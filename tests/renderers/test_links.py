import pytest

from renderers.links import UnsafeLink, allowed_link, dial_link, mail_link, short_link


@pytest.mark.parametrize(
    "url",
    [
        "https://pay.bloom.test/pay/abc",
        "http://127.0.0.1:8080/pay/abc",
        "http://localhost:8080/pay/abc",
        "http://[::1]:8080/pay/abc",
        "http://bot:8080/pay/abc",
    ],
)
def test_https_and_this_network_may_be_linked(url: str) -> None:
    assert allowed_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "http://evil.example/pay",
        "https://",
        "//evil.example/pay",
        "https://pay.bloom.test/a b",
        "",
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(UnsafeLink):
        allowed_link(url)


def test_the_printed_address_has_no_scheme() -> None:
    assert short_link("https://pay.bloom.test/pay/abc") == "pay.bloom.test/pay/abc"


def test_contact_links_carry_only_a_number_or_an_address() -> None:
    assert dial_link("+1 (206) 555-0100") == "tel:+12065550100"
    assert mail_link("a@b.test?bcc=x@y.test") == "mailto:a@b.test%3Fbcc%3Dx@y.test"
