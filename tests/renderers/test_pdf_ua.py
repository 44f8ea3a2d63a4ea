"""Every PDF that leaves is accessible: PDF/UA-1, rule by rule."""

from collections.abc import Callable
from io import BytesIO

import pytest
from pypdf import PdfReader

from renderers.html_to_pdf import PdfPool
from renderers.invoice_pdf import invoice_html
from renderers.order_pdf import order_html
from renderers.statement_pdf import statement_html
from tests.documents import (
    a_credit_memo,
    a_line,
    a_paid_invoice,
    an_invoice,
    an_order,
    an_order_of_facts,
    usd,
)
from tests.pdf_ua import faults
from tests.renderers.statements import a_statement

DOCUMENTS: dict[str, Callable[[], str]] = {
    "an invoice": lambda: invoice_html(an_invoice()),
    "of two pages": lambda: invoice_html(an_invoice(lines=(a_line(usd(1250)),) * 60)),
    "without a link": lambda: invoice_html(an_invoice(pay_url=None)),
    "paid": lambda: invoice_html(a_paid_invoice()),
    "a credit memo": lambda: invoice_html(a_credit_memo()),
    "an order": lambda: order_html(an_order()),
    "a statement": lambda: statement_html(a_statement()),
    "a statement of several pages": lambda: statement_html(a_statement(60)),
    "an order of facts": lambda: order_html(an_order_of_facts()),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_keeps_the_rules_of_pdf_ua(pdfs: PdfPool, name: str) -> None:
    pdf = pdfs.render(DOCUMENTS[name](), title=name)
    assert faults(PdfReader(BytesIO(pdf))) == []


def test_the_rules_are_noticed_when_they_are_broken(pdfs: PdfPool) -> None:
    """A checker that finds nothing anywhere would be no checker."""
    html = "<html><title>x</title><h1>A</h1><h3>B</h3><table><tr><th>C</th><td>D</td></tr></table>"
    found = " ".join(faults(PdfReader(BytesIO(pdfs.render(html, title="x")))))
    assert "11-006 no language" in found
    assert "14-003 H3 after H1" in found
