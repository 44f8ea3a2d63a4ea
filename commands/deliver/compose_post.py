"""Composing a Slack post from its row, and finding where it belongs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from commands.automatic_invoices import report
from commands.batches import card as batch_news
from commands.compare_gateway import news
from commands.deliver import money_news
from commands.deliver.approval_post import approval_card
from commands.deliver.card import mail_card
from commands.deliver.confirmation import excess_notice, payment_confirmation
from commands.desk import Desk
from commands.errors import NotFound, Refused
from commands.period_end import preflight
from renderers import slack_batches, slack_blocks, slack_period_end
from renderers.slack_values import SlackContent
from storage import deliveries
from storage.deliveries import Delivery

_EDITS = ("card_edit", "edit")


@dataclass(frozen=True, slots=True)
class Place:
    channel: str
    thread_ts: str | None = None
    edit_ts: str | None = None  # the message to be changed


def place(session: Session, row: Delivery) -> Place:
    """Raises `Refused` when the message that it belongs to was never posted."""
    if row.depends_on is None:
        return Place(row.lane or "")
    card = deliveries.find(session, row.depends_on)
    if card is None or card.status != "sent" or not (card.channel and card.ts):
        raise Refused("The message that it belongs to was not posted.")
    if row.purpose in _EDITS:
        return Place(card.channel, edit_ts=card.ts)
    return Place(card.channel, thread_ts=card.ts)


def compose(session: Session, desk: Desk, row: Delivery) -> SlackContent:
    """What the post says as things are now; raises `NotFound` when its subject is gone."""
    composer = _COMPOSERS.get(row.purpose)
    if composer is None:
        raise NotFound(f"There is no post called {row.purpose}.")
    return composer(session, desk, row)


def _card(session: Session, desk: Desk, row: Delivery) -> SlackContent:
    mail = deliveries.find(session, row.about or 0)
    if mail is None:
        raise NotFound("The mail of this card is gone.")
    shared = row.purpose == "shared_card"
    return slack_blocks.mail_card(mail_card(session, desk, mail, shared=shared))


def _card_edit(session: Session, desk: Desk, row: Delivery) -> SlackContent:
    card = deliveries.find(session, row.depends_on or 0)
    if card is None:
        raise NotFound("The card is gone.")
    return _card(session, desk, card)


def _confirmation(session: Session, _desk: Desk, row: Delivery) -> SlackContent:
    return slack_blocks.payment_confirmation(payment_confirmation(session, row.payload))


def _edit(session: Session, desk: Desk, row: Delivery) -> SlackContent:
    post = deliveries.find(session, row.depends_on or 0)
    if post is None or post.purpose in _EDITS:
        raise NotFound("The message to be edited is gone.")
    return compose(session, desk, post)


def _refund(session: Session, _desk: Desk, row: Delivery) -> SlackContent:
    return slack_blocks.refund_post(money_news.refund_news(session, row.payload))


def _dispute(session: Session, desk: Desk, row: Delivery) -> SlackContent:
    return slack_blocks.dispute_post(money_news.dispute_card(session, desk, row.payload))


def _approval(session: Session, _desk: Desk, row: Delivery) -> SlackContent:
    return slack_blocks.approval_post(approval_card(session, row.payload))


def _batch(session: Session, desk: Desk, row: Delivery) -> SlackContent:
    return slack_batches.batch_card(batch_news.batch_card(session, desk, row.payload["batch"]))


def _thread_note(session: Session, desk: Desk, row: Delivery) -> SlackContent:
    if "batch" in row.payload:
        report = batch_news.batch_report(session, row.payload["batch"])
        return slack_batches.batch_report(report)
    if "text" in row.payload:
        return slack_blocks.notice(row.payload["text"])
    if "refund" in row.payload:
        return slack_blocks.refund_note(money_news.refund_news(session, row.payload))
    if "dispute" in row.payload:
        card = money_news.dispute_card(session, desk, row.payload)
        return slack_blocks.dispute_note(card, row.payload["event"])
    return slack_blocks.thread_note(payment_confirmation(session, row.payload))


def _notice(session: Session, _desk: Desk, row: Delivery) -> SlackContent:
    if "excess_of" in row.payload:
        return slack_blocks.excess_notice(excess_notice(session, row.payload))
    return slack_blocks.notice(row.payload["text"])


def _automatic_report(session: Session, _desk: Desk, row: Delivery) -> SlackContent:
    return slack_blocks.automatic_report(report.assemble(session, row.payload["run"]))


def _pre_flight(_session: Session, _desk: Desk, row: Delivery) -> SlackContent:
    return slack_period_end.pre_flight(preflight.of_payload(row.payload))


def _comparison(session: Session, desk: Desk, row: Delivery) -> SlackContent:
    night = date.fromisoformat(row.payload["comparison"])
    return slack_blocks.comparison_notice(news.notice(session, desk, night))


_COMPOSERS: dict[str, Callable[[Session, Desk, Delivery], SlackContent]] = {
    "card": _card,
    "shared_card": _card,
    "card_edit": _card_edit,
    "confirmation": _confirmation,
    "thread_note": _thread_note,
    "notice": _notice,
    "automatic_report": _automatic_report,
    "refund": _refund,
    "dispute": _dispute,
    "approval": _approval,
    "batch": _batch,
    "pre_flight": _pre_flight,
    "comparison": _comparison,
    "edit": _edit,
    "reply": _thread_note,
}
