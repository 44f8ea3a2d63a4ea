import pytest
from sqlmodel import select

from commands.errors import NotFound, NotPermitted, Refused
from commands.people.service import OPERATOR, add_role, list_people, remove_role
from storage.audit import AuditEntry
from tests.builders import ALEX, CAST, SALLY
from tests.conftest import Room


def audit(room: Room) -> list[tuple[str, str, str, str]]:
    with room.desk.database.reading() as session:
        rows = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()  # type: ignore[arg-type]  # id is set once stored
        return [(row.actor, row.action, row.object, row.outcome) for row in rows]


def test_people_are_listed_with_their_roles(room: Room) -> None:
    people = list_people(OPERATOR, room.desk)
    assert {person.id for person in people} == {person.id for person in CAST}
    assert next(one.roles for one in people if one.id == ALEX.id) == ("Sales Allocations",)


def test_a_role_is_given_by_e_mail_in_any_case(room: Room) -> None:
    person = add_role(OPERATOR, room.desk, person="Sally@Bloom.test", role="cashier")
    assert person.roles == ("Cashier", "Sales")
    assert audit(room) == [("system:people", "add_role", SALLY.id, "ok")]


def test_giving_a_role_twice_changes_nothing(room: Room) -> None:
    assert add_role(OPERATOR, room.desk, person=SALLY.id, role="Sales").roles == ("Sales",)


def test_an_unknown_slack_id_becomes_a_person(room: Room) -> None:
    person = add_role(OPERATOR, room.desk, person="U0NEWCOMER", role="Admin")
    assert (person.name, person.roles) == ("U0NEWCOMER", ("Admin",))


def test_a_role_is_taken_away(room: Room) -> None:
    assert remove_role(OPERATOR, room.desk, person=SALLY.id, role="Sales").roles == ()


def test_an_unknown_role_names_the_five(room: Room) -> None:
    expected = (
        "There is no role 'Boss'. The roles are"
        " Admin, Sales Manager, Cashier, Sales, Sales Allocations."
    )
    with pytest.raises(Refused) as error:
        add_role(OPERATOR, room.desk, person=SALLY.id, role="Boss")
    assert error.value.sentence == expected
    assert audit(room) == [("system:people", "add_role", SALLY.id, "refused")]


def test_an_unknown_address_asks_for_the_slack_id(room: Room) -> None:
    with pytest.raises(NotFound, match=r"Nobody here is who@bloom\.test\. Give the Slack id"):
        add_role(OPERATOR, room.desk, person="who@bloom.test", role="Sales")


def test_nobody_unknown_loses_a_role(room: Room) -> None:
    with pytest.raises(NotFound, match="Nobody here is U0WHO"):
        remove_role(OPERATOR, room.desk, person="U0WHO", role="Sales")


def test_a_role_that_is_not_held_cannot_be_taken(room: Room) -> None:
    with pytest.raises(Refused, match="Sally Sales does not have the role Admin"):
        remove_role(OPERATOR, room.desk, person=SALLY.id, role="Admin")


def test_only_an_admin_or_the_operator_may(room: Room) -> None:
    with pytest.raises(NotPermitted):
        add_role(SALLY, room.desk, person=SALLY.id, role="Admin")
    with pytest.raises(NotPermitted):
        list_people(SALLY, room.desk)


def test_nobody_is_named_by_nothing(room: Room) -> None:
    """People without an e-mail address are many."""
    add_role(OPERATOR, room.desk, person="U0NEWCOMER", role="Sales")
    with pytest.raises(NotFound):
        add_role(OPERATOR, room.desk, person="", role="Admin")
