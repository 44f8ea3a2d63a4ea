"""One turn of the delivery: claim a row, compose it, send it, write down what became of it."""

import logging
from collections.abc import Sequence

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from commands.access import AnyActor, Permission, require
from commands.auditing import audited
from commands.deliver import outcome
from commands.deliver.claim import Claim, LeaseLost, claim_next, held
from commands.deliver.dropped import Dropped
from commands.deliver.mail import LinkEnded, deliver_mail
from commands.deliver.outcome import Settle
from commands.deliver.post import deliver_post
from commands.desk import Carriers, Desk
from commands.errors import Refused, RenderFailed, SlackUnavailable, Unavailable
from commands.incidents import reference
from commands.ports import MailOutcomeUnknown, SlackOutcomeUnknown
from storage.deliveries import Delivery, DeliveryKind
from storage.unit_of_work import may_pass, repeatable

log = logging.getLogger(__name__)

EVERY_KIND: tuple[DeliveryKind, ...] = ("email", "slack")


@audited("deliver")
def deliver_next(
    actor: AnyActor,
    desk: Desk,
    carriers: Carriers,
    *,
    kinds: Sequence[DeliveryKind] = EVERY_KIND,
) -> bool:
    """Deliver one row of `kinds`; False when nothing is due.

    Every outcome is written to the row. Raises only when the database fails: then the lease
    lapses and the row is taken up again.
    """
    require(actor, Permission.DELIVER)
    claim = claim_next(actor, desk, _allowed(desk, kinds))
    if claim is None:
        return False
    settle = _attempt(actor, desk, carriers, claim)
    if settle is not None:
        _write(desk, claim, settle)
    return True


def _allowed(desk: Desk, kinds: Sequence[DeliveryKind]) -> list[DeliveryKind]:
    """MAIL_MODE hold keeps every mail in the queue; so does redirect without an address."""
    mode, copy_to = desk.policy.mail_mode, desk.policy.mail_copy_to
    held_back = mode == "hold" or (mode == "redirect" and not copy_to)
    return [kind for kind in kinds if not (held_back and kind == "email")]


def _attempt(actor: AnyActor, desk: Desk, carriers: Carriers, claim: Claim) -> Settle | None:
    """Send it and return how the row is to be settled; None: it is no longer ours."""
    try:
        if claim.row.kind == "email":
            return deliver_mail(actor, desk, carriers.mailer, claim)
        return deliver_post(actor, desk, carriers.announcer, claim)
    except LeaseLost:
        log.warning("lease lost before sending", extra={"delivery": claim.id})
        return None
    except DBAPIError:
        raise
    except Exception as error:  # one bad row must not stop the others
        if may_pass(error):
            raise
        return _after(actor, desk, claim, error)


def _after(actor: AnyActor, desk: Desk, claim: Claim, error: Exception) -> Settle:
    """How the row is settled after a try that raised."""
    match error:
        case MailOutcomeUnknown() | SlackOutcomeUnknown():
            return lambda session, row: outcome.ambiguous(session, actor, desk, row)
        case LinkEnded():
            at = desk.clock.real()
            return lambda session, row: outcome.put_off(session, desk, row, at, "")
        case RenderFailed():
            sentence = error.sentence
            return lambda session, row: outcome.setback(session, actor, desk, row, sentence)
        case Unavailable():
            return _unavailable(actor, desk, error)
        case Refused() | Dropped():
            sentence = error.sentence
            end = outcome.drop if isinstance(error, Dropped) else outcome.refused
            return lambda session, row: end(session, actor, desk, row, sentence)
    return _unexpected(actor, desk, claim, error)


def _unavailable(actor: AnyActor, desk: Desk, error: Unavailable) -> Settle:
    told = error.retry_after if isinstance(error, SlackUnavailable) else None
    sentence = error.sentence
    return lambda session, row: outcome.unavailable(session, actor, desk, row, sentence, told)


def _unexpected(actor: AnyActor, desk: Desk, claim: Claim, error: Exception) -> Settle:
    """Ours to mend: the row carries a reference to the log and does not come back."""
    sentence = f"Something went wrong on our side. Reference {reference(error, delivery=claim.id)}"

    def settle(session: Session, row: Delivery) -> None:
        if row.data_started_at is not None:
            outcome.ambiguous(session, actor, desk, row)
        else:
            outcome.refused(session, actor, desk, row, sentence)

    return settle


@repeatable
def _write(desk: Desk, claim: Claim, settle: Settle) -> None:
    try:
        with held(desk, claim) as (session, row):
            settle(session, row)
    except LeaseLost:
        # Whoever freed the row holds its outcome for unknown: at most one extra copy.
        log.warning("lease lost before the outcome was written", extra={"delivery": claim.id})
