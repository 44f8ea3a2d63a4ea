"""A bulk send that somebody else decides on: bound to what was asked, less what fell away."""

import pytest

from commands.access import HOUSEKEEPER
from commands.approvals import reminding, service
from commands.batches import service as batches
from commands.bulk_send.starting import more_than_agreed, seen_as
from commands.errors import Changed, NotPermitted, Refused
from storage import customers, users
from storage.customers import Customer
from storage.invoices import Invoice
from tests.builders import ANNA, CARL, MARA, SALLY
from tests.bulk_sending import ID, Sends, addresses, text_of


@pytest.fixture
def asked(sends: Sends) -> Sends:
    sends.request(SALLY, 1, 2, 3)
    return sends


def seen(sends: Sends) -> str:
    with sends.desk.database.reading() as session:
        return seen_as(more_than_agreed(session, ID))


def test_nothing_leaves_until_it_is_approved(asked: Sends) -> None:
    asked.send()
    assert asked.letters() == []
    asked.approve(MARA)
    asked.send()
    assert len(asked.letters()) == 3
    row = asked.approval()
    assert (row.status, row.decided_by, row.customers, row.invoices) == ("done", MARA.id, 3, 6)
    assert row.totals == {"USD": 45000}


def test_it_is_shown_to_the_channel_the_approvers_and_whoever_asked(asked: Sends) -> None:
    asked.work()
    lanes = [post.channel for post in asked.room.announcer.posts]
    assert sorted(lanes) == sorted(["#payments", ANNA.id, MARA.id, SALLY.id])
    assert "Florist 1, Florist 2, Florist 3" in asked.posts()[0]


def test_no_button_outlives_the_decision(asked: Sends) -> None:
    asked.work()
    asked.approve(MARA)
    asked.send()
    last = {ts: str(post.blocks) for ts, post in asked.room.announcer.updates}
    assert not [text for text in last.values() if "pay.approval" in text]


def test_whoever_asked_hears_of_it_directly_and_in_the_thread(asked: Sends) -> None:
    asked.work()
    asked_for = asked.approval()
    service.reject(
        MARA, asked.desk, approval_id=ID, content_hash=asked_for.content_hash, reason="Not C2"
    )
    asked.work()
    told = [post for post in asked.room.announcer.posts if "Not C2" in post.text]
    assert {(post.channel, bool(post.thread_ts)) for post in told} == {
        (SALLY.id, False),
        ("#payments", True),
    }
    asked.send()
    assert asked.letters() == []


def test_what_fell_away_meanwhile_is_left_out_and_named(asked: Sends) -> None:
    asked.change(Invoice, "INV-10", allocated=10000)
    asked.change(Customer, "C2", payment_links_enabled=False)
    asked.change(Invoice, "INV-30", lifecycle="void")
    asked.approve(MARA)
    asked.send()
    assert addresses(asked.letters()) == ["ap1@florist1.test", "ap3@florist3.test"]
    assert "INV-10" not in text_of(asked.letters()[0])
    reasons = {skip.subject or skip.customer_id: skip.reason for skip in asked.skips()}
    assert sorted(reasons) == ["C2", "INV-10", "INV-30"]
    assert asked.approval().status == "partial"


def test_who_is_no_longer_on_file_is_not_written_to(sends: Sends) -> None:
    to = ("ap1@florist1.test", "typed@elsewhere.test")
    sends.request(SALLY, mails=(sends.mail(1, recipients=to), sends.mail(2), sends.mail(3)))
    with sends.desk.database.writing() as session:
        customers.replace_contacts(session, "C1", "invoice", ["new@florist1.test"])
        customers.replace_contacts(session, "C2", "invoice", [])
    sends.approve(MARA)
    sends.send()
    assert addresses(sends.letters()) == ["typed@elsewhere.test", "ap3@florist3.test"]


def test_what_asks_for_more_has_to_be_approved_as_it_is_now(sends: Sends) -> None:
    sends.change(Invoice, "INV-10", allocated=4000)
    sends.request(SALLY, 1, 2)
    sends.change(Invoice, "INV-10", allocated=1000)
    with pytest.raises(Changed, match="INV-10 asks for more"):
        sends.approve(MARA)
    old = seen(sends)
    sends.change(Invoice, "INV-10", allocated=0)
    with pytest.raises(Changed):
        sends.approve(MARA, old)
    sends.approve(MARA, seen(sends))
    sends.send()
    assert "Total to pay: USD 150.00" in text_of(sends.letters()[0])


def test_what_grew_after_the_approval_stays_here(sends: Sends) -> None:
    sends.change(Invoice, "INV-10", allocated=4000)
    sends.request(SALLY, 1, 2)
    sends.approve(MARA)
    sends.change(Invoice, "INV-10", allocated=0)
    sends.send()
    assert "INV-10" not in text_of(sends.letters()[0])
    assert "agreed" in sends.skips()[0].reason


def test_when_nothing_is_left_it_is_to_be_rejected(sends: Sends) -> None:
    sends.rule(approval_max_total=100)
    sends.request(SALLY, 1)
    sends.change(Customer, "C1", payment_links_enabled=False)
    with pytest.raises(Refused, match="Nothing of it is left"):
        sends.approve(MARA)
    assert sends.approval().status == "pending"


def test_nobody_approves_their_own(asked: Sends) -> None:
    with asked.desk.database.writing() as session:
        users.replace_roles(session, SALLY.id, ["Admin"])
    with pytest.raises(Refused, match="somebody else"):
        asked.approve(type(SALLY)(SALLY.id, SALLY.name, SALLY.email, ANNA.roles))


def test_rights_are_looked_at_again_when_it_is_sent(asked: Sends) -> None:
    asked.approve(MARA)
    with asked.desk.database.writing() as session:
        users.replace_roles(session, MARA.id, ["Sales"])
    asked.send()
    assert asked.letters() == []
    assert {skip.reason for skip in asked.skips()} == {"Whoever approved it may no longer do so."}


def test_what_was_undone_is_recalled_and_counts_no_more(sends: Sends) -> None:
    sends.rule(approval_max_total=300)
    sends.request(SALLY, 1, 2, 3)
    sends.approve(MARA)
    sends.work()
    batches.undo(SALLY, sends.desk, batch_id=ID)
    sends.send()
    assert (sends.letters(), sends.approval().status) == ([], "recalled")
    assert [link.state for link in sends.links()] == ["off"] * 3
    assert sends.answer(SALLY, 1).way == "direct"


def test_what_was_rejected_counts_no_more(asked: Sends) -> None:
    asked.rule(approval_max_total=300)
    assert asked.answer(SALLY, 1).way == "ask"
    service.withdraw(SALLY, asked.desk, approval_id=ID)
    assert asked.answer(SALLY, 1).way == "direct"


def test_half_way_to_its_end_everybody_is_reminded_once(asked: Sends) -> None:
    asked.work()
    asked.room.clock.advance(hours=35)
    assert reminding.remind(HOUSEKEEPER, asked.desk) == 0
    asked.room.clock.advance(hours=1)
    assert reminding.remind(HOUSEKEEPER, asked.desk) == 1
    assert reminding.remind(HOUSEKEEPER, asked.desk) == 0
    before = len(asked.room.announcer.posts)
    asked.work()
    told = [post.channel for post in asked.room.announcer.posts[before:]]
    assert sorted(told) == sorted([ANNA.id, MARA.id, "#payments"])


def test_a_cashier_may_not_decide(asked: Sends) -> None:
    with pytest.raises(NotPermitted, match="may not approve"):
        asked.approve(CARL)
