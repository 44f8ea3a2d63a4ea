"""Whatever the lines say, an invoice adds up; and importing it again is no news."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.import_files.pricing import Priced, price
from commands.import_files.report import Place
from commands.import_files.rows import InvoiceRow, LineRow
from commands.import_files.staging import Draft
from storage.money import decimals
from tests.importing import CUSTOMERS, Inbox, counts

PLACE = Place("invoices.csv", 2)
DAY = datetime(2026, 2, 10, tzinfo=UTC).date()


def numbers(most: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(-most, most).map(lambda whole: Decimal(whole).scaleb(-places))


lines_of_an_invoice = st.lists(
    st.tuples(numbers(10**7, 3), numbers(10**8, 4), numbers(10**5, 3).map(abs)), min_size=1
)


def draft(lines: list[tuple[Decimal, Decimal, Decimal]], total: Decimal | None) -> Draft:
    rows = [
        LineRow(PLACE, "INV-1", number, quantity, unit_price, tax_rate=rate)
        for number, (quantity, unit_price, rate) in enumerate(lines, start=1)
    ]
    return Draft(InvoiceRow(PLACE, "INV-1", "C1", DAY, total=total), rows)


@settings(deadline=None)
@given(lines_of_an_invoice, st.sampled_from(["USD", "JPY", "KWD"]))
def test_lines_taxes_and_rounding_add_up_to_the_total(
    lines: list[tuple[Decimal, Decimal, Decimal]], currency: str
) -> None:
    priced = price(draft(lines, None), currency)
    assert priced.total == sum(net + tax for net, tax in priced.amounts)
    half = Decimal("0.5")
    for (quantity, unit_price, rate), (net, tax) in zip(lines, priced.amounts, strict=True):
        exact = (quantity * unit_price).scaleb(decimals(currency))
        assert abs(exact - net) <= half
        assert abs(net * rate / 100 - tax) <= half


@settings(deadline=None)
@given(lines_of_an_invoice, st.integers(-5, 5))
def test_a_total_given_within_the_tolerance_is_the_total(
    lines: list[tuple[Decimal, Decimal, Decimal]], difference: int
) -> None:
    plain = price(draft(lines, None), "USD")
    given_total = Decimal(plain.total + difference).scaleb(-2)
    ruled = price(draft(lines, given_total), "USD")
    assert (ruled.rounding, ruled.total) == (difference, plain.total + difference)
    assert _without_rounding(ruled) == _without_rounding(plain)


def _without_rounding(priced: Priced) -> tuple[int, int, str]:
    return priced.net, priced.tax, priced.digest


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_importing_again_is_no_news(inbox: Inbox, data: st.DataObject) -> None:
    lines = data.draw(lines_of_an_invoice)
    number = f"INV-{uuid4().hex}"
    invoice = f"invoice_number,customer_id,issue_date\n{number},C1,2026-02-10\n"
    table = "invoice_number,line,quantity,unit_price,tax_rate\n" + "".join(
        f"{number},{line},{quantity:f},{unit_price:f},{rate:f}\n"
        for line, (quantity, unit_price, rate) in enumerate(lines, start=1)
    )
    first = inbox.bring(customers=CUSTOMERS, invoices=invoice, lines=table)
    assert counts(first)["invoices"] == (1, 0, 0)
    before = inbox.invoice(number)
    again = inbox.bring(customers=CUSTOMERS, invoices=invoice, lines=table)
    assert counts(again)["invoices"] == (0, 0, 1)
    assert inbox.invoice(number) == before
