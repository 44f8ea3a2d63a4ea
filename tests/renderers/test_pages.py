import re
from base64 import b64encode
from datetime import date
from hashlib import sha256
from typing import Any

import pytest

from renderers.page_values import CreditOffer, NoticePage, PayForm, PaySum, PrintedStatement
from renderers.pages import content_security_policy, notice_page, pay_page
from tests.documents import BLOOM, a_page_invoice, a_pay_page, usd


def shown(html: str) -> str:
    body = html[html.index("<body") :]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def methods(html: str) -> list[str]:
    return re.findall(r'<button type="submit" name="method" value="(\w+)"', html)


def test_a_due_link_shows_who_what_and_how_to_pay() -> None:
    html = pay_page(a_pay_page())
    text = shown(html)
    for fact in (
        "Bloom Wholesale",
        "Blue Iris Florist",
        "USD 125.00",
        "INV-1042",
        "14 Mar 2026",
        "Your PO 7781",
        "+1 206 555 0100",
        "Card",
        "Bank account (ACH)",
        "Your reference",
    ):
        assert fact in text
    assert 'href="/pay/token/invoices/INV-1042.pdf"' in html
    assert '<form method="post" action="/pay/token" ' in html
    assert 'name="reference" maxlength="60"' in html


def test_the_preferred_method_comes_first_and_stands_out() -> None:
    html = pay_page(a_pay_page(methods=("us_bank_account", "card")))
    assert methods(html) == ["us_bank_account", "card"]
    assert re.findall(r'value="(\w+)" class="primary"', html) == ["us_bank_account"]


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        (
            {"state": "processing", "pending": usd(12500), "expected_by": date(2026, 3, 18)},
            "We expect it by 18 Mar 2026",
        ),
        (
            {"state": "paid", "paid_on": date(2026, 3, 12), "paid_with": "Visa ending in 4242"},
            "Paid on 12 Mar 2026 with Visa ending in 4242",
        ),
        ({"state": "nothing_due"}, "Nothing to pay"),
        ({"state": "unavailable"}, "Please call +1 206 555 0100 or billing@bloom.test"),
        ({"confirming": usd(10000)}, "USD 100.00 Your payment is being confirmed"),
    ],
)
def test_a_link_that_cannot_be_paid_now_says_so_and_has_no_button(
    own: dict[str, Any], sentence: str
) -> None:
    html = pay_page(a_pay_page(**own))
    assert sentence in shown(html)
    assert "<form" not in html
    assert methods(html) == []


def test_a_company_that_takes_no_parts_has_no_box_for_an_amount() -> None:
    html = pay_page(a_pay_page(form=PayForm(takes_part=False)))
    assert 'name="amount"' not in html
    assert "Pay USD 125.00 by" in shown(html)


def test_several_invoices_have_a_sum() -> None:
    rows = (a_page_invoice(usd(5000)), a_page_invoice(usd(7500), number="INV-1043"))
    chosen = PaySum(2, usd(12500), usd(0), usd(12500), usd(12500))
    text = shown(pay_page(a_pay_page(invoices=rows, chosen=chosen)))
    assert "INV-1043" in text
    assert "2 invoices USD 125.00 Continue" in text


def test_what_was_settled_or_is_under_way_is_told() -> None:
    row = a_page_invoice(usd(10000), total=usd(12500), settled=usd(2000), pending=usd(500))
    text = shown(pay_page(a_pay_page(usd(10000), invoices=(row,))))
    assert "Total USD 125.00 Paid or credited USD 20.00 Under way USD 5.00" in text


def test_a_notice_names_the_seller_only_if_it_may() -> None:
    page = NoticePage("This link was turned off", "Please call us.", BLOOM)
    assert "+1 206 555 0100" in shown(notice_page(page))
    unknown = NoticePage("This link does not exist", "Please check the address.", None)
    assert shown(notice_page(unknown)) == "This link does not exist Please check the address."


def test_values_are_escaped() -> None:
    html = pay_page(a_pay_page(customer_name="<script>alert(1)</script>", notice='"><img src=x>'))
    assert "<script>alert" not in html
    assert "<img" not in html


def test_the_policy_names_the_style_and_the_script_of_every_page() -> None:
    policy = content_security_policy(("https://checkout.stripe.com",))
    for html in (pay_page(a_pay_page()), notice_page(NoticePage("x", "y", None))):
        blocks = re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", html, re.DOTALL)
        assert len(blocks) == 2
        for block in blocks:
            assert b64encode(sha256(block.encode()).digest()).decode() in policy
        assert not re.search(r"<[^>]+ (style|on\w+)=", html)
    assert "default-src 'none'" in policy
    assert "form-action 'self' https://checkout.stripe.com;" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_page_loads_nothing_from_others() -> None:
    html = pay_page(a_pay_page())
    assert re.findall(r'(?:src|href)="((?!data:|/pay/|tel:|mailto:)[^"]*)"', html) == []


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "page"),
        ("ink", "card"),
        ("soft", "page"),
        ("soft", "card"),
        ("accent", "card"),
        ("accent", "page"),
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("warn-ink", "warn"),
        ("ink", "tint"),
        ("accent", "tint"),
    ],
)
def test_every_text_has_enough_contrast(scheme: int, ink: str, paper: str) -> None:
    schemes = re.findall(r":root \{([^}]*)\}", pay_page(a_pay_page()))
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", schemes[scheme]))
    lighter, darker = sorted((_luminance(colours[ink]), _luminance(colours[paper])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_a_statements_sums_lead_from_what_is_open_to_what_is_due() -> None:
    printed = PrintedStatement(
        date(2026, 3, 1), date(2026, 3, 31), usd(12000), usd(12000), date(2026, 3, 31)
    )
    rows = (a_page_invoice(usd(10000)), a_page_invoice(usd(2500), number="INV-1043"))
    own = {"statement": printed, "credit": CreditOffer(usd(500), by_itself=True)}
    text = shown(pay_page(a_pay_page(usd(12000), invoices=rows, **own)))
    assert "Open now USD 125.00 Your credit now -USD 5.00 Due now USD 120.00" in text
