from typing import cast

import pytest

from bot.sandbox.slack.messages import Content, Message
from bot.sandbox.slack.person import Person
from commands.access import SETTLER
from commands.ports import GatewayPayment
from commands.take_payment import settle
from storage import invoices, payments
from storage.money import Money
from tests.builders import CARL, NOW, SALLY, add_invoice
from tests.commands.deliver.posting import drain
from tests.paying import Till
from tests.slack_room import SlackRoom

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def carl(stage: SlackRoom) -> Person:
    """Carl; Blue Iris owes USD 125.00 and has the credit memo CR-1 over USD 20.00."""
    with stage.desk.database.writing() as session:
        add_invoice(session, "CR-1", total=-2000)
    return stage.person(CARL)


def balance(stage: SlackRoom, number: str = "INV-1042") -> int:
    with stage.desk.database.reading() as session:
        row = invoices.find(session, number)
        assert row is not None
        return row.balance.minor


def test_credit_is_reviewed_and_applied(stage: SlackRoom, carl: Person) -> None:
    carl.command("/pay", "credit Blue Iris")
    assert "Owes USD 125.00, has USD 20.00 to their credit" in carl.modal.text()
    assert carl.modal.submit().action == "push"
    assert "CR-1: USD 20.00 on INV-1042" in carl.modal.text()
    assert "USD 105.00 remains" in carl.modal.text()
    assert balance(stage) == 12500
    carl.modal.submit()
    assert balance(stage) == 10500


def test_credit_that_a_bank_debit_has_reserved_is_named_with_its_invoice(
    stage: SlackRoom, carl: Person
) -> None:
    till = Till(stage.desk, stage.room.gateway)
    token = till.link("INV-1042")
    till.click(token, use_credit=True, method="us_bank_account")
    till.pay(status="processing")
    carl.command("/pay", "credit Blue Iris")
    assert (
        "has USD 20.00 to their credit. USD 20.00 of it is reserved: the customer chose to use it"
        " with the bank debit under way for INV-1042, and it goes there when that comes."
    ) in carl.modal.text()


def test_credit_is_taken_off_again(stage: SlackRoom, carl: Person) -> None:
    carl.command("/pay", "credit Blue Iris")
    carl.modal.submit()
    carl.modal.submit()
    carl.command("/pay", "credit Blue Iris")
    assert "no open credit" in carl.modal.text()
    carl.modal.press("Take a credit off…")
    carl.modal.tick("CR-1 on INV-1042")
    assert carl.modal.submit().ok
    assert balance(stage) == 12500


def test_nothing_ticked_is_said_beside_the_field(stage: SlackRoom, carl: Person) -> None:
    carl.command("/pay", "credit C1")
    carl.modal.untick("CR-1")
    assert "tick the credit" in carl.modal.submit().errors["Put it on"]


def test_without_the_role_it_is_refused(stage: SlackRoom) -> None:
    assert "You may not" in stage.person(SALLY).command("/pay", "credit C1").text


# -- the notice ---------------------------------------------------------------------------------


def notice(stage: SlackRoom) -> Message:
    """What the payments channel shows about the excess, as the worker last composed it."""
    drain(stage.room)
    shown = stage.room.announcer
    content = shown.updates[-1][1] if shown.updates else shown.posts[-1]
    blocks = cast("tuple[dict[str, object], ...]", tuple(content.blocks))
    workspace = stage.slack.workspace
    return workspace.post(workspace.channel("#payments"), Content(content.text, blocks))


@pytest.fixture
def excess(stage: SlackRoom) -> Message:
    """USD 25.00 that no attempt of ours explains, told in the channel."""
    told = GatewayPayment(
        id="pi_7",
        status="succeeded",
        amount=Money(2500, "USD"),
        method="card",
        method_detail="Visa ending in 4242",
        payer_email="",
        statement_descriptor="",
        attempt_id="",
        created=NOW,
    )
    settle.settle_unexplained(SETTLER, stage.desk, payment=told)
    return notice(stage)


def test_it_is_applied_to_the_invoice_of_the_customer_who_is_chosen(
    stage: SlackRoom, carl: Person, excess: Message
) -> None:
    carl.press(excess, "Apply to…")
    carl.modal.pick("*Customer*", "Blue Iris Florist", search="blue")
    assert [text for text in carl.modal.ticked() if "pi_7" in text]
    carl.modal.submit()
    carl.modal.submit()
    assert balance(stage) == 10000
    assert "Nothing of it is unapplied any more" in notice(stage).visible_text()


def test_keeping_it_edits_the_notice_with_who_said_so(
    stage: SlackRoom, carl: Person, excess: Message
) -> None:
    assert carl.press(excess, "Keep as credit").ok
    after = notice(stage)
    assert f"stays credit: <@{CARL.id}> said so" in after.visible_text()
    assert "Apply to…" in str(after.blocks)
    assert "Keep as credit" not in str(after.blocks)


def test_the_refund_button_opens_the_refund_of_that_payment(carl: Person, excess: Message) -> None:
    carl.press(excess, "Refund")
    assert carl.modal.title == "Refund"
    assert "pi_7" in carl.modal.text()
    assert carl.modal.value("Amount") == "25.00"


def test_a_payment_used_up_meanwhile_says_so(
    stage: SlackRoom, carl: Person, excess: Message
) -> None:
    with stage.desk.database.writing() as session:
        payment = payments.find(session, "pi_7")
        invoice = invoices.find(session, "INV-1042")
        assert payment is not None
        assert invoice is not None
        payments.allocate(session, payment, invoice, 2500)
    assert "unapplied any more" in carl.press(excess, "Apply to…").text
