"""Delivering one Slack post, or one edit of a post."""

from sqlmodel import Session

from commands.access import AnyActor
from commands.deliver import outcome
from commands.deliver.claim import Claim, held, start
from commands.deliver.compose_post import compose, place
from commands.deliver.outcome import Settle
from commands.desk import Desk
from commands.errors import SlackUnavailable
from commands.ports import Announcer, Posted, SlackOutcomeUnknown, SlackPost
from storage.deliveries import Delivery
from storage.unit_of_work import repeatable


def deliver_post(actor: AnyActor, desk: Desk, announcer: Announcer, claim: Claim) -> Settle:
    """One try. Returns how to settle the row; raises what the announcer raises."""
    with desk.database.reading() as session:
        where = place(session, claim.row)
        content = compose(session, desk, claim.row)
    post = SlackPost(where.channel, content.text, content.blocks, where.thread_ts, claim.row.key)
    if where.edit_ts is not None:
        posted = _edit(announcer, where.edit_ts, post)
    else:
        _fence(desk, claim)
        posted = announcer.post(post)
    return _sent(actor, desk, posted)


def _edit(announcer: Announcer, ts: str, post: SlackPost) -> Posted:
    """An edit may be made twice without anybody noticing, so that no answer is just no answer."""
    try:
        return announcer.update(ts, post)
    except SlackOutcomeUnknown as error:
        raise SlackUnavailable(outcome.LOST_ANSWER) from error


@repeatable
def _fence(desk: Desk, claim: Claim) -> None:
    with held(desk, claim) as (session, row):
        start(desk, row)
        session.add(row)


def _sent(actor: AnyActor, desk: Desk, posted: Posted) -> Settle:
    def settle(session: Session, row: Delivery) -> None:
        row.channel, row.ts = posted.channel, posted.ts
        outcome.finish(session, actor, desk, row, "sent")

    return settle
