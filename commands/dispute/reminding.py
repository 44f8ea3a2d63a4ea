"""The deadline of a dispute comes near and no evidence is with the bank: who took it is told."""

from datetime import datetime, timedelta

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import AnyActor, Permission, require
from commands.deliver import money_news
from commands.desk import Desk
from renderers.money_news import DisputeCard
from storage import deliveries, disputes, users
from storage.disputes import Dispute
from storage.unit_of_work import repeatable

# Days before evidence is taken no more; after the first of them nobody may have seen to it.
REMIND_BEFORE = (3, 1)
_ONE_DAY = timedelta(days=1)


def remind(actor: AnyActor, desk: Desk) -> int:
    """Of each dispute once for each of those days; how many reminders there were."""
    require(actor, Permission.REMIND)
    now = desk.clock.now()
    until = now + max(REMIND_BEFORE) * _ONE_DAY
    with desk.database.reading() as session:
        waiting = disputes.unanswered(session, after=now, until=until)
        due = [row.id for row in waiting if not _is_told(session, row, now)]
    return sum(_remind(actor, desk, dispute_id) for dispute_id in due)


@repeatable
def _remind(actor: AnyActor, desk: Desk, dispute_id: str) -> bool:
    now = desk.clock.now()
    with desk.database.writing() as session:
        row = disputes.find(session, dispute_id)
        if row is None or not row.needs_answer or _is_told(session, row, now):
            return False
        card = money_news.dispute_card(session, desk, {"dispute": row.id})
        to, text = _whom(session, desk, row), _text(desk, card)
        outbox.queue_notice(session, key=_key(row, now), text=text, channel=to, now=now)
        auditing.record(session, actor, desk, "remind_of_dispute", row.id, to=to)
        return True


def _is_told(session: Session, row: Dispute, now: datetime) -> bool:
    return deliveries.find_by_key(session, f"notice:{_key(row, now)}") is not None


def _key(row: Dispute, now: datetime) -> str:
    """Of the nearest of the days that have come; another deadline is told anew."""
    assert row.due_by is not None  # `unanswered` finds no other
    days = min(days for days in REMIND_BEFORE if row.due_by - now <= days * _ONE_DAY)
    return f"dispute-due:{row.id}:{row.due_by.date()}:{days}"


def _whom(session: Session, desk: Desk, row: Dispute) -> str:
    """Its owner, unless they have left; the payments channel when it has none."""
    owner = users.find(session, row.taken_by) if row.taken_by else None
    return owner.id if owner and owner.active else desk.policy.payments_channel


def _text(desk: Desk, card: DisputeCard) -> str:
    assert card.due_by is not None
    local = card.due_by.astimezone(desk.policy.timezone)
    numbers = f" for {', '.join(card.invoice_numbers[:10])}" if card.invoice_numbers else ""
    owner = "" if card.taken_by else " Nobody has taken it yet: the post about it has Take it."
    return (
        f"The dispute of {card.customer_name} over {card.amount}{numbers} needs an answer: evidence"
        f" is taken until {local:%d %b %Y %H:%M %Z}, in Stripe's Dashboard"
        f" ({card.dashboard_url}).{owner}"
    )
