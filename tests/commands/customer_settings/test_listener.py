import pytest

from bot.sandbox.slack.person import Person
from commands.access import Actor
from commands.customer_settings import service
from commands.customer_settings.settings import Settings, Standing
from commands.payment_link import service as payment_link
from storage import customers
from tests.builders import ANNA, CARL, MARA, NOBODY, SALLY, add_customer
from tests.slack_room import SlackRoom

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


def opened(stage: SlackRoom, actor: Actor = MARA, typed: str = "customer blue iris") -> Person:
    person = stage.person(actor)
    assert person.command("/pay", typed).ok
    return person


def standing(stage: SlackRoom) -> Standing:
    return service.look(SALLY, stage.desk, customer_id="C1")


def settings(stage: SlackRoom) -> Settings:
    return standing(stage).settings


def with_link(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        payment_link.issue(
            session,
            SALLY,
            stage.desk,
            kind="invoice",
            subject="INV-1042",
            customer_id="C1",
            currency="USD",
            invoice_numbers=["INV-1042"],
        )


def test_unticking_asks_about_open_links_and_why(stage: SlackRoom) -> None:
    with_link(stage)
    person = opened(stage)
    assert "Reason" not in person.modal.text()
    person.modal.untick("Enable payment links")
    assert "Turn off the open link" in person.modal.text()
    person.modal.fill("Reason", "Cheques only")
    person.modal.submit()
    assert "1 link was turned off" in person.modal.text()
    assert not settings(stage).links_enabled


def test_open_links_can_be_left(stage: SlackRoom) -> None:
    with_link(stage)
    person = opened(stage)
    person.modal.untick("Enable payment links")
    person.modal.pick("Links that are out", "Leave what is out")
    person.modal.fill("Reason", "Cheques only")
    person.modal.submit()
    now = standing(stage)
    assert (now.links_kept, now.open_links) == (True, 1)
    person = opened(stage)
    assert "Payment links are disabled: Cheques only" in person.modal.text()
    assert "Links that were out before still work" in person.modal.text()


def test_ticking_again_says_what_comes_back_and_what_does_not(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        customer = customers.lock(session, "C1")
        assert customer is not None
        customer.payment_links_enabled, customer.links_disabled_reason = False, "Cheques only"
    person = opened(stage)
    person.modal.tick("Enable payment links")
    assert "Links that were turned off stay off" in person.modal.text()
    person.modal.submit()
    assert "new mails carry one" in person.modal.text()
    assert settings(stage).links_enabled


def test_what_is_typed_stays_while_the_form_changes(stage: SlackRoom) -> None:
    person = opened(stage)
    person.modal.fill("Group", "Florists")
    person.modal.fill("Statement e-mails", "boss@iris.test, not an address")
    person.modal.untick("Enable payment links")
    person.modal.fill("Reason", "Cheques only")
    refused = person.modal.submit()
    assert "@-sign" in refused.errors["Statement e-mails"]
    person.modal.fill("Statement e-mails", "Boss <boss@iris.test>; ap@iris.test")
    person.modal.submit()
    now = settings(stage)
    assert (now.group, now.statement_emails) == ("Florists", ("boss@iris.test", "ap@iris.test"))


def test_the_representative_is_found_by_name_and_can_be_nobody(stage: SlackRoom) -> None:
    person = opened(stage)
    person.modal.pick("Sales representative", "Sally Sales", search="sal")
    person.modal.pick("Preferred way to pay", "Card")
    person.modal.submit()
    assert (settings(stage).sales_rep, settings(stage).preferred_method) == (SALLY.id, "card")
    person = opened(stage)
    person.modal.pick("Sales representative", "Nobody", search="")
    person.modal.submit()
    assert settings(stage).sales_rep == ""


def test_a_change_meanwhile_is_told_and_nothing_typed_is_lost(stage: SlackRoom) -> None:
    first, second = opened(stage), opened(stage, ANNA)
    first.modal.fill("Group", "North")
    first.modal.submit()
    second.modal.fill("Group", "South")
    second.modal.submit()
    assert "changed since you opened them. Please look again. Mara Manager did." in (
        second.modal.text()
    )
    assert " *Save* puts what stands here." in second.modal.text()
    second.modal.submit()
    assert settings(stage).group == "South"


@pytest.mark.parametrize("actor", [CARL, SALLY])
def test_others_see_them_and_whom_to_ask(stage: SlackRoom, actor: Actor) -> None:
    shown = opened(stage, actor).modal.text()
    assert "ap@iris.test" in shown
    assert "Ask <@U0ANNA> or <@U0MARA>" in shown


def test_without_a_role_nothing_is_shown(stage: SlackRoom) -> None:
    assert "You have no role" in stage.person(NOBODY).command("/pay", "customer blue").text


def test_without_a_name_it_is_searched_for(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name="Blue <!channel> Moon")
    person = opened(stage, typed="customer")
    person.modal.pick("*Customer*", "Blue <!channel> Moon · C2", search="moon")
    assert "<!channel>" not in person.modal.text()
    assert "Enable payment links" in person.modal.text()


def test_a_name_nobody_has_is_said(stage: SlackRoom) -> None:
    told = stage.person(MARA).command("/pay", "customer zebra").text
    assert "begins with 'zebra'" in told
