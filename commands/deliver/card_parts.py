"""What the cards of all mails have in common."""

from datetime import datetime

from sqlmodel import Session

from commands.desk import Desk
from renderers.slack_values import CardRecipient, CardState
from storage import deliveries
from storage.deliveries import Delivery


def before_it_left(desk: Desk, mail: Delivery) -> CardState | None:
    """The state of a mail that has not left, or never will; None for any other."""
    match mail.status:
        case "cancelled":
            return "stopped" if "stopped" in mail.payload else "undone"
        case "failed":
            return "failed"
        case "queued":
            waiting = mail.attempts == 0 and mail.not_before > desk.clock.now()
            return "held" if waiting or desk.policy.mail_mode == "hold" else "sending"
        case "sending":
            return "sending"
    return None


def leaves_at(desk: Desk, mail: Delivery, state: CardState) -> datetime | None:
    """Nobody can say when, while MAIL_MODE holds everything back."""
    known = state == "held" and desk.policy.mail_mode != "hold"
    return mail.not_before if known else None


def recipients(session: Session, mail: Delivery) -> tuple[CardRecipient, ...]:
    new = {address.lower() for address in mail.payload.get("new_addresses", [])}
    assert mail.id is not None
    return tuple(
        CardRecipient(row.address, row.outcome, row.reply, row.address.lower() in new)
        for row in deliveries.recipients(session, mail.id)
    )
