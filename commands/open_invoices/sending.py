"""From the review to the send: everything looked at once more, then asked for."""

from dataclasses import dataclass

from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.bulk_send import service as bulk_send
from commands.bulk_send.answers import PolicyAnswer, Requested
from commands.desk import Desk
from commands.errors import Changed, InvalidInput
from commands.open_invoices import review as reviews
from commands.open_invoices import service
from commands.open_invoices.mails import MailKey
from commands.open_invoices.review import Filled, Review
from commands.send_invoice.checks import fitting_message
from storage.unit_of_work import repeatable


@dataclass(frozen=True, slots=True)
class Again:
    """Nothing was sent: the review is to be looked at again; `notice` (plain) says why."""

    review: Review
    notice: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of it, and what the policy had answered."""

    requested: Requested
    answer: PolicyAnswer


def send(actor: Actor, desk: Desk, *, filled: Filled) -> Asked | Again:
    """Ask for exactly what the person saw.

    Raises `InvalidInput` for the message, `Mistyped` for addresses, `Refused` when it was sent.
    """
    require(actor, Permission.BUILD_BULK_SEND)
    fitting_message(filled.message or "")
    before = reviews.load(actor, desk, window_id=filled.window_id)
    _stay_at_mistakes(before, filled)
    gone = reviews.keep(actor, desk, filled=filled)
    review = before.with_options(filled)
    if gone or filled.typed or before.seen != filled.seen:
        review = reviews.load(actor, desk, window_id=filled.window_id, fallen=gone)
    if gone or before.seen != filled.seen:
        return Again(review, "This changed since you looked. Please look at it again.")
    if review.answer is None:
        return Again(review, "")
    found = review.mistakes({})
    if found:
        raise Mistyped(review, found)
    order = reviews.order(review, filled.own_reason)
    try:
        requested = bulk_send.request(actor, desk, order=order)
    except Changed as error:
        return Again(reviews.load(actor, desk, window_id=filled.window_id), error.sentence)
    _close(actor, desk, window_id=filled.window_id)
    return Asked(requested, review.answer)


def _stay_at_mistakes(before: Review, filled: Filled) -> None:
    """What is mistyped on the page that is shown stays there to be mended, and is not kept: else
    the next press would find that something had changed since the person looked.
    """
    found = before.mistakes(filled.typed)
    if before.seen == filled.seen and found.keys() & filled.shown:
        raise Mistyped(before, found)


class Mistyped(InvalidInput):
    """`mistakes` of addresses by mail, over all pages."""

    def __init__(self, review: Review, mistakes: dict[MailKey, str]) -> None:
        super().__init__({f"to.{key}": sentence for key, sentence in mistakes.items()})
        self.review, self.mistakes = review, mistakes


@audited("close_selection", about="window_id")
@repeatable
def _close(actor: Actor, desk: Desk, *, window_id: str) -> None:
    """The next list begins without a tick."""
    require(actor, Permission.BUILD_BULK_SEND)
    with desk.database.writing() as session:
        selection, _ = service.own(session, actor, window_id)
        selection.requested_at = desk.clock.now()
        session.add(selection)
