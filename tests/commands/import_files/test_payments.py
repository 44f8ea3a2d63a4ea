import pytest

from storage import payments
from storage.payments import Payment
from tests.builders import NOW
from tests.importing import Inbox, counts, refusals

HEADER = "payment_id,customer_id,date,amount,reference,invoice_number\n"


@pytest.fixture
def ledger(inbox: Inbox) -> Inbox:
    """INV-1 over USD 125.00, INV-2 over USD 50.00."""
    inbox.start()
    text = "invoice_number,customer_id,issue_date,total\nINV-2,C1,2026-02-12,50\n"
    assert not inbox.bring(more=text).refused
    return inbox


def pay(ledger: Inbox, *rows: str) -> list[tuple[int, str, str]]:
    return refusals(ledger.bring(payments=HEADER + "".join(f"{row}\n" for row in rows)))


def parts(ledger: Inbox, payment_id: str) -> dict[str, int]:
    with ledger.database.reading() as session:
        rows = payments.allocations(session, payment_id)
        return {row.invoice_number: row.amount for row in rows}


def add_gateway_payment(ledger: Inbox, *, refunded: int = 0) -> None:
    with ledger.database.writing() as session:
        row = Payment(
            id="pi_1",
            customer_id="C1",
            currency="USD",
            amount=12500,
            refunded=refunded,
            status="succeeded",
            source="gateway",
            method="card",
            received_on=NOW.date(),
            recorded_at=NOW,
        )
        session.add(row)


def test_rows_with_one_id_are_parts_of_one_payment(ledger: Inbox) -> None:
    assert pay(ledger, "P1,C1,2026-02-20,100,,INV-1", "P1,C1,2026-02-20,50,CHQ 9,INV-2") == []
    row = ledger.payment("P1")
    assert (row.amount, row.allocated, row.reference) == (15000, 15000, "CHQ 9")
    assert parts(ledger, "P1") == {"INV-1": 10000, "INV-2": 5000}


def test_without_an_invoice_it_is_unapplied_credit(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,30,,")
    assert ledger.payment("P1").unapplied == 3000


def test_what_an_invoice_cannot_take_is_unapplied_credit(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,70,,INV-2")
    assert (ledger.invoice("INV-2").balance.minor, ledger.payment("P1").unapplied) == (0, 2000)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_earlier_payment_goes_first_in_any_order_of_rows(
    ledger: Inbox, order: tuple[int, int]
) -> None:
    rows = ["P1,C1,2026-02-20,40,,INV-2", "P0,C1,2026-02-21,40,,INV-2"]
    pay(ledger, *(rows[index] for index in order))
    assert (ledger.payment("P1").unapplied, ledger.payment("P0").unapplied) == (0, 3000)


def test_importing_again_changes_nothing(ledger: Inbox) -> None:
    rows = ["P1,C1,2026-02-20,100,,INV-1", "P1,C1,2026-02-20,50,,INV-2", "P2,C1,2026-02-20,5,,"]
    pay(ledger, *rows)
    again = ledger.bring(payments=HEADER + "\n".join(reversed(rows)) + "\n")
    assert counts(again) == {"payments": (0, 0, 2)}


def test_the_same_id_with_another_amount_is_refused(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,100,,INV-1")
    reason = (
        "payment P1 is here with other amounts, dates or invoices:"
        " reverse it with a negative row and give the right one another id"
    )
    assert pay(ledger, "P1,C1,2026-02-20,90,,INV-1") == [(2, "", reason)]


def test_parts_of_one_payment_have_one_customer_and_one_currency(ledger: Inbox) -> None:
    found = pay(ledger, "P1,C1,2026-02-20,1,,", "P1,C2,2026-02-20,1,,")
    assert found == [(3, "customer_id", "the rows of payment P1 name different customers")]


@pytest.mark.parametrize(
    "row", ["pi_1,C1,2026-03-10,125,,INV-1", "ERP-7,C1,2026-03-10,125,pi_1,INV-1"]
)
def test_a_stripe_payment_named_by_id_or_reference_is_that_payment(ledger: Inbox, row: str) -> None:
    add_gateway_payment(ledger)
    report = ledger.bring(payments=HEADER + row + "\n")
    assert counts(report) == {"payments": (0, 0, 1)}
    assert ledger.payment("pi_1").unapplied == 12500


def test_a_stripe_payment_not_told_yet_is_recorded_under_stripes_id(ledger: Inbox) -> None:
    pay(ledger, "ERP-7,C1,2026-03-10,125,Stripe pi_9,INV-1")
    assert ledger.payment("pi_9").allocated == 12500


def test_a_reference_added_later_does_not_make_it_a_second_payment(ledger: Inbox) -> None:
    pay(ledger, "ERP-7,C1,2026-03-10,125,,INV-1")
    ((line, column, reason),) = pay(ledger, "ERP-7,C1,2026-03-10,125,pi_9,INV-1")
    assert (line, column) == (2, "reference")
    assert reason.startswith("ERP-7 is here already as money of its own, beside pi_9")


def test_a_negative_row_takes_from_the_payment_of_its_id(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,100,,INV-1", "P1,C1,2026-02-22,-40,,INV-1")
    row = ledger.payment("P1")
    assert (row.refunded, row.allocated, row.unapplied) == (4000, 6000, 0)
    assert ledger.invoice("INV-1").balance.minor == 6500


def test_a_reversal_that_comes_later_is_taken_once(ledger: Inbox) -> None:
    both = ("P1,C1,2026-02-20,100,,INV-1", "P1,C1,2026-02-22,-40,,INV-1")
    pay(ledger, both[0])
    for expected in ((0, 1, 0), (0, 0, 1)):
        report = ledger.bring(payments=HEADER + "\n".join(both) + "\n")
        assert counts(report) == {"payments": expected}
    assert ledger.payment("P1").refunded == 4000


def test_two_equal_reversals_in_one_file_are_two(ledger: Inbox) -> None:
    rows = ["P1,C1,2026-02-20,100,,INV-1", *["P1,C1,2026-02-22,-40,,INV-1"] * 2]
    for _ in range(2):
        pay(ledger, *rows)
        assert ledger.payment("P1").refunded == 8000


def test_a_negative_row_takes_from_the_payment_that_its_reference_names(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,30,,", "P2,C1,2026-02-21,30,,")
    assert pay(ledger, "R1,C1,2026-02-25,-30,P1,") == []
    assert (ledger.payment("P1").refunded, ledger.payment("P2").refunded) == (3000, 0)


def test_else_it_takes_from_the_newest_payments_on_that_invoice(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,60,,INV-1", "P3,C1,2026-02-20,30,,")
    pay(ledger, "P2,C1,2026-02-21,30,,INV-1")
    assert pay(ledger, "R1,C1,2026-02-25,-40,bounced,INV-1") == []
    taken = [ledger.payment(name).refunded for name in ("P1", "P2", "P3")]
    assert taken == [1000, 3000, 0]
    assert ledger.invoice("INV-1").allocated == 5000


def test_else_from_the_newest_unapplied_credit(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,30,,", "P2,C1,2026-02-21,30,,")
    pay(ledger, "R1,C1,2026-02-25,-40,,")
    assert (ledger.payment("P1").refunded, ledger.payment("P2").refunded) == (1000, 3000)


def test_more_than_there_is_cannot_be_taken_back(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,30,,")
    reason = (
        "R1 takes back 10.00 USD more than there is:"
        " correct the amount, or import the payment that it reverses first"
    )
    assert pay(ledger, "R1,C1,2026-02-25,-40,P1,") == [(2, "amount", reason)]
    assert ledger.payment("P1").refunded == 0


def test_rows_of_one_payment_cannot_take_back_more_than_they_paid(ledger: Inbox) -> None:
    found = pay(ledger, "P1,C1,2026-02-20,30,,", "P1,C1,2026-02-25,-40,,")
    reason = "the rows of P1 take back more than they paid: correct an amount"
    assert found == [(3, "amount", reason)]


def test_a_refund_that_stripe_told_is_not_taken_twice(ledger: Inbox) -> None:
    add_gateway_payment(ledger, refunded=4000)
    pay(ledger, "R1,C1,2026-03-12,-40,pi_1,")
    assert ledger.payment("pi_1").refunded == 4000
    pay(ledger, "R2,C1,2026-03-13,-10,pi_1,")
    assert ledger.payment("pi_1").refunded == 5000


def test_words_about_a_payment_may_be_added_later(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,30,,")
    report = ledger.bring(payments=HEADER + "P1,C1,2026-02-20,30,CHQ 9,\n")
    assert counts(report) == {"payments": (0, 1, 0)}
    assert ledger.payment("P1").reference == "CHQ 9"


def test_a_credit_memo_cannot_be_paid(ledger: Inbox) -> None:
    credit = "invoice_number,customer_id,issue_date,total\nCR-1,C1,2026-02-12,-5\n"
    ledger.bring(credit=credit)
    reason = "CR-1 is a credit memo: leave invoice_number empty"
    assert pay(ledger, "P1,C1,2026-02-20,5,,CR-1") == [(2, "invoice_number", reason)]


def test_a_payment_and_its_invoice_may_come_in_one_call(ledger: Inbox) -> None:
    report = ledger.bring(
        payments=HEADER + "P1,C1,2026-02-20,9,,INV-9\n",
        invoices="invoice_number,customer_id,issue_date,total\nINV-9,C1,2026-02-20,9\n",
    )
    assert not report.refused
    assert ledger.invoice("INV-9").status == "paid"


def test_a_payment_on_an_invoice_refused_against_its_stored_version_is_refused(
    ledger: Inbox,
) -> None:
    report = ledger.bring(
        invoices="invoice_number,customer_id,issue_date,total\nINV-2,C1,2026-02-12,49\n",
        payments=HEADER + "P1,C1,2026-02-20,9,,INV-2\n",
        accept_good=True,
    )
    assert [one.column for one in report.refused] == ["total", "invoice_number"]
    assert ledger.invoice("INV-2").allocated == 0


def test_a_reversed_payment_opens_its_other_invoices_only_as_far_as_needed(ledger: Inbox) -> None:
    pay(ledger, "P1,C1,2026-02-20,100,,INV-1", "P1,C1,2026-02-20,50,,INV-2")
    pay(ledger, "P1,C1,2026-02-22,-60,,INV-2")
    assert parts(ledger, "P1") == {"INV-1": 9000}
    assert ledger.payment("P1").unapplied == 0
