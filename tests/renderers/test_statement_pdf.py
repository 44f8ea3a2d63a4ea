"""A statement's PDF and mail: what they say, how long ones are paged, what they never say."""

from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PageObject, PdfReader

from renderers.html_to_pdf import PdfPool
from renderers.statement_emails import statement_email
from renderers.statement_pdf import statement_html
from renderers.statement_values import StatementDocument, StatementEmail, StatementKind
from tests.documents import usd
from tests.renderers.statements import a_statement, open_lines, transactions

WIDTHS = {"en_US": 612, "de_DE": 595}  # of the paper, in points
LONG_NUMBER = "CUSTOMER-100017 2026-10-31 USD"


def read(pdfs: PdfPool, document: StatementDocument) -> PdfReader:
    return PdfReader(BytesIO(pdfs.render(statement_html(document), title=document.number)))


def pages(pdfs: PdfPool, document: StatementDocument) -> list[str]:
    found = [page.extract_text() for page in read(pdfs, document).pages]
    return [" ".join(text.split()) for text in found]


def links(reader: PdfReader) -> list[str]:
    annotations = [a for page in reader.pages for a in page.get("/Annots") or []]
    return [str(a.get_object()["/A"]["/URI"]) for a in annotations]


def test_it_says_everything_its_reader_checks_it_by(pdfs: PdfPool) -> None:
    text = " ".join(pages(pdfs, a_statement()))
    for fact in (
        "Statement C-1017 2026-10-31 USD",
        "1 Oct 2026 – 31 Oct 2026",
        "Open Items / All Transactions",
        "Total pending balance USD 250.00",
        "Opening balance USD 0.00",
        "Closing balance USD 250.00",
        "1 Oct 2026 Invoice INV-0 PO-0 125.00 125.00",
        "Past due on 31 Oct 2026",
        "Remittance slip",
        "Routing 125000024",
        "page 1 of",
    ):
        assert fact in text


def test_the_button_and_the_address_lead_to_the_pay_page(pdfs: PdfPool) -> None:
    reader = read(pdfs, a_statement())
    assert set(links(reader)) == {"https://pay.bloom.test/pay/token"}
    assert "Pay USD 250.00" in reader.pages[0].extract_text()


def test_nothing_to_pay_has_no_button_and_says_so(pdfs: PdfPool) -> None:
    reader = read(pdfs, a_statement(payable=usd(0), closing=usd(-500)))
    assert links(reader) == []
    text = " ".join(reader.pages[0].extract_text().split())
    assert "Nothing to pay" in text
    assert "On 31 Oct 2026 you had a credit of USD 5.00." in text


@pytest.mark.parametrize(
    ("kind", "there", "missing"),
    [
        ("open_items_unpaid", ["Open items"], ["Transactions"]),
        ("open_items_all", ["Open items", "Transactions"], []),
        ("balance_forward", ["Transactions"], ["Open items"]),
    ],
)
def test_each_type_has_its_own_tables(
    kind: StatementKind, there: list[str], missing: list[str]
) -> None:
    html = statement_html(a_statement(kind=kind))
    assert all(f">{words}</h2>" in html for words in there)
    assert not any(f">{words}</h2>" in html for words in missing)


def test_long_ones_repeat_the_head_and_carry_the_sum_forward(pdfs: PdfPool) -> None:
    document = a_statement(130, kind="balance_forward", open_lines=())
    found = pages(pdfs, document)
    assert len(found) > 4
    assert all(f"page {n} of {len(found)}" in text for n, text in enumerate(found, 1))
    assert "Carried forward" not in found[0]
    for earlier, later in pairwise(found[:4]):
        last = earlier.split(" 125.00 ")[-1].split()[0]
        assert f"Carried forward USD {last}" in later
        assert "Date Transaction Your reference Amount, USD Balance, USD" in later


def test_nothing_is_carried_over_from_a_table_that_has_ended(pdfs: PdfPool) -> None:
    found = pages(pdfs, a_statement(64))
    last = max(n for n, text in enumerate(found) if "Sum USD" in text)
    assert "Carried forward" in found[last]
    assert found[last + 1 :], "the remittance slip stands on a page of its own"
    assert not any("Carried forward" in text for text in found[last + 1 :])


@pytest.fixture(scope="module", params=WIDTHS)
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def sheets(pdfs: PdfPool, locale: str) -> list[PageObject]:
    """Of a statement of several pages in that locale."""
    found = read(pdfs, a_statement(60, locale=locale, number=LONG_NUMBER)).pages
    assert len(found) > 2
    return list(found)


def test_the_number_of_the_page_stands_on_one_line(sheets: list[PageObject]) -> None:
    for n, page in enumerate(sheets, 1):
        foot = page.extract_text().splitlines()[-1]
        assert foot.endswith(f"{LONG_NUMBER} · page {n} of {len(sheets)}")


def test_paper_is_that_of_the_customers_country(sheets: list[PageObject], locale: str) -> None:
    assert {round(float(page.mediabox.width)) for page in sheets} == {WIDTHS[locale]}


def test_it_is_described_for_screen_readers(pdfs: PdfPool) -> None:
    reader = read(pdfs, a_statement())
    assert reader.metadata is not None
    assert reader.metadata.title == "Statement C-1017 2026-10-31 USD"
    assert "/StructTreeRoot" in reader.root_object


def test_what_is_in_dispute_stands_apart_and_is_not_asked_for() -> None:
    disputed = replace(open_lines(1)[0], name="Invoice INV-9")
    html = statement_html(a_statement(disputed=(disputed,), closing=usd(37_500)))
    assert "In dispute, not asked for now" in html
    assert "USD 125.00 is in dispute and not asked for now." in html
    assert "Pay USD 250.00" in html


def test_names_cannot_write_markup() -> None:
    line = replace(transactions(1)[0], reference="<script>x</script>")
    assert "<script>" not in statement_html(a_statement(transactions=(line,)))


def test_the_mail_has_the_same_figures_as_text_and_as_html() -> None:
    mail = statement_email(StatementEmail(a_statement(), "Sally Sales", "Thank you"))
    expected = "Statement of 31 Oct 2026 from Bloom Wholesale – USD 250.00 to be paid"
    assert mail.subject == expected
    for content in (mail.html, mail.text):
        for words in ("Thank you", "USD 250.00", "https://pay.bloom.test/pay/token", "Sally"):
            assert words in content


def test_the_mail_of_a_settled_account_asks_for_nothing() -> None:
    mail = statement_email(StatementEmail(a_statement(payable=usd(0)), "", ""))
    assert mail.subject.endswith("nothing to pay")
    assert "pay.bloom.test" not in mail.html + mail.text
