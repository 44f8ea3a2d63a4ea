"""One story of money, from import to dispute: the clock stands, and the ids are ours or mapped."""

import json
import re
from pathlib import Path
from typing import Any

from commands.access import DELIVERER, IMPORTER, SETTLER
from commands.apply_credit import service as apply_credit
from commands.apply_credit.effect import CreditForm
from commands.approvals import service as approvals
from commands.deliver.service import deliver_next
from commands.dispute.booking import book_dispute
from commands.export_ledger.service import ledger
from commands.import_files.service import import_files
from commands.record_payment import reverse
from commands.refund import service as refund
from commands.refund.booking import book_refund
from commands.refund.carry_out import carry_out_next
from commands.refund.plan import RefundWish
from commands.send_invoice.service import SendInvoice, send_invoice
from commands.void_invoice import service as void_invoice
from commands.void_invoice.service import EndInvoice
from storage.money import Money
from tests.builders import ANNA, CARL, MARA, SALLY
from tests.conftest import Room
from tests.paying import Till
from tests.taking import take

CUSTOMERS = """customer_id,name,invoice_emails,currency
C1,Blue Iris Florist,ap@iris.test,USD
c-2,Été Fleurs,ap@ete.test;books@ete.test,EUR
C_10,Zinnia,ap@zinnia.test,JPY
"""
INVOICES = """invoice_number,customer_id,issue_date,currency,total,status,applies_to
INV-1,C1,2026-02-10,USD,125.00,,
INV-10,C1,2026-02-11,USD,40.00,,
inv-2,C1,2026-02-12,USD,60.00,,
INV-3,C1,2026-02-13,USD,15.00,,
CM-1,C1,2026-02-20,USD,-20.00,,INV-1
É-1,c-2,2026-02-14,EUR,99.95,,
Z-1,C_10,2026-02-15,JPY,12500,,
"""
PAYMENTS = """payment_id,customer_id,date,amount,currency,method,reference,invoice_number
CHK-1,c-2,2026-03-01,50.00,EUR,check,4711,É-1
chk-2,C_10,2026-03-02,12500,JPY,wire,,
"""
# What is random, in the words of whoever made it; a lease or a salt is in no ledger.
RANDOM = re.compile(
    r"pl_[a-z2-7]{16}|rec_[a-z2-7]{16}|(?<=<)[\w.]+(?=@)"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b"
)


def tell(room: Room, folder: Path) -> None:
    """Every step at an instant of its own or at the same one: both happen."""
    _bring(room, folder, "customers", CUSTOMERS)
    _bring(room, folder, "invoices", INVOICES)
    _bring(room, folder, "payments", PAYMENTS)
    _mail_and_pay(room)
    _take_at_the_counter(room)
    _give_back(room)
    _dispute(room)
    while deliver_next(DELIVERER, room.desk, room.carriers):
        pass


def _bring(room: Room, folder: Path, kind: str, text: str) -> None:
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    import_files(IMPORTER, room.desk, paths=[path])
    room.clock.advance(seconds=1)


def _mail_and_pay(room: Room) -> None:
    till = Till(room.desk, room.gateway)
    for number in ("INV-1", "INV-10", "inv-2"):
        order = SendInvoice(f"draft-{number}", number, ("ap@iris.test",), with_link=True)
        send_invoice(SALLY, room.desk, order=order)
    room.clock.advance(minutes=1)
    token = till.link("INV-1", "INV-10", "inv-2", kind="bulk", subject="b1")
    till.click(token, amount_text="100")
    till.pay(1)
    till.click(till.link("INV-10"), method="us_bank_account")
    till.pay(2, status="processing")
    till.pay(2, status="failed", failure="R01")
    till.click(token)
    till.pay(3)


def _take_at_the_counter(room: Room) -> None:
    own: dict[str, Any] = {"received_on": "2026-03-10", "id": "rec_one"}
    take(room.desk, amount="30", **own)
    second = own | {"id": "rec_two", "cheque_number": "1002"}
    take(room.desk, amount="7.50", **second)
    reverse.reverse(CARL, room.desk, payment_id="rec_two", reason="It bounced")
    form = CreditForm("credit-1", "C_10", "JPY", ("payment:chk-2",), None)
    apply_credit.review(CARL, room.desk, form=form)
    apply_credit.apply(CARL, room.desk, form_id=form.id)
    seen = void_invoice.look(CARL, room.desk, number="INV-3").seen
    order = EndInvoice("INV-3", "void", "Sent twice", seen)
    void_invoice.end_invoice(CARL, room.desk, order=order)


def _give_back(room: Room) -> None:
    wish = RefundWish("refund-1", "pi_1", "12.50", "requested_by_customer", "Box 3")
    refund.place(ANNA, room.desk, wish=wish)
    asked = RefundWish("refund-2", "pi_3", "5.00", "duplicate")
    refund.place(CARL, room.desk, wish=asked)
    [request] = approvals.waiting(MARA, room.desk)
    approvals.approve(MARA, room.desk, approval_id=request.id, content_hash=request.content_hash)
    while carry_out_next(SETTLER, room.desk):
        pass
    made = room.refunds.add("pi_1", Money(1000, "USD"))
    book_refund(SETTLER, room.desk, refund=made)
    book_refund(SETTLER, room.desk, refund=room.refunds.change(made.id, "failed", "declined"))


def _dispute(room: Room) -> None:
    opened = room.disputes.open("pi_3", Money(4500, "USD"))
    for told in (opened, room.disputes.withdraw(opened.id), room.disputes.close(opened.id, "won")):
        book_dispute(SETTLER, room.desk, dispute=told)
        room.clock.advance(hours=1)


def told(room: Room) -> str:
    """The export, each random id in it named by when it came up first; lists in that order."""
    exported = ledger(room.desk.database)
    names: dict[str, str] = {}
    for found in RANDOM.findall(json.dumps(exported["audit"])):
        names.setdefault(found, f"random {len(names) + 1}")
    exported["links"].sort(key=lambda row: names[row["id"]])
    text = json.dumps(exported, indent=1, ensure_ascii=False)
    return RANDOM.sub(lambda found: names.setdefault(found[0], f"random {len(names) + 1}"), text)


def rows(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text)
    return parsed
