"""Somebody as an actor, with the roles that they hold at this moment."""

from sqlmodel import Session

from commands.access import Actor, Role
from commands.desk import Desk
from storage import users


def find_actor(session: Session, person_id: str) -> tuple[Actor, bool]:
    """Whoever has that Slack id, and whether they are active; strangers have no role."""
    row = users.find(session, person_id)
    if row is None:
        return Actor(person_id, "", ""), True
    roles = frozenset(Role(role) for role in users.roles_of(session, person_id))
    return Actor(row.id, row.name, row.email, roles), row.active


def present(desk: Desk, person_id: str) -> Actor:
    """The person as they are now, without any role once they are deactivated."""
    with desk.database.reading() as session:
        actor, is_active = find_actor(session, person_id)
    return actor if is_active else Actor(actor.id, "", "")
