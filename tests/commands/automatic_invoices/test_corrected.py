"""A corrected version: what it is called, where its link leads, and what it puts an end to."""

from collections.abc import Callable
from dataclasses import dataclass

from commands.access import DELIVERER, SETTLER
from commands.deliver.service import deliver_next
from commands.desk import Carriers
from commands.ports import MailEnvelope, Mailer, RecipientOutcome
from commands.send_invoice.service import SendInvoice, send_invoice
from commands.take_payment.chores import expire_superseded
from tests.automatic import LINK, ONE, Office
from tests.builders import SALLY
from tests.commands.deliver.posting import body, pdf
from tests.paying import Till

TWO = "INV-7,C1,2026-03-10,2,100.00"


def test_a_corrected_invoice_says_so_and_keeps_its_link(office: Office) -> None:
    office.bring(ONE)
    office.work()
    office.bring(TWO)
    office.work()
    first, second = office.received()
    assert str(second["Subject"]).startswith("Corrected invoice INV-7")
    assert "USD 100.00" in second["Subject"]
    assert b"Corrected, version 2" in pdf(second)
    assert link_in(body(first, "plain")) == link_in(body(second, "plain"))


def link_in(text: str) -> str:
    return next(word for word in text.split() if word.startswith(LINK))


def test_it_is_corrected_after_a_mail_by_hand_too(office: Office) -> None:
    office.bring("INV-7,C1,2026-01-10,1,125.00")
    order = SendInvoice("draft-1", "INV-7", ("ap@iris.test",), with_link=True)
    send_invoice(SALLY, office.room.desk, order=order)
    office.room.clock.advance(minutes=1)
    office.work()
    office.bring(TWO)
    office.work()
    assert office.subjects()[1].startswith("Corrected invoice INV-7")


def test_a_version_that_nobody_had_is_not_called_corrected(office: Office) -> None:
    office.bring("INV-7,C1,2026-01-10,1,125.00")
    office.bring(TWO)
    office.work()
    assert office.subjects()[0].startswith("Invoice INV-7")


def test_a_trial_of_the_first_version_does_not_make_the_second_corrected(office: Office) -> None:
    office.policy(mail_mode="redirect", mail_copy_to="us@bloom.test")
    office.bring(ONE)
    office.work()
    office.policy(mail_mode="live")
    office.bring(TWO)
    office.work()
    assert "Corrected" not in office.subjects()[1]


def test_the_first_version_is_dropped_when_the_second_came_before_it_left(office: Office) -> None:
    office.bring(ONE)
    office.decide()
    office.bring(TWO)
    office.work()
    (subject,) = office.subjects()
    assert subject.startswith("Invoice INV-7 from Bloom Wholesale – USD 100.00")
    assert office.mails()[0].status == "cancelled"


def test_a_version_that_waits_gives_way_to_the_next(office: Office) -> None:
    office.bring(ONE)
    office.bring(TWO)
    office.work()
    assert len(office.received()) == 1
    assert office.rows()["INV-7", 1] == ("skipped", "version 2 has replaced version 1")


@dataclass
class LateCorrection:
    """A mailer to whom the new version comes while it talks to the server."""

    inner: Mailer
    office: Office

    def send(
        self, envelope: MailEnvelope, before_data: Callable[[], None]
    ) -> list[RecipientOutcome]:
        self.office.bring(TWO)
        return self.inner.send(envelope, before_data)


def test_a_correction_that_comes_just_before_the_data_stops_the_mail(office: Office) -> None:
    office.bring(ONE)
    office.decide()
    mailer = office.room.mailer
    carriers = Carriers(LateCorrection(mailer, office), office.room.announcer)
    deliver_next(DELIVERER, office.room.desk, carriers)
    office.work()
    assert [m.status for m in office.mails()] == ["cancelled", "sent"]
    assert len(office.received()) == 1


def test_a_checkout_for_the_old_amount_cannot_be_paid_any_more(office: Office) -> None:
    office.bring(ONE)
    office.work()
    token = link_in(body(office.received()[0], "plain")).removeprefix(LINK)
    till = Till(office.room.desk, office.room.gateway)
    till.click(token)
    office.bring(TWO)
    office.work()
    (session_id,) = office.room.gateway.sessions
    while expire_superseded(SETTLER, office.room.desk):
        pass
    assert office.room.gateway.sessions[session_id].status == "expired"
    till.click(token)
    amounts = [request.lines[0].amount.minor for request in office.room.gateway.requests]
    assert amounts == [12500, 10000]
