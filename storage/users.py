"""Staff: Slack users with their roles."""

from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import func, true
from sqlmodel import Field, Session, SQLModel, col, delete, select

from storage.columns import STRICT, Flag, Json, Text, one_of

RoleName = Literal["Admin", "Cashier", "Sales", "Sales Allocations", "Sales Manager"]


class User(SQLModel, table=True):
    __tablename__ = "users"
    __table_args__ = (STRICT,)

    id: str = Field(primary_key=True, sa_type=Text)  # Slack's
    name: str = Field(sa_type=Text)
    email: str = Field(sa_type=Text, index=True)
    active: bool = Field(default=True, sa_type=Flag)
    # The row's own columns as last imported: what was changed in Slack since stays.
    imported: dict[str, Any] | None = Field(default=None, sa_type=Json)


class UserRole(SQLModel, table=True):
    __tablename__ = "user_roles"
    __table_args__ = (one_of("role", RoleName), STRICT)

    user_id: str = Field(primary_key=True, foreign_key="users.id", sa_type=Text)
    role: RoleName = Field(primary_key=True, sa_type=Text)


def find(session: Session, user_id: str) -> User | None:
    return session.get(User, user_id)


def find_by_id_or_email(session: Session, text: str) -> User | None:
    """People are named by Slack id or by e-mail (any case) in files and on the command line."""
    if not text:  # many have no e-mail: nobody is named by that
        return None
    by_email = func.lower(col(User.email)) == text.lower()
    return session.exec(select(User).where((col(User.id) == text) | by_email)).first()


def lock(session: Session, user_id: str) -> None:
    """Hold the row until the unit of work ends: whoever changes roles does so one at a time."""
    held = select(User.id).where(User.id == user_id)
    session.exec(held.with_for_update(key_share=True)).first()


def everyone(session: Session) -> list[User]:
    return list(session.exec(select(User).order_by(User.name, User.id)))


def roles_of(session: Session, user_id: str) -> list[RoleName]:
    own = select(UserRole).where(UserRole.user_id == user_id).order_by(UserRole.role)
    return [row.role for row in session.exec(own)]


def replace_roles(session: Session, user_id: str, roles: Iterable[RoleName]) -> None:
    session.exec(delete(UserRole).where(col(UserRole.user_id) == user_id))
    session.add_all(UserRole(user_id=user_id, role=role) for role in sorted(set(roles)))


def with_role(session: Session, *roles: RoleName) -> list[User]:
    """Active users holding at least one of `roles`, by name: whom to ask."""
    holders = select(UserRole.user_id).where(col(UserRole.role).in_(roles))
    active = col(User.active) == true()
    people = select(User).where(col(User.id).in_(holders), active).order_by(User.name)
    return list(session.exec(people))
