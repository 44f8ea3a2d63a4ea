"""The audit of every act: `entry` inside the unit of work that acts, `audited` for what failed."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from commands.access import AnyActor
from commands.desk import Desk
from commands.errors import NotPermitted, Refused
from storage import audit
from storage.audit import AuditEntry, AuditOutcome

Rest = ParamSpec("Rest")
Result = TypeVar("Result")
Subject = TypeVar("Subject", bound=AnyActor)


def record(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    action: str,
    about: str,
    *,
    outcome: AuditOutcome = "ok",
    **detail: Any,
) -> None:
    """Append one row; `detail` must be plain JSON and hold no token, secret or mail body."""
    audit.append(session, _entry(actor, desk, action, about, outcome, detail))


def record_all(
    session: Session, actor: AnyActor, desk: Desk, action: str, details: dict[str, dict[str, Any]]
) -> None:
    """One row for each object in `details`, written together."""
    rows = [_entry(actor, desk, action, about, "ok", own) for about, own in details.items()]
    audit.append_all(session, rows)


def _entry(
    actor: AnyActor,
    desk: Desk,
    action: str,
    about: str,
    outcome: AuditOutcome,
    detail: dict[str, Any],
) -> AuditEntry:
    row = AuditEntry(at=desk.clock.now(), actor=actor.id, role=actor.role_text, action=action)  # type: ignore[call-arg]  # the rest follows
    row.object, row.outcome, row.detail = about, outcome, detail
    return row


def audited(
    action: str, *, about: str = ""
) -> Callable[
    [Callable[Concatenate[Subject, Desk, Rest], Result]],
    Callable[Concatenate[Subject, Desk, Rest], Result],
]:
    """Write a row of its own when the service is denied or refuses.

    `about` names the keyword argument that says what the act was about, or an attribute of one:
    "order.invoice_number".
    """

    def wrap(
        service: Callable[Concatenate[Subject, Desk, Rest], Result],
    ) -> Callable[Concatenate[Subject, Desk, Rest], Result]:
        @wraps(service)
        def run(actor: Subject, desk: Desk, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
            try:
                return service(actor, desk, *args, **kwargs)
            except (NotPermitted, Refused) as error:
                outcome: AuditOutcome = "denied" if isinstance(error, NotPermitted) else "refused"
                subject = _subject(kwargs, about)
                with desk.database.writing() as session:
                    reason = {"reason": error.sentence}
                    record(session, actor, desk, action, subject, outcome=outcome, **reason)
                raise

        return run

    return wrap


def _subject(kwargs: dict[str, Any], about: str) -> str:
    name, _, attribute = about.partition(".")
    given = kwargs.get(name, "")
    return str(getattr(given, attribute) if attribute else given)
