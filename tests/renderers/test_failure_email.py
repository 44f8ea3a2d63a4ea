from datetime import date

from renderers.failure_email import FailureMail, failure_email
from tests.documents import BLOOM, IRIS, PAY_URL, usd


def a_failure(pay_url: str | None = PAY_URL) -> FailureMail:
    return FailureMail(
        company=BLOOM,
        customer=IRIS,
        payment_id="pi_000123",
        amount=usd(12500),
        method="First Harbor Bank ending in 6789",
        begun_on=date(2026, 3, 12),
        open_now=(("INV-1042", usd(9000)),) if pay_url else (),
        pay_url=pay_url,
        locale="en_US",
    )


def test_the_customer_learns_that_nothing_arrived_and_can_pay_again() -> None:
    content = failure_email(a_failure())
    assert content.subject == "Your payment of USD 125.00 to Bloom Wholesale did not arrive"
    for text in (content.html, content.text):
        for fact in (
            PAY_URL,
            "pi_000123",
            "ending in 6789",
            "12 Mar 2026",
            "INV-1042",
            "USD 90.00",
        ):
            assert fact in text


def test_without_a_link_it_offers_none() -> None:
    content = failure_email(a_failure(pay_url=None))
    assert "Pay again" not in content.html + content.text
    assert "open again" not in content.html + content.text
