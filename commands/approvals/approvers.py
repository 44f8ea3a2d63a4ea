"""Who may decide on requests, and what is said where nobody could."""

from sqlmodel import Session

from commands.access import Role
from storage import users

NOBODY = (
    "Nobody could approve it: no other person has the role Admin or Sales Manager. "
    "An Admin has to give it to somebody first."
)


def approvers_beside(session: Session, person_id: str) -> tuple[str, ...]:
    """Everybody else who may decide on requests."""
    holders = users.with_role(session, Role.ADMIN.value, Role.SALES_MANAGER.value)
    return tuple(person.id for person in holders if person.id != person_id)
