"""Time and memory of statements by length: python benchmarks/statement_pages.py.

A document has 100 s and 1.5 GB (`renderers.html_to_pdf.Limits`).
"""

import resource
import sys
import time
from datetime import date, timedelta
from io import BytesIO

from pypdf import PdfReader

from renderers.documents import Company, Party
from renderers.statement_pdf import statement_html
from renderers.statement_values import StatementDocument, StatementLine, StatementSum
from renderers.typesetting import warm_typesetter
from storage.money import Money

LINES = (3, 100, 1_800, 7_300)  # about 1, 3, 46 and 182 pages; 8,000 are 200
START, END = date(2026, 10, 1), date(2026, 10, 31)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def a_line(n: int) -> StatementLine:
    day = START + timedelta(days=n % 31)
    return StatementLine(day, f"Invoice INV-{n:06}", f"PO-{n}", usd(12_500), usd(12_500 * (n + 1)))


def a_statement(lines: int) -> StatementDocument:
    owed = usd(12_500 * lines)
    return StatementDocument(
        company=Company("Bloom Wholesale", "1 Market Road\nSeattle, WA 98101"),
        customer=Party("C-1017", "Blue Iris Florist", "12 Canal Street\nPortland, OR 97204"),
        kind="balance_forward",
        number="C-1017 2026-10-31 USD",
        period_start=START,
        period_end=END,
        made_on=END,
        opening=usd(0),
        sums=(StatementSum("Invoices", owed),),
        transactions=tuple(a_line(n) for n in range(lines)),
        late=(),
        closing=owed,
        open_lines=(),
        disputed=(),
        aging=(StatementSum("Current", owed), StatementSum("Balance", owed)),
        payable=owed,
        locale="en_US",
        pay_url="https://pay.bloom.test/pay/token",
    )


def main() -> int:
    typesetter = warm_typesetter()
    for lines in LINES:
        began, used = time.perf_counter(), time.process_time()
        pdf = typesetter.typeset(statement_html(a_statement(lines)))
        seconds, cpu = time.perf_counter() - began, time.process_time() - used
        pages = len(PdfReader(BytesIO(pdf)).pages)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{lines:>6} lines {pages:>4} pages {seconds:6.1f} s ({cpu:5.1f} s of CPU)"
            f" {peak:>5} MB {len(pdf) // 1024:>6} kB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
