"""Forgetting what has served its time."""

from datetime import timedelta

from commands.access import Permission, SystemActor, require
from commands.desk import Desk
from storage import documents, form_drafts, selections, slack_requests
from storage.unit_of_work import repeatable

# Slack's signatures are refused after 300 s; a day leaves room for any clock.
_REQUESTS_KEPT = timedelta(days=1)
_DRAFTS_KEPT = timedelta(days=7)
_SELECTIONS_KEPT = timedelta(days=30)


@repeatable
def forget_old(actor: SystemActor, desk: Desk, *, keep_days: int) -> None:
    """Drop the keys of old Slack requests, forms and ticks nobody went on with, and the bytes of
    mails sent `keep_days` ago.
    """
    require(actor, Permission.FORGET)
    now = desk.clock.now()
    with desk.database.writing() as session:
        slack_requests.forget_before(session, now - _REQUESTS_KEPT)
        form_drafts.forget_before(session, now - _DRAFTS_KEPT)
        selections.forget_before(session, now - _SELECTIONS_KEPT)
        documents.forget_before(session, now - timedelta(days=keep_days))
