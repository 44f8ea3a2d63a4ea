"""What must hold of the money: after every step (I1, I2, I3), and once all is at rest (I5)."""

from collections import Counter, defaultdict

from storage.refunds import COUNTED
from tests.machine.books import Books
from tests.machine.stripe_side import StripeSide


def hold(books: Books) -> None:
    _every_cent_in_one_place(books)
    _what_went_back_is_what_was_told(books)
    _no_invoice_beyond_its_total(books)
    _the_control_total(books)
    _no_cent_asked_for_twice(books)
    _a_second_person_agreed(books)


def hold_at_rest(books: Books, stripe: StripeSide) -> None:
    """I5: the ledger's money is the money at Stripe, payment by payment, and what went back."""
    ours = {row.id: row for row in books.payments.values() if row.source == "gateway"}
    money = {row.id: row.amount for row in ours.values() if row.status == "succeeded"}
    assert money == {told.id: told.amount.minor for told in stripe.captured().values()}
    _the_same_refunds(books, stripe)
    _the_same_disputes(books, stripe)
    for session_id in stripe.open_sessions():
        attempts = [row for row in books.attempts.values() if row.session_id == session_id]
        assert any(row.status == "open" for row in attempts), f"{session_id} can still be paid"


def _the_same_refunds(books: Books, stripe: StripeSide) -> None:
    made = stripe.refunds.made.values()
    there = {told.id: (told.payment_id, told.amount.minor, told.status) for told in made}
    here = {row.id: (row.payment_id, row.amount, row.status) for row in books.refunds.values()}
    assert here == there
    times = Counter(told.order_id for told in made if told.order_id)
    assert all(count == 1 for count in times.values()), f"refunded more than once: {times}"
    for order in books.orders.values():
        assert (order.status == "done") == (order.id in times), f"order {order.id}: {order.status}"
        assert order.status != "queued", order.id


def _the_same_disputes(books: Books, stripe: StripeSide) -> None:
    known = stripe.disputes.known.values()
    there = {told.id: (told.payment_id, told.withdrawn.minor, told.status) for told in known}
    rows = books.disputes.values()
    assert {row.id: (row.payment_id, row.withdrawn, row.status) for row in rows} == there


def _every_cent_in_one_place(books: Books) -> None:
    laid = defaultdict[str, int](int)
    for row in books.laid:
        laid[row.payment_id] += row.amount
        assert (
            books.payments[row.payment_id].currency == books.invoices[row.invoice_number].currency
        )
    for payment in books.payments.values():
        assert payment.allocated == laid[payment.id], payment.id
        assert payment.unapplied >= 0, payment.id
        if payment.status == "succeeded":
            gone = payment.refunded + payment.disputed
            assert payment.allocated + payment.unapplied + gone == payment.amount, payment.id


def _what_went_back_is_what_was_told(books: Books) -> None:
    """Each refund, reversal and withdrawal counts, once, and only against its own payment."""
    given, taken = books.given_back(), books.withdrawn()
    for payment in books.payments.values():
        refunded = min(given.get(payment.id, 0), payment.amount)
        disputed = min(taken.get(payment.id, 0), payment.amount - refunded)
        assert (payment.refunded, payment.disputed) == (refunded, disputed), payment.id
    _lines_within(books)


def _lines_within(books: Books) -> None:
    """No refund or dispute takes more off invoices than its own amount."""
    off = defaultdict[str, int](int)
    for line in books.refund_lines:
        off[line.refund_id] += line.amount
    for each in books.dispute_lines:
        off[each.dispute_id] += each.amount
    for refund in books.refunds.values():
        most = refund.amount if refund.status in COUNTED else 0
        assert off[refund.id] <= most, f"{refund.id} took {off[refund.id]} of {most}"
    for dispute in books.disputes.values():
        assert off[dispute.id] <= dispute.withdrawn, dispute.id


def _no_invoice_beyond_its_total(books: Books) -> None:
    put = _put(books)
    for invoice in books.invoices.values():
        assert invoice.allocated == put[invoice.number], invoice.number
        if invoice.is_credit_memo:
            assert invoice.total <= invoice.allocated <= 0, invoice.number
        else:
            assert 0 <= invoice.allocated <= invoice.total, invoice.number
        settled = invoice.lifecycle == "issued" and invoice.allocated == invoice.total
        assert (invoice.status == "paid") == settled, invoice.number
        assert invoice.lifecycle != "void" or invoice.allocated == 0, invoice.number


def _put(books: Books) -> defaultdict[str, int]:
    """Minor units by invoice, from the rows that say where money and credit lie."""
    put = defaultdict[str, int](int)
    for row in books.laid:
        put[row.invoice_number] += row.amount
    for credit in books.credits:
        put[credit.invoice_number] += credit.amount
        put[credit.credit_number] -= credit.amount
    return put


def _the_control_total(books: Books) -> None:
    """I3: what is open, all together, is what was issued less what was put on it."""
    live = [row for row in books.invoices.values() if row.lifecycle == "issued"]
    put = _put(books)
    owed, laid = sum(row.total for row in live), sum(put[row.number] for row in live)
    assert sum(row.balance.minor for row in live) == owed - laid


def _no_cent_asked_for_twice(books: Books) -> None:
    """What live checkouts ask for, and what is under way, is open on the invoice."""
    asked = defaultdict[str, int](int)
    for line in books.meant:
        if books.attempts[line.attempt_id].status in {"created", "open"}:
            asked[line.invoice_number] += line.amount
    for number, amount in asked.items():
        assert amount <= books.invoices[number].balance.minor, f"{number} is asked for twice"


def _a_second_person_agreed(books: Books) -> None:
    """Nobody approved their own refund, and a cashier's was approved."""
    for order in books.orders.values():
        assert order.approved_by != order.requested_by, order.id
        assert order.approved_by or order.requested_by != "U0CARL", order.id
