from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from commands.access import Actor
from commands.errors import InvalidInput, LinksDisabled, NotFound, NotPermitted, Refused, TooLate
from commands.ports import AccountState
from commands.send_invoice.service import SendInvoice, send_invoice, share_card, undo
from storage import customers, deliveries, invoices
from storage.payment_links import PaymentLink
from tests.builders import ALEX, ANNA, CARL, MARA, NOBODY, NOW, SALLY, add_customer, add_invoice
from tests.conftest import Room
from tests.slack_room import audited, rows

ORDER = SendInvoice("draft-1", "INV-1042", ("ap@iris.test",), with_link=True)


@pytest.fixture
def shop(room: Room) -> Room:
    with room.desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
    return room


def settle(room: Room, number: str = "INV-1042") -> None:
    with room.desk.database.writing() as session:
        invoice = invoices.find(session, number)
        assert invoice is not None
        invoice.allocated = invoice.total


def disable_links(room: Room) -> None:
    with room.desk.database.writing() as session:
        customer = customers.find(session, "C1")
        assert customer is not None
        customer.payment_links_enabled = False


def link_state(room: Room) -> str | None:
    with room.desk.database.reading() as session:
        link = session.exec(select(PaymentLink)).one_or_none()
        return link.state if link else None


@pytest.mark.parametrize("actor", [ANNA, MARA, CARL, SALLY, ALEX])
def test_every_role_may_send(shop: Room, actor: Actor) -> None:
    sent = send_invoice(actor, shop.desk, order=ORDER)
    assert (sent.recipients, sent.has_link, sent.repeated) == (("ap@iris.test",), True, False)
    assert sent.leaves_at == NOW + timedelta(seconds=10)
    mail, card = rows(shop.desk)
    assert (mail.purpose, mail.status, mail.not_before) == ("invoice", "queued", sent.leaves_at)
    assert (card.purpose, card.lane, card.about) == ("card", actor.id, mail.id)
    assert [e.object for e in audited(shop.desk, "ok") if e.action == "send_invoice"] == [
        "INV-1042"
    ]


def test_somebody_without_a_role_sends_nothing_and_it_is_audited(shop: Room) -> None:
    with pytest.raises(NotPermitted, match="You may not send an invoice"):
        send_invoice(NOBODY, shop.desk, order=ORDER)
    assert rows(shop.desk) == []
    [entry] = audited(shop.desk, "denied")
    assert (entry.actor, entry.action, entry.object) == (NOBODY.id, "send_invoice", "INV-1042")


def test_two_submissions_of_one_form_are_one_mail(shop: Room) -> None:
    first = send_invoice(SALLY, shop.desk, order=ORDER)
    second = send_invoice(SALLY, shop.desk, order=ORDER)
    assert (second.delivery_id, second.repeated) == (first.delivery_id, True)
    assert len(rows(shop.desk)) == 2


def test_a_form_of_somebody_else_is_refused(shop: Room) -> None:
    send_invoice(SALLY, shop.desk, order=ORDER)
    with pytest.raises(Refused, match="used already"):
        send_invoice(CARL, shop.desk, order=ORDER)


def test_colleagues_share_one_link(shop: Room) -> None:
    send_invoice(SALLY, shop.desk, order=ORDER)
    send_invoice(CARL, shop.desk, order=replace(ORDER, draft_id="draft-2"))
    mails = [row for row in rows(shop.desk) if row.kind == "email"]
    assert mails[0].link_id == mails[1].link_id is not None


def test_without_the_tick_there_is_a_mail_and_no_link(shop: Room) -> None:
    sent = send_invoice(SALLY, shop.desk, order=replace(ORDER, with_link=False))
    assert (sent.has_link, sent.no_link_reason) == (False, "")
    assert link_state(shop) is None


def test_a_link_that_is_forced_while_disabled_is_refused(shop: Room) -> None:
    disable_links(shop)
    with pytest.raises(LinksDisabled, match="disabled for Blue Iris Florist"):
        send_invoice(SALLY, shop.desk, order=ORDER)
    assert rows(shop.desk) == []
    assert [entry.object for entry in audited(shop.desk, "refused")] == ["INV-1042"]


def test_links_disabled_still_lets_the_document_go(shop: Room) -> None:
    disable_links(shop)
    sent = send_invoice(SALLY, shop.desk, order=replace(ORDER, with_link=False))
    assert not sent.has_link
    assert "disabled" in sent.no_link_reason


def test_a_paid_invoice_goes_without_a_link_and_says_why(shop: Room) -> None:
    settle(shop)
    sent = send_invoice(SALLY, shop.desk, order=ORDER)
    assert not sent.has_link
    assert "nothing to pay" in sent.no_link_reason


def test_a_credit_memo_goes_without_a_link(shop: Room) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "CM-7", total=-2000)
    sent = send_invoice(SALLY, shop.desk, order=replace(ORDER, invoice_number="CM-7"))
    assert not sent.has_link


def test_without_a_payments_account_documents_go_without_links(shop: Room) -> None:
    shop.account.answer = AccountState("not_connected")
    assert not send_invoice(SALLY, shop.desk, order=ORDER).has_link


def test_a_void_invoice_is_refused(shop: Room) -> None:
    with shop.desk.database.writing() as session:
        add_invoice(session, "INV-9", lifecycle="void")
    with pytest.raises(Refused, match="INV-9 is void"):
        send_invoice(SALLY, shop.desk, order=replace(ORDER, invoice_number="INV-9"))


def test_an_unknown_invoice_is_not_found(shop: Room) -> None:
    with pytest.raises(NotFound, match="no invoice INV-404"):
        send_invoice(SALLY, shop.desk, order=replace(ORDER, invoice_number="INV-404"))


@pytest.mark.parametrize(
    ("recipients", "sentence"),
    [
        ((), "at least one"),
        (("nonsense",), "nonsense"),
        (("a@b.test\r\nBcc: spy@evil.test",), "invisible character"),
        (tuple(f"a{n}@b.test" for n in range(21)), "21 addresses are too many"),
    ],
)
def test_recipients_are_checked_again(
    shop: Room, recipients: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence) as caught:
        send_invoice(SALLY, shop.desk, order=replace(ORDER, recipients=recipients))
    assert caught.value.fields.keys() == {"addresses"}


def test_a_message_that_is_too_long_is_refused(shop: Room) -> None:
    with pytest.raises(InvalidInput) as caught:
        send_invoice(SALLY, shop.desk, order=replace(ORDER, message="x" * 2001))
    assert caught.value.fields.keys() == {"message"}


def test_addresses_new_for_the_customer_are_pointed_out(shop: Room) -> None:
    order = replace(ORDER, recipients=("AP@iris.test", "new@iris.test", "NEW@iris.test"))
    sent = send_invoice(SALLY, shop.desk, order=order)
    assert sent.recipients == ("AP@iris.test", "new@iris.test")
    assert sent.new_addresses == ("new@iris.test",)


@pytest.mark.parametrize(("hours", "pointed_out"), [(23, True), (25, False)])
def test_a_mail_within_a_day_is_pointed_out(shop: Room, hours: int, pointed_out: bool) -> None:
    send_invoice(CARL, shop.desk, order=ORDER)
    shop.clock.advance(hours=hours)
    sent = send_invoice(SALLY, shop.desk, order=replace(ORDER, draft_id="draft-2"))
    assert (sent.mailed_before == NOW) is pointed_out


def test_a_copy_goes_to_the_sender_once(shop: Room) -> None:
    sent = send_invoice(SALLY, shop.desk, order=replace(ORDER, copy_me=True))
    assert sent.recipients == ("ap@iris.test", SALLY.email)
    both = replace(ORDER, draft_id="2", recipients=(SALLY.email,), copy_me=True)
    assert send_invoice(SALLY, shop.desk, order=both).recipients == (SALLY.email,)


def test_undo_stops_the_mail_and_turns_its_own_link_off(shop: Room) -> None:
    sent = send_invoice(SALLY, shop.desk, order=ORDER)
    undo(SALLY, shop.desk, delivery_id=sent.delivery_id)
    mail, card, edit = rows(shop.desk)
    assert (mail.status, link_state(shop)) == ("cancelled", "off")
    assert (edit.purpose, edit.depends_on) == ("card_edit", card.id)
    undo(SALLY, shop.desk, delivery_id=sent.delivery_id)
    assert len(rows(shop.desk)) == 3


def test_undo_leaves_a_link_that_another_mail_carries(shop: Room) -> None:
    send_invoice(CARL, shop.desk, order=ORDER)
    second = send_invoice(SALLY, shop.desk, order=replace(ORDER, draft_id="draft-2"))
    undo(SALLY, shop.desk, delivery_id=second.delivery_id)
    assert link_state(shop) == "active"


@pytest.mark.parametrize(("actor", "allowed"), [(ANNA, True), (MARA, True), (CARL, False)])
def test_a_colleague_s_send_is_undone_only_by_a_manager(
    shop: Room, actor: Actor, allowed: bool
) -> None:
    sent = send_invoice(SALLY, shop.desk, order=ORDER)
    if allowed:
        undo(actor, shop.desk, delivery_id=sent.delivery_id)
    else:
        with pytest.raises(NotPermitted):
            undo(actor, shop.desk, delivery_id=sent.delivery_id)
    assert rows(shop.desk)[0].status == ("cancelled" if allowed else "queued")


@pytest.mark.parametrize("status", ["sending", "sent", "failed", "unknown"])
def test_undo_comes_too_late_once_a_worker_has_it(shop: Room, status: str) -> None:
    sent = send_invoice(SALLY, shop.desk, order=ORDER)
    with shop.desk.database.writing() as session:
        mail = deliveries.find(session, sent.delivery_id)
        assert mail is not None
        mail.status, mail.lease_token = status, "lease"  # type: ignore[assignment]  # a table of statuses
    with pytest.raises(TooLate, match="already left"):
        undo(SALLY, shop.desk, delivery_id=sent.delivery_id)
    assert link_state(shop) == "active"


def test_a_retry_after_one_address_was_reached_cannot_be_undone(shop: Room) -> None:
    sent = send_invoice(SALLY, shop.desk, order=ORDER)
    with shop.desk.database.writing() as session:
        deliveries.recipients(session, sent.delivery_id)[0].outcome = "sent"
    with pytest.raises(TooLate):
        undo(SALLY, shop.desk, delivery_id=sent.delivery_id)


def test_what_may_have_arrived_cannot_be_undone(shop: Room) -> None:
    sent = send_invoice(SALLY, shop.desk, order=ORDER)
    with shop.desk.database.writing() as session:
        mail = deliveries.find(session, sent.delivery_id)
        assert mail is not None
        mail.ambiguous = 1  # the server's answer to the first try was lost
    with pytest.raises(TooLate):
        undo(SALLY, shop.desk, delivery_id=sent.delivery_id)
    assert rows(shop.desk)[0].status == "queued"
    assert link_state(shop) == "active"


def test_a_card_is_shared_once_in_a_channel(shop: Room) -> None:
    sent = send_invoice(SALLY, shop.desk, order=ORDER)
    for _ in range(2):
        share_card(
            SALLY,
            shop.desk,
            delivery_id=sent.delivery_id,
            channel="C0SALES",
            channel_is_shared=False,
        )
    assert [r.lane for r in rows(shop.desk) if r.purpose == "shared_card"] == ["C0SALES"]


@pytest.mark.parametrize("is_shared", [True, None])
def test_a_card_never_goes_where_another_company_may_read(
    shop: Room, is_shared: bool | None
) -> None:
    sent = send_invoice(SALLY, shop.desk, order=ORDER)
    with pytest.raises(Refused):
        share_card(
            SALLY,
            shop.desk,
            delivery_id=sent.delivery_id,
            channel="C0SHARED",
            channel_is_shared=is_shared,
        )
    assert not [r for r in rows(shop.desk) if r.purpose == "shared_card"]
