"""Who has which role: listed, given and taken away."""

import re
from dataclasses import dataclass
from typing import cast

from sqlmodel import Session

from commands import auditing
from commands.access import AnyActor, Permission, Role, SystemActor, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import NotFound, Refused
from storage import users
from storage.unit_of_work import repeatable
from storage.users import RoleName, User

# The command line: whoever can run it has the database in hand anyway.
OPERATOR = SystemActor("people", frozenset({Permission.ADMINISTER}))

_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Person:
    id: str  # Slack's
    name: str
    email: str
    roles: tuple[RoleName, ...]
    active: bool

    def __str__(self) -> str:
        """The line that `people` prints."""
        held = ", ".join(self.roles) or "no role"
        gone = "" if self.active else " (deactivated)"
        return f"{self.id}  {self.name}  {self.email or 'no e-mail'}  {held}{gone}"


def list_people(actor: AnyActor, desk: Desk) -> list[Person]:
    """Everyone known, by name."""
    require(actor, Permission.ADMINISTER)
    with desk.database.reading() as session:
        return [_person(session, user) for user in users.everyone(session)]


@audited("add_role", about="person")
@repeatable
def add_role(actor: AnyActor, desk: Desk, *, person: str, role: str) -> Person:
    """Give `person` (Slack id or e-mail) the role. An unknown Slack id becomes a new person.

    Raises `Refused` for a role that does not exist, `NotFound` for an unknown e-mail.
    """
    require(actor, Permission.ADMINISTER)
    name = _role(role)
    with desk.database.writing() as session:
        user = users.find_by_id_or_email(session, person) or _new(session, person)
        users.lock(session, user.id)
        held = users.roles_of(session, user.id)
        users.replace_roles(session, user.id, [*held, name])
        auditing.record(session, actor, desk, "add_role", user.id, role=name)
        return _person(session, user)


@audited("remove_role", about="person")
@repeatable
def remove_role(actor: AnyActor, desk: Desk, *, person: str, role: str) -> Person:
    """Take the role away. Raises `NotFound` or `Refused` when there is nothing to take."""
    require(actor, Permission.ADMINISTER)
    name = _role(role)
    with desk.database.writing() as session:
        user = users.find_by_id_or_email(session, person)
        if user is None:
            raise NotFound(f"Nobody here is {person}. List the people to see who is.")
        users.lock(session, user.id)
        held = users.roles_of(session, user.id)
        if name not in held:
            raise Refused(f"{user.name} does not have the role {name}.")
        users.replace_roles(session, user.id, [one for one in held if one != name])
        auditing.record(session, actor, desk, "remove_role", user.id, role=name)
        return _person(session, user)


def _role(typed: str) -> RoleName:
    """The role of that name, upper or lower case."""
    known = {role.value.casefold(): role.value for role in Role}
    found = known.get(typed.strip().casefold())
    if found is None:
        names = ", ".join(known.values())
        raise Refused(f"There is no role {typed!r}. The roles are {names}.")
    return cast(RoleName, found)


def _new(session: Session, person: str) -> User:
    """The name is the id until Slack tells the real one."""
    if not _SLACK_ID.fullmatch(person):
        mend = "Give the Slack id (in Slack: profile, More, Copy member ID), such as U012ABCDEF"
        raise NotFound(f"Nobody here is {person}. {mend}.")
    user = User(id=person, name=person, email="")
    session.add(user)
    session.flush()
    return user


def _person(session: Session, user: User) -> Person:
    roles = tuple(users.roles_of(session, user.id))
    return Person(user.id, user.name, user.email, roles, user.active)
