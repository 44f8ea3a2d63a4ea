"""Forms say how old the data are."""

from datetime import timedelta

import pytest

from commands.access import Actor
from storage import import_runs
from storage.import_runs import ImportRun
from tests.builders import ANNA, NOW, SALLY, add_invoice
from tests.slack_room import SlackRoom


def imported(stage: SlackRoom, *, hours_ago: int, applied: bool = True) -> None:
    with stage.desk.database.writing() as session:
        at = NOW - timedelta(hours=hours_ago)
        import_runs.add(session, ImportRun(at=at, source="command", applied=applied))


def form(stage: SlackRoom, typed: str, actor: Actor = SALLY) -> str:
    person = stage.person(actor)
    assert person.command("/pay", typed, channel="#payments").ok
    return person.modal.text()


def test_a_form_and_a_search_say_when_data_were_imported_last(stage: SlackRoom) -> None:
    imported(stage, hours_ago=30)
    imported(stage, hours_ago=3)
    imported(stage, hours_ago=1, applied=False)
    with stage.desk.database.writing() as session:
        add_invoice(session, "INV-1043")
    for typed in ("invoice INV-1042", "invoice", "invoice Blue Iris"):
        assert "Data as of" in form(stage, typed), typed
        assert "10 Mar 2026 12:00 UTC" in form(stage, typed)


@pytest.mark.parametrize(
    "act", ["record", "credit", "void", "status", "statement", "order", "open"]
)
def test_so_does_every_form_that_is_decided_by_balances(stage: SlackRoom, act: str) -> None:
    imported(stage, hours_ago=3)
    typed = act if act in {"order", "open"} else f"{act} INV-1042"
    assert "Data as of" in form(stage, typed, ANNA)


def test_where_nothing_was_ever_imported_nothing_is_said(stage: SlackRoom) -> None:
    for typed in ("invoice INV-1042", "invoice"):
        assert "Data as of" not in form(stage, typed)
