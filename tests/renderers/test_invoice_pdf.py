from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from itertools import chain
from pathlib import Path

import pytest
from pypdf import PdfReader

from renderers.documents import InvoiceDocument, Party, TaxLine
from renderers.html_to_pdf import PdfPool
from renderers.invoice_pdf import invoice_html
from renderers.links import UnsafeLink
from renderers.logos import BadLogo
from tests.documents import (
    BLOOM,
    PAY_URL,
    a_credit_memo,
    a_line,
    a_paid_invoice,
    an_invoice,
    usd,
)


def read(pdfs: PdfPool, document: InvoiceDocument) -> PdfReader:
    return PdfReader(BytesIO(pdfs.render(invoice_html(document), title=document.number)))


def words(pdfs: PdfPool, document: InvoiceDocument) -> str:
    text = " ".join(page.extract_text() for page in read(pdfs, document).pages)
    return " ".join(text.split())


def addresses(reader: PdfReader) -> set[str]:
    annotations = chain.from_iterable(page.get("/Annots") or () for page in reader.pages)
    return {annotation.get_object()["/A"]["/URI"] for annotation in annotations}


def test_an_invoice_says_everything_its_reader_files_it_by(pdfs: PdfPool) -> None:
    text = words(pdfs, an_invoice(notes="Handle with care"))
    for fact in (
        "Invoice INV-1042",
        "Bloom Wholesale",
        "Blue Iris Florist",
        "12 Canal Street",
        "C-1017",
        "88213",
        "7781",
        "30 days",
        "12 Feb 2026",
        "14 Mar 2026",
        "US 91-1234567",
        "OR-55-777",
        "Routing 125000024",
        "+1 206 555 0100",
        "Handle with care",
        "Balance due USD 125.00",
        "page 1 of 1",
    ):
        assert fact in text


def test_the_pay_button_is_a_link_and_the_address_is_in_print(pdfs: PdfPool) -> None:
    reader = read(pdfs, an_invoice())
    assert addresses(reader) == {PAY_URL}
    printed = "".join(reader.pages[0].extract_text().split())
    assert "PayUSD125.00" in printed
    assert PAY_URL.removeprefix("https://") in printed


def test_the_pdf_is_described_for_screen_readers_and_archives(pdfs: PdfPool) -> None:
    reader = read(pdfs, an_invoice())
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Invoice INV-1042", BLOOM.name)
    assert str(reader.root_object["/Lang"]) == "en"
    assert "/StructTreeRoot" in reader.root_object


def test_each_tax_rate_has_its_net_and_its_tax(pdfs: PdfPool) -> None:
    taxes = (
        TaxLine(Decimal(7), usd(10000), usd(700)),
        TaxLine(Decimal("8.25"), usd(2000), usd(165)),
    )
    document = an_invoice(taxes=taxes, net=usd(12000), total=usd(12867), rounding=usd(2))
    text = words(pdfs, document)
    assert "Tax 7% on USD 100.00 USD 7.00" in text
    assert "Tax 8.25% on USD 20.00 USD 1.65" in text
    assert "Rounding USD 0.02" in text


def test_what_was_paid_and_credited_leads_to_the_balance(pdfs: PdfPool) -> None:
    document = an_invoice(paid=usd(2000), credits=usd(500), balance=usd(10000))
    text = words(pdfs, document)
    assert "Paid -USD 20.00 Credits applied -USD 5.00 Balance due USD 100.00" in text
    assert "Pay USD 100.00" in text


def test_a_paid_invoice_has_no_button(pdfs: PdfPool) -> None:
    reader = read(pdfs, a_paid_invoice())
    text = reader.pages[0].extract_text()
    assert addresses(reader) == set()
    assert "PAID" in text
    assert "Nothing to pay" in text
    assert "First Bank" not in text


def test_an_invoice_without_link_has_no_button_and_says_how_to_pay(pdfs: PdfPool) -> None:
    reader = read(pdfs, an_invoice(pay_url=None))
    assert addresses(reader) == set()
    assert "First Bank" in reader.pages[0].extract_text()


def test_a_credit_memo_is_titled_so_and_asks_for_nothing(pdfs: PdfPool) -> None:
    reader = read(pdfs, a_credit_memo(pay_url=PAY_URL))
    text = reader.pages[0].extract_text()
    assert addresses(reader) == set()
    assert "Credit memo" in text
    assert "USD 20.00" in text
    assert "due" not in text.lower()


def test_an_invoice_of_a_total_alone_has_no_empty_table(pdfs: PdfPool) -> None:
    document = replace(an_invoice(), lines=(), taxes=())
    assert "Description" not in words(pdfs, document)


def test_a_corrected_invoice_says_so(pdfs: PdfPool) -> None:
    assert "Corrected, version 2" in words(pdfs, an_invoice(version=2, corrected=True))


def test_americans_get_letter_paper_and_others_a4(pdfs: PdfPool) -> None:
    widths = [
        round(float(read(pdfs, an_invoice(locale=locale)).pages[0].mediabox.width))
        for locale in ("en_US", "de_DE")
    ]
    assert widths == [612, 595]


def test_three_hundred_lines_repeat_their_heading_on_each_page(pdfs: PdfPool) -> None:
    lines = tuple(a_line(usd(100), f"Roses, bunch {n}") for n in range(300))
    reader = read(pdfs, an_invoice(usd(30000), lines=lines))
    count = len(reader.pages)
    first, second, last = (reader.pages[n].extract_text() for n in (0, 1, count - 1))
    assert "Description" in first
    assert "Description" in second
    assert f"page 2 of {count}" in second
    assert "Roses, bunch 299" in last
    assert f"page {count} of {count}" in last


@pytest.mark.parametrize(
    "name",
    [
        "שושנים כחולות",
        "وردة زرقاء",
        "花屋 東京",
        "Rosa 💐 👩\u200d🌾",
        "x" * 200,
        "\x00\x07\x1b\u202e\ufffe\ud83d",
        "<img src=file:///etc/passwd>{{ 7*7 }}&amp;",
        "",
    ],
)
def test_no_name_breaks_a_document(pdfs: PdfPool, name: str) -> None:
    document = an_invoice(
        customer=Party(name, name, name, name),
        notes=name,
        po_number=name,
        lines=(a_line(usd(12500), name, unit=name[:20]),),
    )
    assert "Balance due USD 125.00" in words(pdfs, document)


def test_a_name_is_shown_as_typed(pdfs: PdfPool) -> None:
    typed = "<b>Iris & Söhne</b> {{ 7*7 }}"
    assert typed in words(pdfs, an_invoice(customer=Party("C1", typed)))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "http://evil.example"]
)
def test_an_unsafe_link_is_never_rendered(url: str) -> None:
    with pytest.raises(UnsafeLink):
        invoice_html(an_invoice(pay_url=url))


def test_a_logo_stands_beside_the_name(pdfs: PdfPool, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"/>')
    document = an_invoice(company=replace(BLOOM, logo=str(logo)))
    assert "Bloom Wholesale" in words(pdfs, document)
    assert 'alt="Bloom Wholesale"' in invoice_html(document)


def test_a_logo_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text("root:x:0:0")
    with pytest.raises(BadLogo):
        invoice_html(an_invoice(company=replace(BLOOM, logo=str(logo))))


def test_the_document_names_the_credit_that_can_be_used_on_its_page() -> None:
    assert "Use your credit of USD 30.00 when you pay" in invoice_html(an_invoice(credit=usd(3000)))
    assert "Use your credit" not in invoice_html(an_invoice(credit=usd(0)))


def test_a_japanese_customer_can_read_when_it_is_due(pdfs: PdfPool) -> None:
    text = words(pdfs, an_invoice(locale="ja_JP"))
    assert "\ufffd" not in text
    assert "Please pay by 14 Mar 2026" in text
