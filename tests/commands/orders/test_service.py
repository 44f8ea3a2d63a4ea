from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from commands.access import Actor
from commands.desk import Desk
from commands.errors import InvalidInput, LinksDisabled, NotFound, NotPermitted, Refused
from commands.orders import issuing, records, service
from commands.orders.service import Sending, issue_and_send, issue_invoice_of, save_order
from storage import audit, customers, deliveries, invoices, orders, search_terms
from storage.invoices import Invoice
from storage.orders import Order
from tests.builders import ANNA, CARL, NOBODY, SALLY, add_customer
from tests.conftest import Room
from tests.importing import Inbox, counts, refusals
from tests.orders import FILLED, LINES, a_form, switch_links_off

SENDING = Sending("draft-9", FILLED)


@pytest.fixture
def desk(room: Room) -> Desk:
    """With the customer Blue Iris Florist."""
    with room.desk.database.writing() as session:
        add_customer(session)
    return room.desk


def order(desk: Desk, number: str) -> Order:
    with desk.database.reading() as session:
        return session.get_one(Order, number)


def invoice(desk: Desk, number: str) -> Invoice:
    with desk.database.reading() as session:
        return session.get_one(Invoice, number)


def acts(desk: Desk) -> list[tuple[str, str, str]]:
    """Action, object and outcome of every row of the audit."""

    def entries() -> Iterator[audit.AuditEntry]:
        with desk.database.reading() as session:
            found = (session.get(audit.AuditEntry, number) for number in range(1, 50))
            yield from (row for row in found if row is not None)

    return [(row.action, row.object, row.outcome) for row in entries()]


def mails(desk: Desk) -> int:
    with desk.database.reading() as session:
        rows = (deliveries.find(session, number) for number in range(1, 50))
        return sum(row is not None and row.kind == "email" for row in rows)


def without_entry(desk: Desk) -> Desk:
    return replace(desk, policy=replace(desk.policy, order_entry=False))


# -- what is stored -----------------------------------------------------------------------------


def test_an_order_is_stored_with_its_lines_and_amounts(desk: Desk) -> None:
    saved = save_order(SALLY, desk, form=a_form())
    row = order(desk, saved.order_number)
    assert (row.number, row.customer_id, row.created_by) == ("SO-1001", "C1", SALLY.id)
    assert (row.order_date, row.ship_date, row.po_number) == (
        date(2026, 3, 10),
        date(2026, 3, 12),
        "7781-B",
    )
    assert (row.net, row.tax, row.total, row.currency) == (7000, 495, 7495, "USD")
    with desk.database.reading() as session:
        lines = orders.lines(session, "SO-1001")
        [(found, _)] = search_terms.find_orders(session, "1001 blue", 5)
    assert [(line.line, line.description, line.amount, line.tax) for line in lines] == [
        (1, "Roses red 60cm", 1500, 0),
        (2, "Lilies", 6000, 495),
        (3, "Discount", -500, 0),
    ]
    assert (lines[1].unit, lines[1].tax_rate) == ("boxes", Decimal("8.25"))
    assert found.number == "SO-1001"
    assert acts(desk) == [("create_order", "SO-1001", "ok")]


def test_the_orders_tax_is_for_lines_without_their_own(desk: Desk) -> None:
    save_order(SALLY, desk, form=replace(a_form(), tax_rate="7,5 %"))
    assert order(desk, "SO-1001").tax == 113 + 495 - 38


def test_a_customer_of_yen_has_no_decimals(desk: Desk) -> None:
    with desk.database.writing() as session:
        add_customer(session, "C2", name="Sakura", currency="JPY")
    saved = save_order(SALLY, desk, form=a_form(lines="3 Roses @ ¥120,5 +10%", customer="C2"))
    assert str(saved.total) == "JPY 398"


def test_the_invoice_has_the_orders_lines_and_is_due_by_the_terms(desk: Desk) -> None:
    issued = issue_and_send(SALLY, desk, form=a_form(), filled=FILLED)
    row = invoice(desk, issued.sent.invoice_number)
    assert (row.number, row.order_number, row.version) == ("INV-1001", "SO-1001", 1)
    assert (row.issue_date, row.due_date) == (date(2026, 3, 10), date(2026, 4, 9))
    assert (row.net, row.tax, row.total, row.po_number) == (7000, 495, 7495, "7781-B")
    with desk.database.reading() as session:
        lines = invoices.lines(session, "INV-1001")
        [(found, _)] = search_terms.find_invoices(session, "7781-b", 5)
    assert [line.description for line in lines] == ["Roses red 60cm", "Lilies", "Discount"]
    assert found.number == "INV-1001"
    assert issued.sent.has_link
    assert acts(desk) == [
        ("create_order", "SO-1001", "ok"),
        ("issue_invoice", "INV-1001", "ok"),
        ("issue_link", acts(desk)[2][1], "ok"),
        ("send_invoice", "INV-1001", "ok"),
    ]


def test_a_due_date_that_was_chosen_rules(desk: Desk) -> None:
    form = replace(a_form(), due_date=date(2026, 3, 20))
    issue_and_send(SALLY, desk, form=form, filled=FILLED)
    assert invoice(desk, "INV-1001").due_date == date(2026, 3, 20)


def test_a_due_date_that_has_gone_by_is_due_at_once(room: Room, desk: Desk) -> None:
    save_order(SALLY, desk, form=replace(a_form(), due_date=date(2026, 3, 20)))
    room.clock.advance(days=20)
    issue_invoice_of(CARL, desk, order_number="SO-1001", sending=SENDING)
    assert invoice(desk, "INV-1001").due_date == date(2026, 3, 30)


def test_the_business_date_is_the_companys(room: Room, desk: Desk) -> None:
    room.clock.advance(hours=8)  # 23:00 UTC
    policy = replace(desk.policy, timezone=ZoneInfo("Asia/Tokyo"))
    save_order(SALLY, replace(desk, policy=policy), form=a_form())
    assert order(desk, "SO-1001").order_date == date(2026, 3, 11)


# -- all or nothing, and once -------------------------------------------------------------------


def test_links_that_were_disabled_leave_nothing_behind_and_give_the_numbers_back(
    desk: Desk,
) -> None:
    switch_links_off(desk.database)
    with pytest.raises(LinksDisabled):
        issue_and_send(SALLY, desk, form=a_form(), filled=FILLED)
    with desk.database.reading() as session:
        assert orders.find(session, "SO-1001") is None
    assert acts(desk) == [("issue_invoice", "C1", "refused")]
    plain = replace(FILLED, with_link=False)
    issued = issue_and_send(SALLY, desk, form=a_form(), filled=plain)
    assert (issued.order_number, issued.sent.invoice_number) == ("SO-1001", "INV-1001")


def test_two_submissions_of_one_form_make_one_of_each(desk: Desk) -> None:
    first = issue_and_send(SALLY, desk, form=a_form(), filled=FILLED)
    again = issue_and_send(SALLY, desk, form=a_form(), filled=FILLED)
    assert again.sent.repeated
    assert again.sent.delivery_id == first.sent.delivery_id
    assert mails(desk) == 1
    saved = save_order(SALLY, desk, form=a_form())
    assert (saved.order_number, saved.repeated) == ("SO-1001", True)


def test_a_form_that_was_saved_is_not_sent_as_well(desk: Desk) -> None:
    save_order(SALLY, desk, form=a_form())
    with pytest.raises(Refused, match="it made order SO-1001"):
        issue_and_send(SALLY, desk, form=a_form(), filled=FILLED)
    assert mails(desk) == 0


def test_nobody_goes_on_with_a_colleagues_form(desk: Desk) -> None:
    save_order(SALLY, desk, form=a_form())
    with pytest.raises(Refused, match="has been used already"):
        save_order(CARL, desk, form=a_form())


def test_the_invoice_of_a_stored_order_is_issued_once(desk: Desk) -> None:
    save_order(SALLY, desk, form=a_form())
    first = issue_invoice_of(CARL, desk, order_number="SO-1001", sending=SENDING)
    again = issue_invoice_of(CARL, desk, order_number="SO-1001", sending=SENDING)
    assert (first.sent.repeated, again.sent.repeated) == (False, True)
    with pytest.raises(Refused, match=r"has its invoice already: INV-1001\."):
        issue_invoice_of(
            SALLY, desk, order_number="SO-1001", sending=replace(SENDING, draft_id="draft-10")
        )
    assert mails(desk) == 1


def test_an_order_whose_invoice_is_void_gets_another(desk: Desk) -> None:
    issue_and_send(SALLY, desk, form=a_form(), filled=FILLED)
    with desk.database.writing() as session:
        session.get_one(Invoice, "INV-1001").lifecycle = "void"
    issued = issue_invoice_of(CARL, desk, order_number="SO-1001", sending=SENDING)
    assert issued.sent.invoice_number == "INV-1002"


# -- who may, and when not ----------------------------------------------------------------------


def test_without_a_role_nothing_is_written(desk: Desk) -> None:
    with pytest.raises(NotPermitted):
        save_order(NOBODY, desk, form=a_form())
    with pytest.raises(NotPermitted):
        issue_and_send(NOBODY, desk, form=a_form(), filled=FILLED)
    with pytest.raises(NotPermitted):
        issue_invoice_of(NOBODY, desk, order_number="SO-1001", sending=SENDING)
    assert [outcome for _, _, outcome in acts(desk)] == ["denied"] * 3


def test_where_the_erp_enters_orders_the_service_refuses(desk: Desk) -> None:
    closed = without_entry(desk)
    with pytest.raises(Refused, match="entered in the ERP"):
        save_order(SALLY, closed, form=a_form())
    with pytest.raises(Refused, match="entered in the ERP"):
        issue_and_send(SALLY, closed, form=a_form(), filled=FILLED)
    save_order(SALLY, desk, form=a_form())
    with pytest.raises(Refused, match="entered in the ERP"):
        issue_invoice_of(SALLY, closed, order_number="SO-1001", sending=SENDING)


@pytest.mark.parametrize(("actor", "why"), [(ANNA, ""), (SALLY, ""), (NOBODY, "You may not")])
def test_why_an_invoice_cannot_be_issued_is_told_by_person(
    desk: Desk, actor: Actor, why: str
) -> None:
    save_order(SALLY, desk, form=a_form())
    reason = issuing.why_no_issue(actor, desk, order(desk, "SO-1001"))
    assert reason.startswith(why)
    assert bool(reason) is bool(why)


def test_why_an_invoice_cannot_be_issued_is_told_by_order(desk: Desk) -> None:
    from_erp = Order(number="88213", customer_id="C1", order_date=date(2026, 3, 1))
    assert "without lines" in issuing.why_no_issue(SALLY, desk, from_erp)
    issue_and_send(SALLY, desk, form=a_form(), filled=FILLED)
    row = order(desk, "SO-1001")
    assert "already: INV-1001" in issuing.why_no_issue(SALLY, desk, row)
    save_order(SALLY, desk, form=a_form("form-2"))
    closed = issuing.why_no_issue(SALLY, without_entry(desk), order(desk, "SO-1002"))
    assert "entered in the ERP" in closed


def test_what_is_wrong_is_told_by_field_all_at_once(desk: Desk) -> None:
    form = replace(
        a_form(lines="nonsense"),
        tax_rate="120",
        due_date=date(2026, 3, 9),
        ship_date=date(1900, 1, 1),
        po_number="7" * 101,
        notes="n" * 2001,
    )
    with pytest.raises(InvalidInput) as caught:
        save_order(SALLY, desk, form=form)
    assert caught.value.fields.keys() == {
        "lines",
        "tax_rate",
        "due_date",
        "ship_date",
        "po",
        "notes",
    }


def test_an_unknown_customer_or_order_is_said_so(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as caught:
        save_order(SALLY, desk, form=a_form(customer="C9"))
    assert caught.value.fields.keys() == {"customer"}
    with pytest.raises(NotFound, match="no order SO-9"):
        issue_invoice_of(SALLY, desk, order_number="SO-9", sending=SENDING)


def test_a_currency_that_changed_since_the_review_is_said_so(desk: Desk) -> None:
    reviewed = service.review(desk, a_form())
    with desk.database.writing() as session:
        customers.find(session, "C1").currency = "EUR"  # type: ignore[union-attr]  # it is there
    with (
        desk.database.writing() as session,
        pytest.raises(Refused, match="in EUR by now, not in USD"),
    ):
        records.lock_customer(session, "C1", reviewed.priced.currency)


def test_a_bad_address_stops_everything(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as caught:
        issue_and_send(SALLY, desk, form=a_form(), filled=replace(FILLED, recipients=("no@@no",)))
    assert caught.value.fields.keys() == {"addresses"}


# -- beside the import --------------------------------------------------------------------------

HEAD = "invoice_number,customer_id,order_number,issue_date,due_date,po_number,version,total\n"
LINE_HEAD = "invoice_number,line,description,quantity,unit,unit_price,tax_rate\n"
ROWS = (
    "INV-1001,1,Roses red 60cm,12.0,,1.250,\n"
    "INV-1001,2,Lilies,3,boxes,20.00,8.250\n"
    "INV-1001,3,Discount,-1,,5,0\n"
)
ISSUED = "INV-1001,C1,SO-1001,2026-03-10,2026-04-09,7781-B,1,74.95\n"


def test_the_same_invoice_by_import_is_unchanged(desk: Desk, tmp_path: Path) -> None:
    issue_and_send(SALLY, desk, form=a_form(), filled=FILLED)
    report = Inbox(desk, tmp_path).bring(invoices=HEAD + ISSUED, lines=LINE_HEAD + ROWS)
    assert refusals(report) == []
    assert counts(report) == {"invoices": (0, 0, 1), "invoice_lines": (0, 0, 3)}


def test_the_same_version_with_other_content_is_refused(desk: Desk, tmp_path: Path) -> None:
    issue_and_send(SALLY, desk, form=a_form(), filled=FILLED)
    other = ROWS.replace("Roses red", "Roses blue")
    report = Inbox(desk, tmp_path).bring(invoices=HEAD + ISSUED, lines=LINE_HEAD + other)
    [(_, _, reason)] = refusals(report)
    assert "differs from version 1 of INV-1001" in reason


def test_numbers_that_came_by_import_are_passed_over(desk: Desk, tmp_path: Path) -> None:
    taken = "".join(f"INV-{1001 + n},C1,,2026-03-01,,,,5.00\n" for n in range(3))
    Inbox(desk, tmp_path).bring(
        invoices=HEAD + taken,
        orders="order_number,customer_id,order_date\nSO-1001,C1,2026-03-01\n",
    )
    issued = issue_and_send(SALLY, desk, form=a_form(lines=LINES), filled=FILLED)
    assert (issued.order_number, issued.sent.invoice_number) == ("SO-1002", "INV-1004")


def test_the_prefixes_are_the_companys(desk: Desk) -> None:
    policy = replace(desk.policy, invoice_prefix="R2026-", order_prefix="A")
    issued = issue_and_send(SALLY, replace(desk, policy=policy), form=a_form(), filled=FILLED)
    assert (issued.order_number, issued.sent.invoice_number) == ("A1001", "R2026-1001")
