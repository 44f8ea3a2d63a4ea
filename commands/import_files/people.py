"""Users and their roles into the database."""

from typing import Any, cast

from commands.import_files.own_values import news
from commands.import_files.report import Change
from commands.import_files.rows import UserRow
from commands.import_files.run import Run
from storage import bulk, users
from storage.users import RoleName, User


def apply_users(run: Run) -> None:
    rows = list(run.staged.users.good.values())
    stored = {
        user.id: user for user in bulk.by_keys(run.session, User, User.id, run.staged.users.good)
    }
    for row in rows:
        run.report.count("users", _apply(run, row, stored.get(row.slack_user_id)))


def _apply(run: Run, row: UserRow, user: User | None) -> Change:
    own: dict[str, Any] = {"name": row.name, "email": row.email}
    if row.roles is not None:
        own["roles"] = row.roles
    if user is None:
        run.session.add(User(id=row.slack_user_id, name=row.name, email=row.email, imported=own))
        run.session.flush()
        _set_roles(run, row.slack_user_id, row.roles or [])
        return "created"
    fresh = news(user.imported, own)
    user.imported = {**(user.imported or {}), **own}
    run.session.add(user)
    return "updated" if _change(run, user, fresh) else "unchanged"


def _change(run: Run, user: User, fresh: dict[str, Any]) -> bool:
    before = (user.name, user.email, users.roles_of(run.session, user.id))
    user.name, user.email = fresh.get("name", user.name), fresh.get("email", user.email)
    if "roles" in fresh and before[2] != fresh["roles"]:
        _set_roles(run, user.id, fresh["roles"])
    return before != (user.name, user.email, fresh.get("roles", before[2]))


def _set_roles(run: Run, user_id: str, roles: list[str]) -> None:
    users.replace_roles(run.session, user_id, cast(list[RoleName], roles))
    run.session.flush()
