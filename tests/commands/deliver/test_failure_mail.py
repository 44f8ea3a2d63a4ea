"""A bank debit comes back days after the customer thought it was paid: they get a mail."""

from email.message import EmailMessage

from commands.payment_link import service as payment_link
from tests.builders import SALLY
from tests.commands.deliver.posting import PAY, body, drain, parsed
from tests.conftest import Room
from tests.paying import Till


def fail(till: Till) -> str:
    """The link's token."""
    token = till.link("INV-1042")
    till.click(token, method="us_bank_account")
    till.pay(status="processing", payer_email="owner@iris.test")
    failed = till.gateway.complete("cs_test_1", status="failed", payer_email="owner@iris.test")
    till.settle(failed)
    till.settle(failed)  # told again
    return token


def mails(till: Till) -> list[str]:
    return [row.key for row in till.deliveries("payment_failed")]


def failure(room: Room) -> EmailMessage:
    [mail] = [m for m in map(parsed, room.mailer.sent) if "did not arrive" in m["Subject"]]
    return mail


def test_whoever_paid_learns_that_it_did_not_arrive_once(till: Till, room: Room) -> None:
    token = fail(till)
    assert mails(till) == ["payment-failed:pi_1"]
    drain(room)
    mail = failure(room)
    assert "owner@iris.test" in mail["To"]
    assert f"{PAY}{token}" in body(mail, "plain")
    assert "INV-1042: USD 125.00" in body(mail, "plain")


def test_a_link_that_was_turned_off_is_not_in_it(till: Till, room: Room) -> None:
    token = fail(till)
    payment_link.turn_off(SALLY, room.desk, link_id=till.bearer(token).link_id)
    drain(room)
    mail = failure(room)
    assert PAY not in body(mail, "plain")


def test_a_card_that_is_declined_mails_nobody(till: Till) -> None:
    till.click(till.link("INV-1042"))
    till.settle(till.gateway.sessions["cs_test_1"])
    assert mails(till) == []
