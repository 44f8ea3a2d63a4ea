"""The customer's credit at the till: planned when they press, used when money settles."""

from typing import Any

import pytest

from commands.access import DELIVERER
from commands.apply_credit import service as apply_credit
from commands.apply_credit.effect import CreditForm
from commands.deliver.service import deliver_next
from commands.errors import Changed, InvalidInput, NothingToPay, PaymentUnderWay
from storage import credit_uses
from storage.audit import AuditEntry
from tests.builders import CARL, add_invoice
from tests.conftest import Room
from tests.paying import Till


def add_memo(till: Till, number: str = "CM-7", minor: int = 3000) -> None:
    with till.desk.database.writing() as session:
        add_invoice(session, number, total=-minor)


@pytest.fixture
def both(till: Till) -> str:
    """A link over INV-1042 (USD 125.00) and INV-1043 (USD 40.00)."""
    return till.link("INV-1042", "INV-1043", kind="bulk", subject="B1")


def spend(till: Till, source: str, number: str) -> None:
    """Staff puts the credit elsewhere."""
    form = CreditForm("f1", "C1", "USD", (source,), (number,))
    apply_credit.review(CARL, till.desk, form=form)
    apply_credit.apply(CARL, till.desk, form_id="f1")


def used(till: Till) -> list[tuple[Any, ...]]:
    dump = till.dump()["credit_use_lines"]
    return [row[1:] for row in dump]


def test_only_the_rest_is_charged_and_the_credit_is_used_when_the_money_is_there(
    till: Till, both: str
) -> None:
    add_memo(till)
    till.click(both, use_credit=True)
    assert [attempt.amount for attempt in till.attempts()] == [13500]
    assert till.balance("CM-7") == -3000
    till.pay()
    assert [till.balance(n) for n in ("INV-1042", "INV-1043", "CM-7")] == [0, 0, 0]
    assert used(till) == [("memo", "CM-7", "INV-1042", 3000)]


def test_without_the_tick_the_credit_stays(till: Till, both: str) -> None:
    add_memo(till)
    till.click(both)
    till.pay()
    assert till.balance("CM-7") == -3000


def test_a_checkout_that_is_never_paid_uses_no_credit(till: Till, both: str) -> None:
    add_memo(till)
    till.click(both, use_credit=True)
    till.settle(till.gateway.expire("cs_test_1"))
    assert till.balance("CM-7") == -3000
    assert used(till) == []


def test_a_statements_link_nets_the_credit_by_itself(till: Till) -> None:
    add_memo(till)
    token = till.link("INV-1042", "INV-1043", kind="statement", subject="S1")
    till.click(token)
    till.pay()
    assert till.payment().amount == 13500
    assert [till.balance(n) for n in ("INV-1042", "INV-1043", "CM-7")] == [0, 0, 0]


def test_unapplied_money_is_credit_too_and_memos_go_first(till: Till) -> None:
    token = till.link("INV-1042")
    till.click(token)
    with till.desk.database.writing() as session:
        till_invoice = session.get_one(type(till.invoice()), "INV-1042")
        till_invoice.lifecycle = "written_off"
        session.add(till_invoice)
    till.pay()
    add_memo(till, minor=1000)
    other = till.link("INV-1043")
    assert till.click(other, use_credit=True, method="credit").endswith("?credited=1")
    assert used(till) == [
        ("memo", "CM-7", "INV-1043", 1000),
        ("payment", "pi_1", "INV-1043", 3000),
    ]
    assert till.payment().unapplied == 9500


def test_credit_that_covers_everything_is_used_at_once_and_everybody_hears(
    till: Till, both: str
) -> None:
    add_memo(till, minor=20000)
    till.click(both, use_credit=True, reference="March")
    assert till.gateway.requests == []
    assert [till.balance(n) for n in ("INV-1042", "INV-1043", "CM-7")] == [0, 0, -3500]
    assert till.receipt_addresses() == ["ap@iris.test"]
    [confirmation] = till.deliveries("confirmation")
    assert confirmation.payload["event"] == "credited"
    with till.desk.database.reading() as session:
        use = credit_uses.find(session, confirmation.payload["payment"])
    assert use is not None
    assert (use.amount, use.reference) == (16500, "March")


def test_what_was_credited_cannot_be_credited_again(till: Till, both: str) -> None:
    add_memo(till, minor=20000)
    till.click(both, use_credit=True)
    with pytest.raises(NothingToPay):
        till.click(both, use_credit=True)
    assert till.balance("CM-7") == -3500


def test_credit_spent_elsewhere_meanwhile_leaves_its_part_open(till: Till, both: str) -> None:
    add_memo(till)
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-9", total=3000)
    till.click(both, use_credit=True)
    spend(till, "memo:CM-7", "INV-9")
    till.pay()
    assert [till.balance(n) for n in ("INV-1042", "INV-1043")] == [3000, 0]
    assert till.payment().unapplied == 0
    assert used(till) == []


def test_an_invoice_paid_elsewhere_meanwhile_gets_no_credit(till: Till) -> None:
    add_memo(till, minor=12500)
    both = till.link("INV-1042", "INV-1043", kind="bulk", subject="B1")
    till.click(both, use_credit=True)
    till.click(till.link("INV-1042"))
    till.pay(2)
    till.pay(1)
    assert [till.balance(n) for n in ("INV-1042", "INV-1043", "CM-7")] == [0, 0, -12500]


def test_the_money_of_a_payment_is_never_its_own_credit(till: Till, both: str) -> None:
    add_memo(till, minor=4000)
    till.click(both, use_credit=True)
    with till.desk.database.writing() as session:
        add_invoice(session, "INV-9", total=4000)
        invoice = session.get_one(type(till.invoice()), "INV-1043")
        invoice.lifecycle = "void"
        session.add(invoice)
    spend(till, "memo:CM-7", "INV-9")
    till.pay()
    assert (till.balance(), till.payment().unapplied) == (4000, 4000)


def test_a_bank_debit_under_way_keeps_its_credit_for_itself(till: Till, both: str) -> None:
    add_memo(till)
    till.click(both, use_credit=True, method="us_bank_account")
    till.pay(status="processing")
    with pytest.raises(PaymentUnderWay):
        till.click(till.link("INV-1042"), use_credit=True)
    till.settle(till.gateway.complete("cs_test_1", status="failed"))
    till.click(till.link("INV-1042"), use_credit=True)
    assert till.attempts()[-1].amount == 9500


def test_what_is_too_little_to_be_charged_takes_less_of_the_credit(till: Till) -> None:
    add_memo(till, minor=12480)
    till.click(till.link("INV-1042"), use_credit=True)
    till.pay()
    assert (till.balance(), till.payment().amount, till.balance("CM-7")) == (0, 50, -30)


def test_a_part_is_paid_beside_the_credit(till: Till, both: str) -> None:
    add_memo(till)
    with pytest.raises(InvalidInput) as refused:
        till.click(both, use_credit=True, amount_text="150")
    assert refused.value.fields == {"amount": "USD 150.00 is more than is due: USD 135.00."}
    till.click(both, use_credit=True, amount_text="100")
    till.pay()
    assert [till.balance(n) for n in ("INV-1042", "INV-1043", "CM-7")] == [0, 3500, 0]


def test_credit_alone_is_no_way_to_pay_the_rest(till: Till, both: str) -> None:
    add_memo(till)
    with pytest.raises(InvalidInput) as refused:
        till.click(both, use_credit=True, method="credit")
    assert "USD 135.00 is left" in refused.value.fields["method"]


def test_credit_ends_a_checkout_that_was_begun_for_the_same(till: Till, both: str) -> None:
    till.click(till.link("INV-1042"))
    add_memo(till, minor=20000)
    till.click(both, use_credit=True)
    assert till.statuses() == ["expired"]
    assert till.gateway.sessions["cs_test_1"].status == "expired"


def test_money_that_came_before_the_credit_was_used_keeps_its_invoice(
    till: Till, both: str
) -> None:
    till.click(till.link("INV-1042"))
    till.gateway.complete("cs_test_1")
    add_memo(till, minor=20000)
    till.click(both, use_credit=True)
    assert [till.balance(n) for n in ("INV-1042", "INV-1043", "CM-7")] == [0, 0, -16000]
    assert till.payment().unapplied == 0


def test_a_second_click_with_other_credit_is_another_checkout(till: Till, both: str) -> None:
    add_memo(till, minor=12500)
    till.click(both, use_credit=True, amount_text="30")
    till.click(both, use_credit=True, amount_text="30")
    assert till.statuses() == ["open"]
    till.click(both, use_credit=False, amount_text="30")
    assert len(till.statuses()) == 2


def test_the_audit_names_the_credit(till: Till, both: str) -> None:
    add_memo(till)
    till.click(both, use_credit=True)
    till.pay()
    with till.desk.database.reading() as session:
        rows = session.connection().execute(AuditEntry.__table__.select()).mappings()  # type: ignore[attr-defined]  # SQLModel hides the table
        found = [row["detail"] for row in rows if row["action"] == "use_credit"]
    assert [detail["moves"] for detail in found] == [[["memo:CM-7", "INV-1042", 3000]]]


def test_receipt_and_confirmation_name_the_credit(till: Till, both: str, room: Room) -> None:
    add_memo(till)
    till.click(both, use_credit=True)
    till.pay()
    while deliver_next(DELIVERER, till.desk, room.carriers):
        pass
    [mail] = room.mailer.sent
    assert b"USD 30.00 of your credit memo CM-7 used" in mail.message
    [post] = room.announcer.posts
    assert "USD 30.00 of credit memo CM-7 used" in str(post.blocks)


def test_a_receipt_of_credit_alone_says_that_nothing_was_charged(
    till: Till, both: str, room: Room
) -> None:
    add_memo(till, minor=20000)
    till.click(both, use_credit=True)
    while deliver_next(DELIVERER, till.desk, room.carriers):
        pass
    [mail] = room.mailer.sent
    assert b"nothing was charged" in mail.message
    [post] = room.announcer.posts
    assert "paid USD 165.00 with their credit for INV-1042, INV-1043" in post.text


def test_credit_that_shrank_while_others_made_way_is_asked_about_again(
    till: Till, both: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_memo(till, minor=20000)
    till.click(till.link("INV-1042"))
    expire = till.gateway.expire

    def expire_and_spend(session_id: str) -> Any:
        with till.desk.database.writing() as session:
            add_invoice(session, "INV-9", total=15000)
        spend(till, "memo:CM-7", "INV-9")
        return expire(session_id)

    monkeypatch.setattr(till.gateway, "expire", expire_and_spend)
    with pytest.raises(Changed):
        till.click(both, use_credit=True)
    assert till.balance() == 12500
