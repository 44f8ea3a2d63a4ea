"""Money told by the gateway, once and in any order."""

from dataclasses import replace

import pytest

from commands import outbox
from commands.errors import NotPermitted, Refused
from commands.payment_link import service as payment_link
from commands.take_payment import settle
from commands.take_payment.booking import add_business_days
from storage import payment_links
from storage.money import Money
from tests.builders import NOW, SALLY
from tests.paying import Till


def mail_the_link(till: Till, token: str, *recipients: str) -> None:
    """The invoice's mail with that link, sent, with its card."""
    with till.desk.database.writing() as session:
        mail = outbox.InvoiceMail(
            id="draft-1",
            invoice_number="INV-1042",
            customer_id="C1",
            link_id=till.bearer(token).link_id,
            recipients=list(recipients),
            sender=SALLY.id,
            copy_to_sender=SALLY.email,
        )
        row, _ = outbox.queue_invoice_mail(
            session, mail, now=NOW, not_before=NOW, domain="bloom.test"
        )
        row.status = "sent"
        session.add(row)
        outbox.queue_card(session, row, channel=SALLY.id, purpose="card", now=NOW)


def test_a_card_payment_settles_the_invoice(till: Till) -> None:
    till.click(till.link("INV-1042"), reference="our ref 7")
    till.pay()
    assert (till.invoice().status, till.statuses()) == ("paid", ["paid"])
    payment = till.payment()
    assert (payment.amount, payment.allocated, payment.reference) == (12500, 12500, "our ref 7")
    assert (payment.status, payment.method_detail) == ("succeeded", "Visa ending in 4242")


def test_told_fifty_times_it_is_one_payment_and_one_confirmation(till: Till) -> None:
    till.click(till.link("INV-1042"))
    done = till.gateway.complete("cs_test_1")
    for _ in range(50):
        till.settle(done)
    assert len(till.payments()) == 1
    assert len(till.deliveries("confirmation")) == len(till.deliveries("receipt")) == 1


def test_the_receipt_goes_to_the_mails_recipients_and_the_payer_once_each(till: Till) -> None:
    token = till.link("INV-1042")
    mail_the_link(till, token, "ap@iris.test", "owner@iris.test")
    till.click(token)
    till.pay(payer_email="AP@iris.test")
    assert till.receipt_addresses() == ["ap@iris.test", "owner@iris.test"]


def test_the_receipt_goes_to_the_addresses_on_file_when_no_mail_carried_the_link(
    till: Till,
) -> None:
    till.click(till.link("INV-1042"))
    till.pay()
    assert till.receipt_addresses() == ["ap@iris.test", "payer@iris.test"]


def test_the_card_is_edited_and_its_thread_is_told(till: Till) -> None:
    token = till.link("INV-1042")
    mail_the_link(till, token, "ap@iris.test")
    till.click(token)
    till.pay()
    (note,) = till.deliveries("thread_note")
    assert note.payload == {"payment": "pi_1", "event": "paid"}
    assert len(till.deliveries("card_edit")) == 1


def test_a_bank_debit_is_under_way_until_it_settles(till: Till) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    till.pay(status="processing")
    assert (till.balance(), till.payment().status) == (12500, "processing")
    assert till.payment().expected_by == add_business_days(NOW.date())
    till.pay()
    assert (till.balance(), till.payment().status) == (0, "succeeded")
    events = [row.payload["event"] for row in till.deliveries("confirmation")]
    assert events == ["processing", "paid"]


def test_a_bank_debit_that_comes_back_frees_the_invoice(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token, method="us_bank_account")
    till.pay(status="processing")
    till.pay(status="failed", failure="Insufficient funds (R01).")
    assert (till.balance(), till.payment().status) == (12500, "failed")
    assert till.statuses() == ["failed"]
    assert till.deliveries("receipt") == []
    assert till.click(token) == "https://checkout.test/2"
    till.pay(2)
    assert till.balance() == 0


def test_a_word_that_comes_late_takes_nothing_back(till: Till) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    till.pay()
    before = till.dump()
    for status in ("processing", "failed", "canceled"):
        till.pay(status=status)
    till.settle(replace(till.gateway.sessions["cs_test_1"], status="expired", payment=None))
    assert till.dump() == before


@pytest.mark.parametrize("first", ["failed", "expired"])
def test_money_that_arrives_after_all_counts(till: Till, first: str) -> None:
    till.click(till.link("INV-1042"))
    if first == "expired":
        till.settle(till.gateway.expire("cs_test_1"))
    else:
        till.pay(status="failed")
    till.pay()
    assert (till.balance(), till.statuses()) == (0, ["paid"])


def test_a_declined_card_on_an_open_page_is_no_end(till: Till) -> None:
    till.click(till.link("INV-1042"))
    told = till.gateway.complete("cs_test_1", status="requires_payment")
    till.settle(replace(told, status="open"))
    assert (till.statuses(), till.payments()) == (["open"], [])


def test_a_bank_that_asks_the_payer_for_more_keeps_the_payment_under_way(till: Till) -> None:
    till.click(till.link("INV-1042"), method="us_bank_account")
    till.pay(status="requires_payment")
    assert till.statuses() == ["processing"]


def test_money_that_arrives_twice_becomes_unapplied_credit_and_a_notice(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.click(till.link("INV-1042", "INV-1043", kind="bulk", subject="B1"))
    till.pay(1)
    till.pay(2)
    assert (till.balance("INV-1042"), till.balance("INV-1043")) == (0, 0)
    assert till.payment("pi_2").unapplied == 12500
    assert "USD 125.00 of it found no open invoice" in till.notices()[0]


def test_paying_one_link_ends_what_was_begun_through_another(till: Till) -> None:
    first = till.link("INV-1042")
    till.click(first)
    session_1 = till.gateway.sessions["cs_test_1"]
    till.click(till.link("INV-1042", kind="bulk", subject="B1"))
    till.gateway.sessions["cs_test_1"] = session_1  # its expiry was lost on the way
    till.pay(1)
    assert till.statuses() == ["paid", "superseded"]
    assert [attempt.expire_session for attempt in till.attempts()] == [False, True]


@pytest.mark.parametrize("arrived", [Money(12499, "USD"), Money(12500, "EUR")])
def test_an_amount_that_was_not_agreed_marks_nothing_paid(till: Till, arrived: Money) -> None:
    till.click(till.link("INV-1042"))
    till.pay(amount=arrived)
    assert (till.balance(), till.payment().allocated) == (12500, 0)
    assert f"paid {arrived} (pi_1), but USD 125.00 was agreed" in till.notices()[0]


def test_money_without_an_attempt_is_kept_for_a_person(till: Till) -> None:
    till.click(till.link("INV-1042"))
    done = till.gateway.complete("cs_test_1")
    assert till.settle(replace(done, attempt_id="not-ours")) == "unmatched"
    assert (till.payment().customer_id, till.payment().unapplied) == (None, 12500)
    assert "no payment that we started explains it" in till.notices()[0]


def test_money_is_laid_on_the_invoice_once_it_is_explained(till: Till) -> None:
    till.click(till.link("INV-1042"))
    done = till.gateway.complete("cs_test_1")
    till.settle(replace(done, attempt_id=""))
    till.settle(done)
    till.settle(done)
    assert (till.balance(), till.payment().customer_id) == (0, "C1")
    assert len(till.deliveries("confirmation")) == 1


def test_another_session_with_our_attempts_id_is_not_laid_on_invoices(till: Till) -> None:
    till.click(till.link("INV-1042"))
    done = till.gateway.complete("cs_test_1")
    assert till.settle(replace(done, id="cs_test_forged")) == "unmatched"
    assert (till.payment().customer_id, till.balance()) == ("C1", 12500)


def test_a_session_of_the_other_mode_is_refused(till: Till) -> None:
    till.click(till.link("INV-1042"))
    with pytest.raises(Refused, match="other mode"):
        till.settle(replace(till.gateway.complete("cs_test_1"), livemode=True))
    assert till.payments() == []


def test_a_session_whose_name_was_lost_is_recognised(till: Till) -> None:
    token = till.link("INV-1042")
    till.gateway.forget_answers = 1
    with pytest.raises(Exception, match="lost"):
        till.click(token)
    till.pay()
    assert (till.balance(), till.attempts()[0].session_id) == (0, "cs_test_1")


def test_staff_cannot_settle(till: Till) -> None:
    till.click(till.link("INV-1042"))
    with pytest.raises(NotPermitted):
        settle.settle_session(SALLY, till.desk, session=till.gateway.complete("cs_test_1"))


def test_money_for_an_invoice_that_was_voided_meanwhile_is_credit(till: Till) -> None:
    till.click(till.link("INV-1042"))
    with till.desk.database.writing() as session:
        invoice = till.invoice()
        invoice.lifecycle = "void"
        session.add(invoice)
    till.pay()
    assert till.payment().unapplied == 12500


def test_business_days_leave_out_the_weekend() -> None:
    friday = NOW.date().replace(day=13)
    assert add_business_days(friday, 1).day == 16
    assert add_business_days(friday, 4).day == 19


def test_a_link_is_paid_when_nothing_of_it_is_open(till: Till) -> None:
    token = till.link("INV-1042", "INV-1043", kind="bulk", subject="B1")
    till.click(token, invoice_numbers=("INV-1042",))
    till.pay()
    assert link_status(till, token) == "active"
    till.click(token)
    till.pay(2)
    assert link_status(till, token) == "paid"


def link_status(till: Till, token: str) -> str:
    with till.desk.database.reading() as session:
        link = payment_link.find_by_token(session, token)
        assert link is not None
        return payment_link.status(link, payment_links.invoices_of(session, link.id))
