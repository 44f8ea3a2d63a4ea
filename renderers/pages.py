"""The pay page and the pages without amounts that its links can lead to.

They work without JavaScript and load nothing: `content_security_policy` names the one stylesheet
and the one script by their hashes.
"""

from base64 import b64encode
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from renderers import formats
from renderers.documents import Company
from renderers.formats import DEFAULT_LOCALE
from renderers.logos import logo_address, qr_code_address
from renderers.page_values import CounterPage, NoticePage, PayPage
from renderers.templating import TEMPLATES, render_html

STYLESHEET = (TEMPLATES / "page.css").read_text("utf-8")
SCRIPT = (TEMPLATES / "page.js").read_text("utf-8")
METHOD_NAMES = {"card": "Card", "us_bank_account": "Bank account (ACH)"}


def pay_page(page: PayPage) -> str:
    """What a link shows: what is due and how to pay it, or why there is nothing to pay."""
    shape = formats.money_shape(page.due.currency, page.locale)
    values = {"p": page, "names": METHOD_NAMES, "shape": shape}
    return _page("pay_page.html", page.locale, page.company, **values)


def notice_page(page: NoticePage) -> str:
    """A page of one title and one sentence, and whom to call if the seller may be named."""
    return _page("notice_page.html", DEFAULT_LOCALE, page.company, p=page)


def counter_page(page: CounterPage) -> str:
    """The way to a pay page as a QR code, large enough for the phone across the counter."""
    qr = qr_code_address(page.pay_url)
    return _page("counter_page.html", page.locale, page.company, p=page, qr=qr)


def content_security_policy(form_targets: tuple[str, ...] = ()) -> str:
    """The header that fits these pages; forms may lead to `form_targets` (origins) besides us.

    A browser applies `form-action` to the redirect after a POST too, so the gateway is named there.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_hash(STYLESHEET)}'",
            f"script-src '{_hash(SCRIPT)}'",
            "img-src 'self' data:",
            " ".join(("form-action 'self'", *form_targets)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def _page(template: str, locale: str, company: Company | None, **values: Any) -> str:
    return render_html(
        template,
        locale,
        company=company,
        logo=logo_address(company.logo) if company else "",
        stylesheet=Markup(STYLESHEET),  # noqa: S704 -- our own file, and escaping would break it
        script=Markup(SCRIPT),  # noqa: S704 -- likewise
        **values,
    )


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode("ascii")
