"""Links: one for a document, found by hash alone, turned off by those who may."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from commands.access import Actor
from commands.errors import LinkOff, NotFound, NotPermitted
from commands.keyring import KeyMissing, Keyring
from commands.payment_link import service, token
from commands.ports import AccountState
from storage.audit import AuditEntry
from storage.payment_links import PaymentLink
from tests.builders import ALEX, ANNA, CARL, MARA, NOBODY, SALLY, add_customer, add_invoice
from tests.conftest import Room
from tests.paying import Till

ACTIVE = AccountState("active", ("card",))


@pytest.fixture
def till(room: Room) -> Till:
    with room.desk.database.writing() as session:
        add_customer(session)
        add_invoice(session)
    return Till(room.desk, room.gateway)


def only_link(till: Till) -> PaymentLink:
    with till.desk.database.reading() as session:
        return session.exec(select(PaymentLink)).one()


def test_colleagues_share_one_link_for_a_document(till: Till) -> None:
    assert till.link("INV-1042") == till.link("INV-1042")


def test_a_token_has_256_bits_and_is_found_by_its_hash(till: Till) -> None:
    text = till.link("INV-1042")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", text)
    with till.desk.database.reading() as session:
        found = service.find_by_token(session, text)
        assert found is not None
        assert service.find_by_token(session, text + "A") is None
        assert service.find_by_token(session, "\ud800") is None


def test_nothing_usable_is_stored(till: Till) -> None:
    assert till.link("INV-1042") not in str(till.dump())


def test_a_link_outlives_the_key_that_made_it(till: Till) -> None:
    text = till.link("INV-1042")
    till.desk = replace(till.desk, keyring=Keyring((b"an entirely different key",)))
    assert till.bearer(text).link_id == only_link(till).id
    with pytest.raises(KeyMissing):
        service.url(till.desk, only_link(till))


def test_a_second_link_is_made_when_the_first_cannot_be_written_any_more(till: Till) -> None:
    text = till.link("INV-1042")
    till.desk = replace(till.desk, keyring=Keyring((b"an entirely different key",)))
    assert till.link("INV-1042") != text
    assert till.bearer(text) != till.bearer(till.link("INV-1042"))


def test_an_older_key_still_writes_the_same_address(till: Till) -> None:
    text = till.link("INV-1042")
    newer = Keyring((b"the newest key of them all", *till.desk.keyring.keys))
    till.desk = replace(till.desk, keyring=newer)
    assert till.link("INV-1042") == text


def test_ids_and_salts_are_never_the_same_twice() -> None:
    assert token.fresh_id() != token.fresh_id()
    assert token.fresh_salt() != token.fresh_salt()
    assert re.fullmatch(r"pl_[a-z2-7]{16}", token.fresh_id())


@pytest.mark.parametrize("actor", [SALLY, ANNA, MARA, CARL])
def test_the_sender_managers_and_cashier_may_turn_off_a_link(till: Till, actor: Actor) -> None:
    text = till.link("INV-1042")
    service.turn_off(actor, till.desk, link_id=till.bearer(text).link_id)
    assert (only_link(till).state, only_link(till).ended_by) == ("off", actor.id)


@pytest.mark.parametrize("actor", [ALEX, NOBODY])
def test_others_may_not_and_it_is_audited(till: Till, actor: Actor) -> None:
    text = till.link("INV-1042")
    with pytest.raises(NotPermitted):
        service.turn_off(actor, till.desk, link_id=till.bearer(text).link_id)
    assert only_link(till).state == "active"
    with till.desk.database.reading() as session:
        row = session.exec(select(AuditEntry).where(AuditEntry.outcome == "denied")).one()
    assert (row.actor, row.action, row.object) == (actor.id, "turn_off_link", only_link(till).id)


def test_a_link_is_turned_off_once(till: Till) -> None:
    link_id = till.bearer(till.link("INV-1042")).link_id
    service.turn_off(SALLY, till.desk, link_id=link_id)
    with pytest.raises(LinkOff):
        service.turn_off(SALLY, till.desk, link_id=link_id)
    with pytest.raises(NotFound):
        service.turn_off(SALLY, till.desk, link_id="pl_none")


def test_a_new_link_is_made_after_the_old_was_turned_off(till: Till) -> None:
    text = till.link("INV-1042")
    service.turn_off(SALLY, till.desk, link_id=till.bearer(text).link_id)
    assert till.link("INV-1042") != text


def test_a_bank_debit_under_way_goes_on_when_the_link_is_turned_off(till: Till) -> None:
    text = till.link("INV-1042")
    till.click(text, method="us_bank_account")
    till.pay(status="processing")
    service.turn_off(SALLY, till.desk, link_id=till.bearer(text).link_id)
    till.pay()
    assert till.balance() == 0


@pytest.mark.parametrize(
    ("customer", "invoice", "account", "reason"),
    [
        ({}, {}, ACTIVE, ""),
        ({}, {"total": -500}, ACTIVE, "credit memo"),
        ({}, {"allocated": 12500}, ACTIVE, "is paid"),
        ({}, {"lifecycle": "void"}, ACTIVE, "is void"),
        ({"payment_links_enabled": False}, {}, ACTIVE, "disabled for Blue Iris Florist"),
        ({}, {}, AccountState("not_connected"), "No payments account"),
        ({}, {}, AccountState("restricted", (), "Stripe needs more."), "Stripe needs more."),
    ],
)
def test_why_a_document_goes_without_link(
    till: Till,
    customer: dict[str, Any],
    invoice: dict[str, Any],
    account: AccountState,
    reason: str,
) -> None:
    with till.desk.database.writing() as session:
        party = add_customer(session, "C9", **customer)
        document = add_invoice(session, "INV-9", customer_id="C9", **invoice)
    sentence = service.why_no_link(party, document, account, disputed=False)
    assert (reason in sentence) if reason else not sentence
