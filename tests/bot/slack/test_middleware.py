"""The role matrix: everybody who might be there, at every way in."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.transport import Answer
from commands.send_invoice import modal
from storage import users
from storage.users import User
from tests.builders import ALEX, ANNA, CARL, MARA, NOBODY, SALLY
from tests.slack_room import SlackRoom, audited, rows

ROLES = (ANNA, MARA, CARL, SALLY, ALEX)
Act = Callable[[SlackRoom, Person], Answer]

OUTSIDERS: dict[str, tuple[dict[str, Any], str]] = {
    "without a role": ({}, "You have no role"),
    "unknown": ({}, "You have no role"),
    "deactivated here": ({}, "deactivated"),
    "deactivated in Slack": ({"deleted": True}, "deactivated"),
    "guest": ({"is_restricted": True}, "Guests cannot"),
    "bot": ({"is_bot": True}, "Bots cannot"),
    "other workspace": ({"team_id": "T0OTHER"}, "people of this workspace"),
    "stranger": ({"is_stranger": True}, "people of this workspace"),
}


def outsider(stage: SlackRoom, kind: str) -> Person:
    """Somebody who may do nothing, though most of them have been given a role."""
    person = stage.slack.add_person("U0OUT", "Olga Outside", "olga@x.test", **OUTSIDERS[kind][0])
    if kind == "unknown":
        return person
    with stage.desk.database.writing() as session:
        active = kind != "deactivated here"
        session.add(User(id=person.id, name="Olga Outside", email="olga@x.test", active=active))
        session.flush()
        users.replace_roles(session, person.id, [] if kind == "without a role" else ["Admin"])
    return person


def payload(person: Person, kind: str, **own: Any) -> bytes:
    body = {
        "type": kind,
        "user": {"id": person.id, "team_id": person.member.team_id},
        "team": {"id": "T0SANDBOX"},
        "trigger_id": f"{kind}.1",
        **own,
    }
    return urlencode({"payload": json.dumps(body)}).encode()


def type_pay(stage: SlackRoom, person: Person) -> Answer:
    return person.command("/pay")


def type_invoice(stage: SlackRoom, person: Person) -> Answer:
    return person.command("/pay", "invoice INV-1042")


def type_help(stage: SlackRoom, person: Person) -> Answer:
    return person.command("/pay", "help")


def press(action_id: str, value: str = "1") -> Act:
    def act(stage: SlackRoom, person: Person) -> Answer:
        button = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        return person.send_signed(payload(person, "block_actions", actions=[button]))

    return act


def choose_invoice(stage: SlackRoom, person: Person) -> Answer:
    option = {"value": "INV-1042"}
    chosen = {"type": "external_select", "action_id": "pay.find_invoice", "block_id": "find"}
    view = {"id": "V1", "type": "modal", "private_metadata": json.dumps({"draft": "d", "in": ""})}
    acts = [chosen | {"selected_option": option}]
    return person.send_signed(payload(person, "block_actions", actions=acts, view=view))


def search(stage: SlackRoom, person: Person) -> Answer:
    place = {"action_id": "pay.find_invoice", "block_id": "find", "value": "INV"}
    return person.send_signed(payload(person, "block_suggestion", **place))


def submit(stage: SlackRoom, person: Person) -> Answer:
    values = {
        "addresses": {"addresses": {"type": "plain_text_input", "value": "spy@evil.test"}},
        "link": {"link": {"type": "checkboxes", "selected_options": [{"value": "link"}]}},
    }
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": modal.SEND,
        "private_metadata": json.dumps({"draft": "d", "invoice": "INV-1042", "in": ""}),
        "blocks": [],
        "state": {"values": values},
    }
    return person.send_signed(payload(person, "view_submission", view=view))


def share(stage: SlackRoom, person: Person) -> Answer:
    held = {"type": "conversations_select", "selected_conversation": "C000000000"}
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": "pay.share_card.submit",
        "private_metadata": json.dumps({"delivery": 1}),
        "blocks": [],
        "state": {"values": {"channel": {"channel": held}}},
    }
    return person.send_signed(payload(person, "view_submission", view=view))


ACTS: dict[str, Act] = {
    "/pay": type_pay,
    "/pay invoice": type_invoice,
    "/pay help": type_help,
    "launcher": press("pay.launch.invoice"),
    "search": search,
    "choose": choose_invoice,
    "submit": submit,
    "undo": press("pay.card.undo"),
    "turn off link": press("pay.card.turn_off_link"),
    "post here": press("pay.card.post_here"),
    "share": share,
}


@pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py
@pytest.mark.parametrize("kind", OUTSIDERS)
def test_an_outsider_gets_no_effect_one_sentence_and_an_audit_row(
    stage: SlackRoom, kind: str
) -> None:
    person = outsider(stage, kind)
    for number, (name, act) in enumerate(ACTS.items(), start=1):
        answer = act(stage, person)
        assert answer.status == 200, name
        denied = audited(stage.desk, "denied")
        assert [entry.actor for entry in denied] == [person.id] * number, name
        if name.startswith("/pay"):
            assert OUTSIDERS[kind][1] in answer.text
            assert "Ask <@U0ANNA>" in answer.text
        if name in {"submit", "share"}:
            assert OUTSIDERS[kind][1] in answer.json()["view"]["blocks"][0]["text"]["text"]
        if name == "search":
            assert answer.json() == {"options": []}
    assert rows(stage.desk) == []
    assert stage.calls("views.open") == 0


@pytest.mark.parametrize("actor", ROLES, ids=lambda actor: actor.role_text)
def test_each_of_the_five_roles_may_look_up_open_and_send(stage: SlackRoom, actor: Any) -> None:
    person = stage.person(actor)
    assert "/pay invoice" in type_help(stage, person).text
    assert [o["value"] for o in search(stage, person).json()["options"]] == ["INV-1042"]
    type_invoice(stage, person)
    assert person.modal.submit().ok
    assert [mail.created_by for mail in stage.mails()] == [actor.id]
    assert audited(stage.desk, "denied") == []


@pytest.mark.parametrize(
    ("actor", "allowed"), [(ANNA, True), (MARA, True), (CARL, False), (ALEX, False)]
)
def test_undoing_a_colleague_s_mail_needs_a_manager(
    stage: SlackRoom, actor: Any, allowed: bool
) -> None:
    sally = stage.person(SALLY)
    type_invoice(stage, sally)
    sally.modal.submit()
    press("pay.card.undo")(stage, stage.person(actor))
    assert (stage.mails()[0].status == "cancelled") is allowed
    assert len(audited(stage.desk, "denied")) == (0 if allowed else 1)


@pytest.mark.parametrize(
    ("actor", "allowed"), [(ANNA, True), (MARA, True), (CARL, True), (ALEX, False)]
)
def test_turning_off_a_colleague_s_link_follows_the_role_table(
    stage: SlackRoom, actor: Any, allowed: bool
) -> None:
    sally = stage.person(SALLY)
    type_invoice(stage, sally)
    sally.modal.submit()
    press("pay.card.turn_off_link")(stage, stage.person(actor))
    assert len(audited(stage.desk, "denied")) == (0 if allowed else 1)


def test_a_role_counts_from_the_next_request_on(stage: SlackRoom) -> None:
    nora = stage.person(NOBODY)
    assert "You have no role" in type_help(stage, nora).text
    with stage.desk.database.writing() as session:
        users.replace_roles(session, NOBODY.id, ["Cashier"])
    assert "Your role: Cashier." in type_help(stage, nora).text
    with stage.desk.database.writing() as session:
        users.replace_roles(session, NOBODY.id, [])
    assert "You have no role" in type_help(stage, nora).text


def test_without_any_admin_the_way_to_one_is_named(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        users.replace_roles(session, ANNA.id, [])
    assert "whoever installed" in type_pay(stage, stage.person(NOBODY)).text


def test_staff_can_work_when_slack_does_not_say_who_they_are(stage: SlackRoom) -> None:
    stage.slack.workspace.faults.add(Fault("server_error", method="users.info"))
    assert "Your role: Sales." in type_help(stage, stage.person(SALLY)).text


def test_nobody_gets_in_while_the_workspace_is_not_known(stage: SlackRoom) -> None:
    stage.slack.workspace.faults.add(Fault("server_error", method="auth.test"))
    sally = stage.person(SALLY)
    assert "Slack did not answer in time" in type_pay(stage, sally).text
    assert "Your role: Sales." in type_help(stage, sally).text
