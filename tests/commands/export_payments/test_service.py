"""Payments as an accountant reads them: what came in, where it lies, what went back."""

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from commands.access import SETTLER
from commands.dispute.booking import book_dispute
from commands.export_payments.service import HEADER, write
from commands.ports import GatewayPayment
from commands.record_payment import reverse
from commands.refund.booking import book_refund
from storage import balance, payments
from storage.balance import BalanceMovement
from storage.money import Money
from storage.payments import Payment
from tests.builders import CARL, NOW, add_invoice
from tests.comparing import SOON, a_movement, a_payout, compare, of_dispute, of_refund
from tests.conftest import Room
from tests.paying import Till
from tests.refunding import Counter
from tests.taking import take

Row = dict[str, str]
UTC_ZONE = ZoneInfo("UTC")


def exported(till: Till, since: date | None = None, zone: ZoneInfo = UTC_ZONE) -> list[Row]:
    text = io.StringIO()
    write(till.desk.database, text, since=since, timezone=zone)
    return list(csv.DictReader(io.StringIO(text.getvalue())))


def short(rows: list[Row]) -> list[tuple[str, str, str]]:
    """Invoice, amount, reference."""
    return [(row["invoice"], row["amount applied"], row["reference"]) for row in rows]


def test_the_columns_are_those_of_the_contract(till: Till) -> None:
    text = io.StringIO()
    write(till.desk.database, text, since=None, timezone=UTC_ZONE)
    assert text.getvalue() == ",".join(HEADER) + "\n"


def test_a_payment_has_a_row_for_each_invoice_and_its_fee_once(
    counter: Counter, room: Room
) -> None:
    room.balance.moved = [a_movement(minor=16500)]
    room.balance.sent = {"po_1": a_payout(minor=16107)}
    room.balance.in_payout = {"po_1": ["txn_pi_1"]}
    compare(counter.till)
    first, second = exported(counter.till)
    assert first == {
        "date": "2026-03-10",
        "payment": "pi_1",
        "customer": "C1",
        "invoice": "INV-1042",
        "amount applied": "125.00",
        "currency": "USD",
        "method": "card",
        "reference": "",
        "fee": "3.93",
        "payout": "po_1",
    }
    assert (second["invoice"], second["amount applied"], second["fee"]) == ("INV-1043", "40.00", "")
    assert second["payout"] == "po_1"


def test_until_it_is_known_the_fee_is_empty(counter: Counter) -> None:
    assert {(row["fee"], row["payout"]) for row in exported(counter.till)} == {("", "")}


def test_what_is_unapplied_has_no_invoice(till: Till) -> None:
    told = GatewayPayment("pi_9", "succeeded", Money(990, "USD"), method="card", created=NOW)
    till.tell_alone(told)
    [row] = exported(till)
    assert (row["customer"], row["invoice"], row["amount applied"]) == ("", "", "9.90")


def test_money_that_is_no_money_yet_is_left_out(till: Till) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    till.pay(status="processing")
    assert exported(till) == []


def test_a_refund_stands_below_its_payment(counter: Counter, room: Room) -> None:
    told = counter.stripe.add("pi_1", Money(4500, "USD"))
    book_refund(SETTLER, counter.desk, refund=told)
    room.balance.moved = [a_movement(minor=16500), of_refund(told)]
    compare(counter.till)
    assert short(exported(counter.till)) == [
        ("INV-1042", "125.00", ""),
        ("INV-1043", "40.00", ""),
        ("INV-1042", "-5.00", "re_1"),
        ("INV-1043", "-40.00", "re_1"),
    ]


def test_a_refund_that_failed_went_out_and_came_back(counter: Counter, room: Room) -> None:
    told = counter.stripe.add("pi_1", Money(4500, "USD"))
    book_refund(SETTLER, counter.desk, refund=told)
    failed = counter.stripe.change("re_1", "failed", "declined")
    book_refund(SETTLER, counter.desk, refund=failed)
    room.balance.moved = [a_movement(minor=16500), of_refund(failed)]
    compare(counter.till)
    assert len(exported(counter.till)) == 2  # half of it is no story
    room.clock.advance(days=1)
    room.balance.moved.append(of_refund(failed, failed=True))
    compare(counter.till)
    assert short(exported(counter.till))[2:] == [("", "-45.00", "re_1"), ("", "45.00", "re_1")]


def test_a_dispute_takes_off_and_gives_back_and_keeps_its_fee(counter: Counter, room: Room) -> None:
    told = room.disputes.open("pi_1", Money(16500, "USD"), created=SOON)
    withdrawn = room.disputes.withdraw(told.id)
    book_dispute(SETTLER, counter.desk, dispute=withdrawn)
    room.balance.moved = [a_movement(minor=16500), of_dispute(withdrawn)]
    compare(counter.till)
    rows = exported(counter.till)[2:]
    assert [(row["invoice"], row["amount applied"], row["fee"]) for row in rows] == [
        ("INV-1042", "-125.00", "15.00"),
        ("INV-1043", "-40.00", ""),
    ]
    won = room.disputes.close(told.id, "won")
    book_dispute(SETTLER, counter.desk, dispute=won)
    room.balance.moved += [of_dispute(won, back=True, created=SOON + timedelta(seconds=1))]
    room.clock.advance(days=1)
    compare(counter.till)
    rows = exported(counter.till)[2:]
    assert [(row["amount applied"], row["fee"]) for row in rows] == [
        ("-165.00", "15.00"),
        ("165.00", "0.00"),
    ]


def test_a_cheque_that_bounced_is_taken_off_where_it_lay(till: Till) -> None:
    payment_id = take(till.desk, amount="100.00").payment_id
    reverse.reverse(CARL, till.desk, payment_id=payment_id, reason="Bounced")
    rows = exported(till)
    assert [(row["invoice"], row["amount applied"]) for row in rows] == [
        ("INV-1042", "100.00"),
        ("INV-1042", "-100.00"),
    ]


def test_rows_come_to_what_the_ledger_says(counter: Counter, room: Room) -> None:
    """The sums of a payment's positive rows, and of all its rows for each invoice."""
    book_refund(SETTLER, counter.desk, refund=counter.stripe.add("pi_1", Money(2500, "USD")))
    told = room.disputes.open("pi_1", Money(14000, "USD"))
    book_dispute(SETTLER, counter.desk, dispute=room.disputes.withdraw(told.id))
    take(counter.desk, amount="30.00")
    for payment in counter.till.payments():
        rows = [row for row in exported(counter.till) if row["payment"] == payment.id]
        came = sum(minor(row) for row in rows if minor(row) > 0)
        assert came == payment.amount
        lies = defaultdict[str, int](int)
        for row in rows:
            lies[row["invoice"]] += minor(row)
        kept = {number: amount for number, amount in lies.items() if amount}
        assert kept == expected(counter.till, payment)


def minor(row: Row) -> int:
    return Money.parse(row["amount applied"], row["currency"]).minor


def expected(till: Till, payment: Payment) -> dict[str, int]:
    with till.desk.database.reading() as session:
        laid = {p.invoice_number: p.amount for p in payments.allocations(session, payment.id)}
    return laid | ({"": payment.unapplied} if payment.unapplied else {})


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [("JPY", 1250, "1250"), ("KWD", 1250, "1.250"), ("EUR", 5, "0.05")],
)
def test_amounts_have_the_decimals_of_their_currency(
    till: Till, currency: str, amount: int, shown: str
) -> None:
    money = Money(amount, currency)
    till.tell_alone(GatewayPayment("pi_9", "succeeded", money, method="card", created=NOW))
    [row] = exported(till)
    assert (row["amount applied"], row["currency"]) == (shown, currency)


def test_a_fee_in_another_currency_names_it(till: Till) -> None:
    money = Money(1000, "EUR")
    till.tell_alone(GatewayPayment("pi_9", "succeeded", money, method="card", created=NOW))
    with till.desk.database.writing() as session:
        row = BalanceMovement(
            id="txn_1",
            kind="payment",
            payment_id="pi_9",
            currency="USD",
            fee=61,
            net=1039,
            made_at=NOW,
        )
        balance.keep(session, [row])
    [shown] = exported(till)
    assert (shown["currency"], shown["fee"]) == ("EUR", "USD 0.61")


def test_since_leaves_out_earlier_days_and_keeps_what_went_back_later(
    counter: Counter, room: Room
) -> None:
    told = counter.stripe.add("pi_1", Money(500, "USD"), created=NOW + timedelta(days=3))
    book_refund(SETTLER, counter.desk, refund=told)
    assert short(exported(counter.till, since=date(2026, 3, 11))) == [("INV-1043", "-5.00", "re_1")]
    assert exported(counter.till, since=date(2026, 3, 14)) == []


def test_days_are_the_companys(counter: Counter) -> None:
    told = counter.stripe.add("pi_1", Money(500, "USD"), created=NOW.replace(hour=2))
    book_refund(SETTLER, counter.desk, refund=told)
    rows = exported(counter.till, zone=ZoneInfo("America/Los_Angeles"))
    assert rows[-1]["date"] == "2026-03-09"


def test_a_text_is_never_a_formula_and_an_amount_stays_one(counter: Counter) -> None:
    take(counter.desk, amount="10.00", reference="=HYPERLINK(1)")
    book_refund(SETTLER, counter.desk, refund=counter.stripe.add("pi_1", Money(500, "USD")))
    rows = exported(counter.till)
    assert "'=HYPERLINK(1)" in {row["reference"] for row in rows}
    assert "-5.00" in {row["amount applied"] for row in rows}


def test_the_order_is_the_same_every_time(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-1044", total=700)
    for number in range(12):
        day = NOW - timedelta(days=number % 4)
        name = f"pi_{(number * 7) % 12:02}"
        money = Money(100, "USD")
        till.tell_alone(GatewayPayment(name, "succeeded", money, method="card", created=day))
    rows = exported(till)
    assert rows == exported(till)
    keys = [(row["date"], row["payment"]) for row in rows]
    assert keys == sorted(keys)
    assert len(keys) == 12


def test_more_than_one_batch_is_told_whole(till: Till) -> None:
    with till.desk.database.writing() as session:
        rows = [replaced(number) for number in range(1203)]
        payments.add_allocated(session, [(row, []) for row in rows])
    assert len(exported(till)) == 1203


def replaced(number: int) -> dict[str, object]:
    return {
        "id": f"pi_{number:05}",
        "customer_id": "C1",
        "currency": "USD",
        "amount": 100,
        "status": "succeeded",
        "source": "import",
        "method": "card",
        "received_on": NOW.date(),
        "recorded_at": NOW,
    }
