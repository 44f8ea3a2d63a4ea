from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from renderers.documents import OrderDocument, Party, TaxLine
from renderers.html_to_pdf import PdfPool
from renderers.order_pdf import order_html
from tests.documents import BLOOM, a_line, an_order, an_order_of_facts, usd


def read(pdfs: PdfPool, document: OrderDocument) -> PdfReader:
    return PdfReader(BytesIO(pdfs.render(order_html(document), title=document.number)))


def words(pdfs: PdfPool, document: OrderDocument) -> str:
    text = " ".join(page.extract_text() for page in read(pdfs, document).pages)
    return " ".join(text.split())


def test_a_confirmation_says_everything_its_reader_files_it_by(pdfs: PdfPool) -> None:
    text = words(pdfs, an_order(notes="Back door"))
    for fact in (
        "Order confirmation 88213",
        "Bloom Wholesale",
        "Blue Iris Florist",
        "12 Canal Street",
        "C-1017",
        "7781",
        "8 Feb 2026",
        "10 Feb 2026",
        "Roses Freedom red 60 cm",
        "Order total USD 125.00",
        "Back door",
        "This is not an invoice",
    ):
        assert fact in text


def test_nothing_in_it_asks_for_money(pdfs: PdfPool) -> None:
    reader = read(pdfs, an_order())
    assert [page.get("/Annots") for page in reader.pages] == [None]
    text = words(pdfs, an_order())
    for asking in ("First Bank", "Balance", "due", "Scan"):
        assert asking not in text


def test_it_is_described_for_screen_readers_and_archives(pdfs: PdfPool) -> None:
    reader = read(pdfs, an_order())
    assert reader.metadata is not None
    assert reader.metadata.title == "Order confirmation 88213"
    assert reader.metadata.author == BLOOM.name
    assert str(reader.root_object["/Lang"]) == "en"
    assert "/StructTreeRoot" in reader.root_object


def test_each_tax_rate_leads_to_the_total(pdfs: PdfPool) -> None:
    taxes = (TaxLine(Decimal("8.25"), usd(12000), usd(990)),)
    text = words(pdfs, an_order(taxes=taxes, net=usd(12000), total=usd(12990)))
    assert "Net USD 120.00 Tax 8.25% on USD 120.00 USD 9.90 Order total USD 129.90" in text


def test_without_lines_there_are_facts_and_no_empty_table(pdfs: PdfPool) -> None:
    text = words(pdfs, an_order_of_facts())
    for absent in ("Description", "USD", "total", "Ships"):
        assert absent not in text
    assert "88213" in text


def test_an_order_over_nothing_still_shows_its_total(pdfs: PdfPool) -> None:
    assert "Order total USD 0.00" in words(pdfs, an_order(total=usd(0), lines=(a_line(usd(0)),)))


def test_sixty_lines_go_on_with_their_heading(pdfs: PdfPool) -> None:
    lines = tuple(a_line(usd(100), f"Roses, bunch {n}") for n in range(60))
    reader = read(pdfs, an_order(usd(6000), lines=lines))
    assert len(reader.pages) > 1
    assert "Description" in reader.pages[1].extract_text()


@pytest.mark.parametrize(("locale", "width"), [("en_US", 612), ("de_DE", 595)])
def test_paper_is_what_the_customer_uses(pdfs: PdfPool, locale: str, width: int) -> None:
    assert round(float(read(pdfs, an_order(locale=locale)).pages[0].mediabox.width)) == width


@pytest.mark.parametrize(
    "name", ["שושנים", "花屋 東京", "x" * 200, "\x00\x07\u202e", "<img src=file:///etc/passwd>", ""]
)
def test_no_name_breaks_it(pdfs: PdfPool, name: str) -> None:
    document = an_order(
        customer=Party(name, name, name, name),
        notes=name,
        po_number=name,
        lines=(a_line(usd(12500), name, unit=name[:20]),),
    )
    assert "Order total USD 125.00" in words(pdfs, document)
