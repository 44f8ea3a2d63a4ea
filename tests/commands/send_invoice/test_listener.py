from storage import deliveries
from tests.builders import SALLY
from tests.slack_room import SlackRoom


def test_a_typed_number_opens_the_form_and_sending_queues_mail_and_card(stage: SlackRoom) -> None:
    sally = stage.person(SALLY)
    assert sally.command("/pay", "invoice INV-1042").ok
    assert sally.modal.ticked() == ["ap@iris.test", "Include a Payment Link"]
    submission = sally.modal.submit()
    assert submission.action == "clear"
    with stage.desk.database.reading() as session:
        mail = deliveries.find(session, 1)
        assert mail is not None
        assert [r.address for r in deliveries.recipients(session, 1)] == ["ap@iris.test"]
        assert [card.purpose for card in deliveries.about(session, 1)] == ["card"]
