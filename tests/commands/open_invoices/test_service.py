"""Ticking on both databases: what can be ticked, how many, and by whom."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session

from commands.access import BATCHER
from commands.approvals import service as approvals
from commands.batches import service as batches
from commands.batches.telling import tell
from commands.bulk_send.preparing import prepare_next
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.open_invoices import mails, review, sending, service
from commands.open_invoices.merging import Screen
from commands.open_invoices.service import Look, Move
from commands.payment_link import service as payment_link
from storage import checkouts, selections
from storage.checkouts import CheckoutAttempt
from storage.customers import Customer
from storage.disputes import Dispute, DisputeLine
from storage.payments import Payment
from storage.receivables import Filters
from tests.builders import CARL, NOW, SALLY, add_customer, add_invoice, add_invoices, an_invoice
from tests.conftest import Room


@pytest.fixture
def shop(room: Room) -> Room:
    """Three customers: Iris owes two invoices in dollars, Rose one in euros, Tulip seventy."""
    with room.desk.database.writing() as session:
        add_customer(session)
        add_customer(session, "C2", name="Rose Garden", group="Weddings", sales_rep=CARL.id)
        add_customer(session, "C3", name="Tulip House")
        add_invoice(session)
        add_invoice(session, "INV-1043", total=500, due_date=date(2026, 1, 2))
        add_invoice(session, "RG-1", customer_id="C2", currency="EUR", total=900)
        tulips = [an_invoice(f"T-{n:02}", customer_id="C3", total=100) for n in range(70)]
        add_invoices(session, tulips)
    return room


def opened(room: Room, typed: str = "") -> Look:
    return service.open_window(SALLY, room.desk, typed=typed)


def screen(look: Look, *ticked: str, untick: tuple[str, ...] = ()) -> Screen:
    """What Slack sends when a person ticked and unticked that on what `look` shows."""
    shown = frozenset(row.number for row in look.rows)
    now = (look.ticked | set(ticked)) - set(untick)
    return Screen(look.window_id, look.version, shown, look.ticked, frozenset(now))


def ticked(room: Room, look: Look, *numbers: str, untick: tuple[str, ...] = ()) -> Look:
    own = screen(look, *numbers, untick=untick)
    return service.change(SALLY, room.desk, screen=own)


def moved(room: Room, look: Look, step: str) -> Look:
    return service.change(SALLY, room.desk, screen=screen(look), move=service.move(step))


def filtered(room: Room, look: Look, filters: Filters) -> Look:
    move = Move("filter", filters)
    return service.change(SALLY, room.desk, screen=screen(look), move=move)


def test_rows_come_customer_by_customer_oldest_due_first(shop: Room) -> None:
    look = opened(shop)
    assert [row.number for row in look.rows[:4]] == ["INV-1043", "INV-1042", "RG-1", "T-00"]
    assert (look.matching, look.pages, len(look.rows)) == (73, 2, 50)


def test_count_customers_and_totals_are_of_all_that_is_ticked(shop: Room) -> None:
    look = ticked(shop, opened(shop), "INV-1042", "INV-1043", "RG-1")
    assert (look.counts.invoices, look.counts.customers) == (3, 2)
    assert look.counts.totals == (("USD", 13000), ("EUR", 900))


def test_select_all_ticks_what_matches_and_keeps_what_was(shop: Room) -> None:
    look = ticked(shop, opened(shop), "RG-1")
    look = filtered(shop, look, Filters(text="tulip"))
    look = moved(shop, look, "all")
    assert (look.counts.invoices, look.matching) == (71, 70)
    assert len(look.ticked) == 50
    assert moved(shop, look, "all").counts.invoices == 71
    assert moved(shop, look, "clear").counts.invoices == 0


def test_all_filters_narrow_what_select_all_means(shop: Room) -> None:
    look = opened(shop)
    for filters, matching in (
        (Filters(bucket="61-90"), 1),
        (Filters(group="Weddings"), 1),
        (Filters(sales_rep=CARL.id), 1),
        (Filters(customer_ids=("C1", "C2")), 3),
        (Filters(due_before=date(2026, 2, 1)), 1),
    ):
        assert filtered(shop, look, filters).matching == matching


def test_pages_end_where_the_rows_end(shop: Room) -> None:
    look = moved(shop, opened(shop), "next")
    assert (look.page, len(look.rows)) == (1, 23)
    assert moved(shop, look, "next").page == 1
    assert moved(shop, moved(shop, look, "previous"), "previous").page == 0


def test_blocks_keep_their_names_while_a_person_ticks_and_get_new_ones_when_we_do(
    shop: Room,
) -> None:
    first = opened(shop)
    second = ticked(shop, first, "INV-1042")
    assert second.version == first.version
    assert moved(shop, second, "all").version == first.version + 1


def test_two_windows_of_one_person_share_their_ticks(shop: Room) -> None:
    one, other = opened(shop), opened(shop)
    ticked(shop, one, "INV-1042")
    look = ticked(shop, other, "RG-1")
    assert look.ticked == {"INV-1042", "RG-1"}
    assert look.version > other.version
    assert ticked(shop, look, "INV-1043").ticked == {"INV-1042", "INV-1043", "RG-1"}


def test_a_stale_screen_never_loses_a_tick(shop: Room) -> None:
    old = opened(shop)
    new = moved(shop, ticked(shop, old, "INV-1042"), "all")
    look = ticked(shop, old, "RG-1")
    assert look.counts.invoices == new.counts.invoices == 73


def test_what_is_ticked_on_an_older_page_still_counts(shop: Room) -> None:
    old = opened(shop)
    moved(shop, old, "next")
    look = ticked(shop, old, "INV-1042")
    assert look.page == 1
    assert look.counts.invoices == 1


def test_many_requests_at_once_lose_no_tick(shop: Room) -> None:
    look = opened(shop)
    numbers = [row.number for row in look.rows[:12]]
    steps = [screen(look, *numbers[: n + 1]) for n in range(12)]

    def send(own: Screen) -> None:
        service.change(SALLY, shop.desk, screen=own)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, steps))
    last = service.change(SALLY, shop.desk, screen=steps[-1])
    assert last.ticked == set(numbers)


def test_what_cannot_be_asked_for_is_named_and_never_ticked(shop: Room) -> None:
    with shop.desk.database.writing() as session:
        add_customer(session, "OFF", name="Off", payment_links_enabled=False)
        add_customer(session, "MUTE", name="Mute", emails=())
        unusual: tuple[tuple[str, dict[str, Any]], ...] = (
            ("OFF-1", {"customer_id": "OFF"}),
            ("MUTE-1", {"customer_id": "MUTE"}),
            ("VOID-1", {"lifecycle": "void"}),
            ("PAID-1", {"allocated": 12500}),
            ("MEMO-1", {"total": -100}),
            ("DISPUTED-1", {}),
            ("DEBIT-1", {}),
        )
        for number, own in unusual:
            add_invoice(session, number, **own)
        dispute(session, "DISPUTED-1")
        debit(session, shop.desk, "DEBIT-1")
    look = opened(shop)
    why = {refusal.number: refusal.why for refusal in look.refused}
    assert why == {
        "OFF-1": "links",
        "MUTE-1": "address",
        "DISPUTED-1": "disputed",
        "DEBIT-1": "processing",
    }
    never = ("OFF-1", "MUTE-1", "VOID-1", "PAID-1", "MEMO-1", "DISPUTED-1", "DEBIT-1", "NO-SUCH")
    assert ticked(shop, look, *never).counts.invoices == 0
    assert moved(shop, look, "all").counts.invoices == 73


def test_a_tick_whose_customer_was_disabled_falls_out_and_is_told_once(shop: Room) -> None:
    look = ticked(shop, opened(shop), "INV-1042", "RG-1")
    with shop.desk.database.writing() as session:
        disable(session, "C1")
    look = ticked(shop, look)
    assert [(each.number, each.why) for each in look.fallen] == [("INV-1042", "links")]
    assert look.counts.invoices == 1
    assert ticked(shop, look).fallen == ()


def test_nobody_goes_on_with_another_s_window(shop: Room) -> None:
    look = opened(shop)
    with pytest.raises(NotFound):
        service.change(CARL, shop.desk, screen=screen(look, "INV-1042"))
    with pytest.raises(NotFound):
        review.load(CARL, shop.desk, window_id=look.window_id)


def test_each_person_has_a_selection_of_their_own(shop: Room) -> None:
    ticked(shop, opened(shop), "INV-1042")
    assert service.open_window(CARL, shop.desk, typed="").counts.invoices == 0
    assert opened(shop).counts.invoices == 1


def test_what_was_sent_is_not_ticked_further(shop: Room) -> None:
    look = ticked(shop, opened(shop), "INV-1042")
    with shop.desk.database.writing() as session:
        selection = selections.open_of(session, SALLY.id)
        assert selection is not None
        selection.requested_at = NOW
        session.add(selection)
    with pytest.raises(Refused, match="sent already"):
        ticked(shop, look, "RG-1")
    assert opened(shop).counts.invoices == 0


def test_a_request_that_came_to_nothing_is_taken_up_again_once(shop: Room) -> None:
    look = ticked(shop, opened(shop), "INV-1042", "RG-1")
    key = mails.key_of("C2", "EUR")
    filled = review.Filled(look.window_id, 0, "", {key: "x@rose.test"}, "Hello", attach_pdfs=False)
    review.keep(SALLY, shop.desk, filled=filled)
    shown = review.load(SALLY, shop.desk, window_id=look.window_id)
    done = sending.send(SALLY, shop.desk, filled=replace(filled, seen=shown.seen, typed={}))
    assert isinstance(done, sending.Asked)
    assert opened(shop).counts.invoices == 0
    approvals.withdraw(SALLY, shop.desk, approval_id=done.requested.id)
    again = opened(shop)
    assert again.sent_back is not None
    assert (again.sent_back.status, again.counts.invoices) == ("withdrawn", 2)
    kept = review.load(SALLY, shop.desk, window_id=again.window_id)
    assert (kept.message, kept.attach_pdfs) == ("Hello", False)
    assert [mail.recipients for mail in kept.mails] == [("ap@iris.test",), ("x@rose.test",)]
    assert opened(shop).sent_back is None


def test_a_send_that_was_undone_is_taken_up_again(shop: Room) -> None:
    look = ticked(shop, opened(shop), "INV-1042")
    shown = review.load(SALLY, shop.desk, window_id=look.window_id)
    filled = review.Filled(look.window_id, 0, shown.seen, {}, "", attach_pdfs=False)
    done = sending.send(SALLY, shop.desk, filled=filled)
    assert isinstance(done, sending.Asked)
    assert done.requested.way == "direct"
    while prepare_next(BATCHER, shop.desk):
        pass
    batches.undo(SALLY, shop.desk, batch_id=done.requested.id)
    tell(BATCHER, shop.desk)
    again = opened(shop)
    assert again.sent_back is not None
    assert again.sent_back.status is None
    assert again.ticked == {"INV-1042"}


def test_ticks_of_today_are_not_mixed_with_what_was_sent_back(shop: Room) -> None:
    look = ticked(shop, opened(shop), "INV-1042", "RG-1")
    shown = review.load(SALLY, shop.desk, window_id=look.window_id)
    filled = review.Filled(look.window_id, 0, shown.seen, {}, "", attach_pdfs=True)
    done = sending.send(SALLY, shop.desk, filled=filled)
    assert isinstance(done, sending.Asked)
    ticked(shop, opened(shop), "INV-1043")
    approvals.withdraw(SALLY, shop.desk, approval_id=done.requested.id)
    assert opened(shop).counts.invoices == 1


def test_old_selections_are_forgotten(shop: Room) -> None:
    look = ticked(shop, opened(shop), "INV-1042")
    with shop.desk.database.writing() as session:
        selections.forget_before(session, NOW)
        assert selections.window(session, look.window_id) is not None
        shop.clock.advance(days=31)
        selections.forget_before(session, shop.clock.now())
    with pytest.raises(NotFound):
        ticked(shop, look, "RG-1")


def disable(session: Session, customer_id: str) -> None:
    row = session.get_one(Customer, customer_id)
    row.payment_links_enabled = False
    session.add(row)


def dispute(session: Session, number: str) -> None:
    """A payment of the invoice is disputed, its money taken back."""
    paid = Payment(
        id="pi_1",
        customer_id="C1",
        currency="USD",
        amount=100,
        disputed=100,
        status="succeeded",
        source="gateway",
        method="card",
        received_on=NOW.date(),
        recorded_at=NOW,
    )
    session.add(paid)
    session.flush()
    about: dict[str, Any] = {"payment_id": paid.id, "currency": "USD", "amount": 100}
    session.add(Dispute(id="dp_1", status="needs_response", opened_at=NOW, changed_at=NOW, **about))
    session.flush()
    session.add(DisputeLine(dispute_id="dp_1", invoice_number=number, amount=100))


def debit(session: Session, desk: Desk, number: str) -> None:
    """A bank debit for the invoice is under way."""
    whose: dict[str, Any] = {"customer_id": "C1", "currency": "USD"}
    link = payment_link.issue(
        session, SALLY, desk, kind="invoice", subject=number, invoice_numbers=[number], **whose
    )
    attempt = CheckoutAttempt(
        id="at_1",
        link_id=link.id,
        amount=100,
        method="us_bank_account",
        status="processing",
        created_at=NOW,
        changed_at=NOW,
        **whose,
    )
    checkouts.add(session, attempt, {number: 100})
