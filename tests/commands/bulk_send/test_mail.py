"""What a customer gets: one mail, their own invoices, one button, a total equal to the link's."""

import re
from dataclasses import replace

import pytest

from commands.take_payment import due
from commands.void_invoice import service as void_invoice
from commands.void_invoice.service import EndInvoice
from storage import payment_links
from storage.customers import Customer
from storage.invoices import Invoice
from tests.builders import ANNA, CARL, MARA, add_invoice
from tests.bulk_sending import Sends, addresses, pdfs, text_of
from tests.fakes import PlainPdfs


class LargePdfs(PlainPdfs):
    """Each document as large as a third of what fits into a mail."""

    def render(self, html: str, *, title: str) -> bytes:
        small = super().render(html, title=title)
        return small if "Open invoices" in title else small.ljust(6_000_000)


@pytest.fixture
def sent(sends: Sends) -> Sends:
    sends.request(MARA, 1, 2, 3, message="Kind regards")
    sends.send()
    return sends


def test_each_customer_gets_one_mail(sent: Sends) -> None:
    to = [f"ap{n}@florist{n}.test" for n in (1, 2, 3)]
    assert addresses(sent.letters()) == to
    assert sent.batch().status == "done"


def test_nothing_of_another_customer_is_in_it(sends: Sends) -> None:
    sends.request(MARA, 1, 2, 3, attach_pdfs=True)
    sends.send()
    for n, letter in enumerate(sends.letters(), 1):
        all_of_it = letter.as_string() + text_of(letter) + text_of(letter, "html")
        all_of_it += "".join(pdf.decode() for pdf in pdfs(letter))
        for other in {1, 2, 3} - {n}:
            for word in (f"Florist {other}", f"florist{other}", f"INV-{other}0", f"C{other}<"):
                assert word not in all_of_it


def test_its_table_says_what_is_open_and_its_total_is_the_links(sent: Sends) -> None:
    letter, link = sent.letters()[0], sent.links()[0]
    html, text = text_of(letter, "html"), text_of(letter)
    for word in ("INV-10", "INV-11", "7781", "10 Feb 2026", "14 Mar 2026", "Kind regards"):
        assert word in html
        assert word in text
    assert 'scope="col"' in html
    assert html.count('<td class="button"') == 1
    with sent.desk.database.reading() as session:
        found = payment_links.find(session, link.id)
        assert found is not None
        asked = due.due(due.items(session, found), "USD")
    assert (str(asked), "Total to pay: USD 150.00" in text) == ("USD 150.00", True)


def test_the_text_has_the_same_rows(sends: Sends) -> None:
    sends.change(Invoice, "INV-10", allocated=2500)
    sends.room.clock.advance(days=10)
    sends.request(MARA, 1)
    sends.send()
    text = text_of(sends.letters()[0]).replace("\r", "")
    row = text.partition("INV-10")[2].partition("INV-11")[0]
    told = dict(re.findall(r"^\s+([\w ]+): (.+)$", row, re.MULTILINE))
    assert told == {
        "Your PO": "7781",
        "Date": "10 Feb 2026",
        "Due": "14 Mar 2026",
        "Days late": "6",
        "Original": "100.00",
        "Paid and credits": "25.00",
        "Balance": "75.00",
    }


def test_what_is_paid_while_it_is_held_is_not_asked_for(sends: Sends) -> None:
    sends.request(MARA, 1, 2)
    sends.work()
    sends.change(Invoice, "INV-10", allocated=10000)
    sends.change(Invoice, "INV-20", allocated=10000)
    sends.change(Invoice, "INV-21", allocated=5000)
    sends.send()
    [letter] = sends.letters()
    assert "INV-10" not in text_of(letter)
    assert "Total to pay: USD 50.00" in text_of(letter)
    assert [mail.status for mail in sends.mails()] == ["sent", "cancelled"]
    assert "paid by now" in sends.posts()[-1]


def test_what_is_voided_while_it_is_held_is_not_asked_for(sends: Sends) -> None:
    sends.request(MARA, 1, 2, attach_pdfs=True)
    sends.work()
    for number in ("INV-10", "INV-20", "INV-21"):
        seen = void_invoice.look(CARL, sends.desk, number=number).seen
        order = EndInvoice(number, "void", "Sent twice", seen)
        void_invoice.end_invoice(CARL, sends.desk, order=order)
    sends.send()
    [letter] = sends.letters()
    assert "INV-10" not in text_of(letter) + "".join(map(bytes.decode, pdfs(letter)))
    assert "Total to pay: USD 50.00" in text_of(letter)
    assert [mail.status for mail in sends.mails()] == ["sent", "cancelled"]


def test_a_customer_who_is_disabled_meanwhile_gets_nothing_and_is_named(sends: Sends) -> None:
    sends.request(MARA, 1, 2)
    sends.work()
    sends.change(Customer, "C2", payment_links_enabled=False)
    sends.send()
    assert addresses(sends.letters()) == ["ap1@florist1.test"]
    assert "Payment links are disabled for Florist 2" in sends.posts()[-1]


def test_what_asks_for_more_than_was_agreed_does_not_leave(sends: Sends) -> None:
    sends.change(Invoice, "INV-10", allocated=5000)
    sends.request(MARA, 1, 2)
    sends.work()
    sends.change(Invoice, "INV-10", allocated=0)
    sends.send()
    assert addresses(sends.letters()) == ["ap2@florist2.test"]
    assert "agreed" in sends.posts()[-1]


def test_a_retry_asks_for_what_is_due_by_then(sends: Sends) -> None:
    sends.room.mailer.answers = {"ap1@florist1.test": (451, "later")}
    sends.request(MARA, 1)
    sends.send()
    sends.change(Invoice, "INV-10", allocated=10000)
    sends.room.mailer.answers = {}
    sends.room.clock.advance(minutes=5)
    sends.work()
    [letter] = sends.letters()
    assert "Total to pay: USD 50.00" in text_of(letter)


def test_one_that_is_refused_stops_none_of_the_others(sends: Sends) -> None:
    sends.room.mailer.answers = {"ap2@florist2.test": (550, "no such box")}
    sends.request(MARA, 1, 2, 3)
    sends.send()
    assert addresses(sends.letters()) == ["ap1@florist1.test", "ap3@florist3.test"]
    assert sends.batch().status == "partial"


def test_two_currencies_of_one_customer_are_two_mails(sends: Sends) -> None:
    with sends.desk.database.writing() as session:
        add_invoice(session, "INV-19", customer_id="C1", currency="EUR", total=700)
    mails = (sends.mail(1), sends.mail(1, currency="EUR", invoice_numbers=("INV-19",)))
    sends.request(MARA, mails=mails)
    sends.approve(ANNA)
    sends.send()
    totals = [re.findall(r"Total to pay: (\S+ \S+)", text_of(each)) for each in sends.letters()]
    assert totals == [["USD 150.00"], ["EUR 7.00"]]
    assert sends.approval().totals == {"EUR": 700, "USD": 15000}


def test_each_pdf_has_the_button_of_its_own_invoice(sends: Sends) -> None:
    sends.request(MARA, 1, attach_pdfs=True)
    sends.send()
    [letter] = sends.letters()
    own = [re.findall(r"/pay/[\w-]{43}", pdf.decode())[0] for pdf in pdfs(letter)]
    [button] = set(re.findall(r"/pay/[\w-]{43}", text_of(letter)))
    assert len({*own, button}) == 3
    assert [link.subject for link in sends.links("invoice")] == ["INV-10", "INV-11"]


def test_too_large_pdfs_become_one_list(sends: Sends) -> None:
    sends.desk = replace(sends.desk, pdfs=LargePdfs())
    sends.request(MARA, 1, attach_pdfs=True)
    sends.send()
    [letter] = sends.letters()
    [pdf] = pdfs(letter)
    assert b"INV-10" in pdf
    assert b"INV-11" in pdf
    assert "This list is attached" in text_of(letter)
