import time

import pytest

from renderers.mrkdwn import escape
from tests.builders import CARL, SALLY, add_customer, add_invoice
from tests.slack_room import SlackRoom

words_only = pytest.mark.databases("sqlite")  # see tests/conftest.py; a search runs on both


@words_only
def test_pay_alone_offers_what_the_person_may_do(stage: SlackRoom) -> None:
    answer = stage.person(SALLY).command("/pay")
    assert "What would you like to do?" in answer.text
    assert "Send an invoice" in answer.text


@words_only
def test_the_launcher_button_opens_the_search(stage: SlackRoom) -> None:
    sally = stage.person(SALLY)
    launcher = sally.command("/pay").shown[0]
    sally.press(launcher, "Send an invoice")
    assert sally.modal.title == "Send invoice"


@words_only
def test_help_names_only_what_exists(stage: SlackRoom) -> None:
    said = stage.person(CARL).command("/pay", "help").text
    assert "/pay invoice" in said
    assert "schedule" not in said
    assert "Your role: Cashier." in said


@words_only
def test_an_unknown_word_is_answered_with_the_nearest_verb(stage: SlackRoom) -> None:
    answer = stage.person(SALLY).command("/pay", "invoce")
    assert "Did you mean `/pay invoice`?" in answer.text


@words_only
def test_a_word_like_nothing_names_the_help(stage: SlackRoom) -> None:
    answer = stage.person(SALLY).command("/pay", "<!channel> zzz")
    assert "/pay help" in answer.text
    assert "<!channel>" not in answer.text


@pytest.mark.parametrize("text", ["INV-1042", "inv-1042", "1042", "88213", "7781", "blue iris"])
def test_a_number_or_customer_alone_opens_the_form(stage: SlackRoom, text: str) -> None:
    sally = stage.person(SALLY)
    assert sally.command("/pay", text).ok
    assert "INV-1042" in sally.modal.text()
    assert sally.modal.submit_text == "Send"


@pytest.mark.parametrize("name", ["Petal & Stem", "A <B>", "Tulips &amp; Co"])
@pytest.mark.parametrize("typed", ["customer {}", "{}"])
def test_a_name_is_found_though_slack_escapes_what_is_typed(
    stage: SlackRoom, name: str, typed: str
) -> None:
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name=name)
        add_customer(session, "C3", name="Amp Garden")
        add_invoice(session, "INV-2001", customer_id="C2", order_number="99001")
    sally = stage.person(SALLY)
    assert sally.command("/pay", typed.format(name)).ok
    said = sally.modal.text()  # some blocks are mrkdwn
    assert name in said or escape(name) in said


def test_a_name_that_nobody_has_is_named_as_it_was_typed(stage: SlackRoom) -> None:
    said = stage.person(SALLY).command("/pay", "Roses & <Thorns>").text
    assert "called 'Roses &amp; &lt;Thorns&gt;'" in said


def test_a_customer_with_several_invoices_is_offered_them(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_invoice(session, "INV-1043", order_number="88214")
    sally = stage.person(SALLY)
    sally.command("/pay", "blue")
    sally.modal.pick("Which invoice?", "INV-1043")
    assert "INV-1043" in sally.modal.text()
    assert sally.modal.submit_text == "Send"


def test_the_number_of_one_invoice_wins_over_longer_ones(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_invoice(session, "INV-10421", order_number="88214")
    sally = stage.person(SALLY)
    sally.command("/pay", "1042")
    assert sally.modal.submit_text == "Send"


@pytest.mark.parametrize(
    "text",
    ["1,000.00", "'; DROP TABLE invoices;--", "../../etc/passwd", "١٠٤٢", "payload", "a=b&c=%00"],
)
def test_odd_texts_are_answered_with_a_sentence(stage: SlackRoom, text: str) -> None:
    answer = stage.person(SALLY).command("/pay", text)
    assert answer.ok
    assert answer.text
    assert "Reference" not in answer.text


@words_only
def test_ten_thousand_characters_are_refused_in_one_sentence(stage: SlackRoom) -> None:
    assert "under 200 characters" in stage.person(SALLY).command("/pay", "x" * 10_000).text


@words_only
def test_a_trigger_that_expired_is_told(stage: SlackRoom) -> None:
    stage.slack.workspace.triggers.lifetime = 0
    answer = stage.person(SALLY).command("/pay", "INV-1042")
    assert "took too long for Slack" in answer.text


def test_the_search_finds_number_po_and_customer(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name="Wild Fern Studio")
        add_invoice(session, "INV-2001", customer_id="C2", po_number="PO-55", total=-500)
    sally = stage.person(SALLY)
    sally.command("/pay", "invoice")
    first = "INV-1042 · Blue Iris Florist · USD 125.00 due 14 Mar 2026"
    label = "Which invoice?"
    assert [o["text"]["text"] for o in sally.modal.search(label, "104")] == [first]
    assert [o["value"] for o in sally.modal.search(label, "po-5")] == ["INV-2001"]
    assert [o["value"] for o in sally.modal.search(label, "fern wild")] == ["INV-2001"]
    assert sally.modal.search(label, "nothing like it") == []


def test_a_search_with_too_many_answers_shows_99_and_a_hint(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        for number in range(120):
            add_invoice(session, f"INV-{5000 + number}", po_number="")
    sally = stage.person(SALLY)
    sally.command("/pay", "invoice")
    began = time.monotonic()
    found = sally.modal.search("Which invoice?", "INV-5")
    assert time.monotonic() - began < 1
    assert len(found) == 100
    assert "There are more" in found[-1]["text"]["text"]
    sally.modal.pick("Which invoice?", "There are more", search="INV-5")
    assert sally.modal.submit_text is None
