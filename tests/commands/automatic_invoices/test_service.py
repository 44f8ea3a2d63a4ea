"""Which imported invoices are mailed by themselves, how, and that it happens once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from commands.access import AUTOMATIC, IMPORTER
from commands.automatic_invoices.service import send_next
from commands.errors import NotPermitted
from commands.import_files.service import import_files
from commands.ports import AccountState
from storage import payment_links
from storage.audit import AuditEntry
from tests.automatic import CUSTOMERS, HEADER, LINK, ONE, Office
from tests.builders import SALLY
from tests.commands.deliver.posting import body, drain, pdf


def test_a_recent_invoice_is_mailed_with_its_pdf_and_a_link(office: Office) -> None:
    office.bring(ONE)
    office.work()
    (mail,) = office.received()
    assert mail["To"] == "ap@iris.test, owner@iris.test"
    assert str(mail["Subject"]).startswith("Invoice INV-7 from Bloom Wholesale – USD 125.00 due ")
    assert LINK in body(mail, "plain")
    assert LINK.encode() in pdf(mail)
    assert office.rows() == {("INV-7", 1): ("queued", "")}
    assert office.mails()[0].key == "auto-invoice:INV-7:v1"


def test_it_leaves_at_once_and_without_a_card(office: Office) -> None:
    office.policy(send_hold_seconds=3600)
    office.bring(ONE)
    office.decide()
    assert drain(office.room) == 1
    assert len(office.received()) == 1


def test_answers_go_to_the_sales_representative(office: Office) -> None:
    rep = "customer_id,name,sales_rep\nC1,Blue Iris Florist,sally@bloom.test\n"
    office.bring(ONE, customers=rep)
    office.work()
    assert "sally@bloom.test" in office.received()[0]["Reply-To"]


@pytest.mark.parametrize(
    ("day", "mailed"),
    [("2026-03-07", True), ("2026-03-06", False), ("2026-03-10", True), ("2026-03-11", False)],
)
def test_only_what_was_issued_lately_is_mailed(office: Office, day: str, mailed: bool) -> None:
    office.bring(f"INV-7,C1,{day},1,125.00")
    office.work()
    assert len(office.received()) == mailed


def test_today_is_the_company_s(office: Office) -> None:
    office.policy(timezone=ZoneInfo("Pacific/Kiritimati"))  # it is 11 March there
    office.bring("INV-7,C1,2026-03-11,1,125.00", "INV-8,C1,2026-03-07,1,125.00")
    office.work()
    assert list(office.rows()) == [("INV-7", 1)]


@pytest.mark.parametrize(
    ("rows", "customers", "reason"),
    [
        ("CM-1,C1,2026-03-10,1,-20.00", CUSTOMERS, "credit memo: sent by hand"),
        ("INV-7,C1,2026-03-10,1,0", CUSTOMERS, "nothing to pay"),
        (
            ONE,
            "customer_id,name,auto_invoice\nC1,Blue Iris Florist,false\n",
            "switched off for the customer",
        ),
        ("INV-7,C1,2026-01-10,1,125.00", CUSTOMERS, "issued more than 3 days ago"),
        ("INV-7,C1,2026-03-12,1,125.00", CUSTOMERS, "dated after today"),
    ],
)
def test_the_import_says_why_an_invoice_does_not_go(
    office: Office, rows: str, customers: str, reason: str
) -> None:
    report = office.bring(rows, customers=customers)
    assert f"automatic invoices: 0 to be mailed; not by themselves: 1 ({reason})" in list(
        report.sentences()
    )
    office.work()
    assert office.mails() == []
    assert office.said() == []


def test_a_void_invoice_does_not_go(office: Office) -> None:
    header = "invoice_number,customer_id,issue_date,total,status\n"
    office.inbox.bring(invoices=header + "INV-7,C1,2026-03-10,125.00,void\n")
    office.work()
    assert office.mails() == []


def test_what_is_present_when_the_mode_goes_live_never_goes(office: Office) -> None:
    office.policy(mail_mode="hold")
    report = office.bring(ONE)
    assert "1 (MAIL_MODE is hold)" in "\n".join(report.sentences())
    office.policy(mail_mode="live")
    assert not office.bring(ONE).automatic.waiting
    office.work()
    assert office.mails() == []


def test_nothing_of_a_trial_reaches_a_customer(office: Office) -> None:
    office.policy(mail_mode="redirect", mail_copy_to="us@bloom.test")
    office.bring(ONE)
    office.decide()
    office.bring("INV-8,C1,2026-03-10,1,10.00")  # queued, and waiting
    office.policy(mail_mode="live")
    office.work()
    assert office.received() == []
    (mail,) = office.mails()
    assert (mail.status, mail.error) == (
        "cancelled",
        "MAIL_MODE was redirect when it was queued and is live now",
    )
    assert "MAIL_MODE was redirect at the import" in office.rows()["INV-8", 1][1]
    assert [said.count("1 could not be mailed") for said in office.said()] == [2, 2]


def test_importing_again_mails_nobody_again(office: Office) -> None:
    for _ in range(3):
        office.bring(ONE)
        office.work()
    assert len(office.received()) == 1
    assert len(office.said()) == 1


def test_two_imports_at_once_are_one_mail(office: Office) -> None:
    path = office.inbox.write("invoices", HEADER + ONE + "\n")
    at_once(2, lambda: import_files(IMPORTER, office.room.desk, paths=[path]))
    office.work()
    assert len(office.received()) == 1


def test_several_drains_at_once_are_one_mail_each(office: Office) -> None:
    office.bring(*(f"INV-{n},C{n % 2 + 1},2026-03-10,1,{n}.00" for n in range(1, 21)))
    at_once(4, office.decide)
    assert len(office.mails()) == 20
    assert set(office.rows().values()) == {("queued", "")}


def at_once(number: int, act: Callable[[], object]) -> None:
    errors: list[Exception] = []
    start = threading.Barrier(number)

    def run() -> None:
        start.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001 -- told below
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


# -- gaps ---------------------------------------------------------------------------------------


def test_a_disabled_customer_gets_the_invoice_without_a_link(office: Office) -> None:
    off = "customer_id,name,payment_links_enabled\nC1,Blue Iris Florist,false\n"
    office.bring(ONE, customers=off)
    office.work()
    (mail,) = office.received()
    assert LINK not in body(mail, "plain")
    assert LINK.encode() not in pdf(mail)
    with office.database.reading() as session:
        keys = office.room.desk.keyring.ids
        assert payment_links.active_for(session, "invoice", "INV-7", keys) is None
    (said,) = office.said()
    assert "1 mailed, 1 without a link" in said
    assert "INV-7: Payment links are disabled for Blue Iris Florist." in said


def test_without_an_account_it_goes_without_a_link(office: Office) -> None:
    office.room.account.answer = AccountState("not_connected")
    office.bring(ONE)
    office.work()
    assert LINK not in body(office.received()[0], "plain")
    assert "No payments account is connected." in office.said()[0]


def test_a_customer_without_an_address_is_reported(office: Office) -> None:
    office.bring("INV-7,C9,2026-03-10,1,5.00", customers="customer_id,name\nC9,Nobody's\n")
    office.work()
    (said,) = office.said()
    assert "0 mailed, 1 could not be mailed" in said
    assert "INV-7: no address on file" in said


def test_refused_addresses_are_left_out(office: Office) -> None:
    office.refuse("ap@iris.test", "red@poppy.test")
    office.bring(ONE, "INV-8,C2,2026-03-10,1,5.00")
    office.work()
    assert [envelope.recipients for envelope in office.room.mailer.sent] == [("owner@iris.test",)]
    assert "INV-8: its mail server refused every address on file" in office.said()[0]


def test_what_was_void_or_paid_meanwhile_is_not_mailed(office: Office) -> None:
    office.bring(ONE, "INV-8,C2,2026-03-10,1,5.00", "INV-9,C2,2026-03-10,1,5.00")
    header = "invoice_number,customer_id,issue_date,status\n"
    paid = "payment_id,customer_id,date,amount,invoice_number\nP1,C2,2026-03-10,5,INV-8\n"
    office.inbox.bring(invoices=header + "INV-7,C1,2026-03-10,void\n", payments=paid)
    office.inbox.bring(customers="customer_id,name,auto_invoice\nC2,Red Poppy,false\n")
    office.work()
    assert [reason for _, reason in office.rows().values()] == [
        "it is void by now",
        "nothing is left to pay",
        "automatic invoices are switched off for Red Poppy",
    ]


def test_a_row_that_breaks_does_not_stop_the_others(office: Office) -> None:
    office.bring(ONE, "INV-8,C2,2026-03-10,1,5.00")
    keyless = replace(office.room.desk.keyring, keys=())
    desk = office.room.desk
    office.room.desk = replace(desk, keyring=keyless)
    send_next(AUTOMATIC, office.room.desk)
    office.room.desk = desk
    office.work()
    assert office.rows()["INV-7", 1][1].startswith("something went wrong on our side, reference R-")
    assert office.rows()["INV-8", 1] == ("queued", "")


def test_each_decision_is_in_the_audit(office: Office) -> None:
    office.refuse("red@poppy.test")
    office.bring(ONE, "INV-8,C2,2026-03-10,1,5.00")
    office.decide()
    with office.database.reading() as session:
        rows = session.exec(select(AuditEntry).where(AuditEntry.actor == AUTOMATIC.id)).all()
    told = {(row.object, row.action, row.outcome) for row in rows}
    assert ("INV-7", "send_invoice", "ok") in told
    assert ("INV-8", "send_automatic_invoice", "refused") in told


def test_staff_do_not_send_automatic_invoices(office: Office) -> None:
    with pytest.raises(NotPermitted):
        send_next(SALLY, office.room.desk)  # type: ignore[arg-type]  # a person's hand on it
