import pytest

from commands.errors import Changed, InvalidInput, NotFound, NotPermitted, Refused
from commands.send_invoice.service import SendInvoice, send_invoice
from commands.take_payment.page import pay_page
from commands.void_invoice import service
from commands.void_invoice.effect import Effect, Ending
from commands.void_invoice.service import EndInvoice
from renderers.page_values import PayPage
from storage import invoices, payments
from tests.builders import CARL, MARA, SALLY, add_invoice
from tests.commands.deliver.posting import drain
from tests.conftest import Room
from tests.paying import Till
from tests.taking import take


def end(till: Till, ending: Ending = "void", number: str = "INV-1042") -> Effect:
    effect = service.review(CARL, till.desk, number=number, ending=ending, reason="Wrong shop")
    order = EndInvoice(number, ending, "Wrong shop", effect.seen)
    return service.end_invoice(CARL, till.desk, order=order)


def page(till: Till, token: str) -> PayPage:
    shown = pay_page(till.desk, token=token)
    assert isinstance(shown, PayPage)
    return shown


def test_what_lies_on_a_void_invoice_becomes_credit(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "CR-1", total=-2000)
    done = take(till.desk, amount="100")
    effect = end(till)
    assert [(one.source, one.amount.minor) for one in effect.lying] == [(done.payment_id, 10000)]
    assert till.invoice().status == "void"
    assert till.payment(done.payment_id).unapplied == 10000
    [notice] = till.notices()
    assert "INV-1042 of Blue Iris Florist was voided by Carl Cashier: Wrong shop." in notice
    assert "USD 100.00" in notice


def test_written_off_is_only_the_rest(till: Till) -> None:
    done = take(till.desk, amount="100")
    end(till, "written_off")
    assert (till.invoice().status, till.balance()) == ("written_off", 0)
    assert till.payment(done.payment_id).allocated == 10000
    assert "written off (USD 25.00)" in till.notices()[0]


def test_a_checkout_that_was_begun_ends_and_the_page_is_friendly(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token)
    assert end(till).checkouts == 1
    assert till.statuses() == ["superseded"]
    shown = page(till, token)
    assert shown.state == "nothing_due"
    assert "INV-1042 was cancelled" in shown.notice
    assert "Bloom Wholesale" in shown.notice


def test_a_bank_debit_in_flight_becomes_credit_when_it_comes(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token, method="us_bank_account")
    till.pay(status="processing", method="us_bank_account")
    effect = end(till)
    assert (effect.pending.minor, effect.expected_by is not None) == (12500, True)
    assert page(till, token).state == "processing"
    till.pay(method="us_bank_account")
    assert till.payment().unapplied == 12500
    assert "INV-1042" in till.notices()[0]


def test_a_mail_that_waits_does_not_leave_and_its_card_says_so(till: Till, room: Room) -> None:
    order = SendInvoice("d", "INV-1042", ("ap@iris.test",), with_link=True)
    send_invoice(SALLY, till.desk, order=order)
    assert end(till).waiting_mails == 1
    room.clock.advance(minutes=5)
    drain(room)
    assert room.mailer.sent == []
    said = [*room.announcer.posts, *(post for _, post in room.announcer.updates)]
    assert "Not sent: the invoice was voided" in str(said[-1].blocks) + str(said[0].blocks)


def test_the_card_of_a_mail_that_left_says_that_it_is_void(till: Till, room: Room) -> None:
    order = SendInvoice("d", "INV-1042", ("ap@iris.test",), with_link=True)
    send_invoice(SALLY, till.desk, order=order)
    room.clock.advance(minutes=5)
    drain(room)
    end(till)
    drain(room)
    assert "Void: nothing is to be paid" in str(room.announcer.updates[-1][1].blocks)


def test_what_moved_since_the_review_is_shown_again(till: Till) -> None:
    effect = service.look(CARL, till.desk, number="INV-1042")
    take(till.desk, amount="1")
    with pytest.raises(Changed):
        service.end_invoice(CARL, till.desk, order=EndInvoice("INV-1042", "void", "x", effect.seen))
    assert till.invoice().status == "partly_paid"


def test_void_is_the_end_and_written_off_can_still_be_voided(till: Till) -> None:
    end(till, "written_off")
    with pytest.raises(InvalidInput, match="nothing to write off"):
        end(till, "written_off")
    end(till)
    with pytest.raises(Refused, match="higher version"):
        end(till)


def test_a_paid_invoice_or_a_credit_memo_has_nothing_to_write_off(till: Till) -> None:
    take(till.desk)
    with till.desk.database.writing() as session:
        add_invoice(session, "CR-1", total=-2000)
    for number in ("INV-1042", "CR-1"):
        with pytest.raises(InvalidInput):
            end(till, "written_off", number)
    end(till, number="CR-1")
    assert till.invoice("CR-1").status == "void"


def test_it_needs_a_reason_the_role_and_an_invoice(till: Till) -> None:
    with pytest.raises(InvalidInput):
        service.review(CARL, till.desk, number="INV-1042", ending="void", reason=" ")
    for actor in (SALLY, MARA):
        with pytest.raises(NotPermitted):
            service.look(actor, till.desk, number="INV-1042")
    with pytest.raises(NotFound):
        service.look(CARL, till.desk, number="INV-404")


def test_what_a_void_credit_memo_took_off_is_owed_again(till: Till) -> None:
    with till.desk.database.writing() as session:
        memo = add_invoice(session, "CR-1", total=-2000)
        invoice = invoices.find(session, "INV-1042")
        assert invoice is not None
        payments.apply_credit(session, memo, invoice, 2000)
    assert till.balance() == 10500
    end(till, number="CR-1")
    assert till.balance() == 12500
    [notice] = till.notices()
    assert "What it was put on is owed again: USD 20.00 of INV-1042." in notice
    assert "is credit again" not in notice


def test_what_was_written_off_is_told_as_amounts_are_written_elsewhere(till: Till) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-2001", total=123456)
    end(till, "written_off", "INV-2001")
    assert "written off (USD 1,234.56)" in till.notices()[0]
