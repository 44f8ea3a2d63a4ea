"""Delivering one mail: render or thaw the exact bytes, freeze them, fence, DATA, outcomes."""

import logging
from dataclasses import dataclass
from email.utils import make_msgid, parseaddr
from typing import Any

from cryptography.fernet import InvalidToken
from sqlmodel import Session

from commands.access import AnyActor
from commands.deliver import addresses, outcome
from commands.deliver.claim import Claim, held, start
from commands.deliver.compose_mail import compose, is_outdated, link_ended
from commands.deliver.dropped import require_wanted
from commands.deliver.letter import Letter
from commands.deliver.mime import Heading, build
from commands.deliver.outcome import Settle
from commands.desk import Desk
from commands.ports import MailEnvelope, Mailer, RecipientOutcome
from storage import customers, deliveries, documents, statements
from storage.deliveries import Delivery, DeliveryRecipient
from storage.documents import SentDocument
from storage.unit_of_work import repeatable

log = logging.getLogger(__name__)


class LinkEnded(Exception):
    """The rendered mail carries a link that was turned off meanwhile: render it anew."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The bytes to be sent, and the link that they carry."""

    message: bytes
    link_id: str | None


def deliver_mail(actor: AnyActor, desk: Desk, mailer: Mailer, claim: Claim) -> Settle:
    """One try. Returns how to settle the row; raises what the mailer raises."""
    with desk.database.reading() as session:
        require_wanted(session, desk, claim.row)
    good, bad = addresses.sort(claim.unsettled)
    if not good:
        return lambda session, row: _settle(session, actor, desk, row, bad)
    parcel = _thawed(desk, claim) or _rendered(desk, claim)
    envelope = _envelope(desk, claim, parcel, tuple(good))
    told = mailer.send(envelope, lambda: _fence(desk, claim, parcel))
    outcomes = [*_by_recipient(desk, told, good), *bad]
    return lambda session, row: _settle(session, actor, desk, row, outcomes)


# -- the bytes ----------------------------------------------------------------------------------


def _is_trial(desk: Desk) -> bool:
    return desk.policy.mail_mode == "redirect"


def _thawed(desk: Desk, claim: Claim) -> Parcel | None:
    """What was frozen before, unless its link has ended, it was meant for another mode, or it asks
    for what is paid by now and nobody has it yet.
    """
    with desk.database.reading() as session:
        frozen = documents.find(session, claim.id)
        if frozen is None or frozen.trial != _is_trial(desk) or link_ended(session, claim.row):
            return None
        if is_outdated(session, claim.row) and not claim.may_have_arrived:
            return None
    try:
        return Parcel(desk.keyring.unseal(frozen.sealed), claim.row.link_id)
    except InvalidToken:
        log.warning("frozen with a key that is gone", extra={"delivery": claim.id})
        return None


def _rendered(desk: Desk, claim: Claim) -> Parcel:
    """Compose from the ledger as it is now, and freeze before anything can leave."""
    letter = compose(desk, claim.row)
    heading = _heading(desk, claim)
    message = build(letter, heading)
    _freeze(desk, claim, letter, message, heading.message_id)
    return Parcel(message, letter.link_id)


def _heading(desk: Desk, claim: Claim) -> Heading:
    policy = desk.policy
    old = claim.row.message_id or ""
    # Another body never goes out under a Message-ID that somebody may already have.
    stale = claim.may_have_arrived
    shown = tuple(each.address for each in claim.recipients)
    return Heading(
        company=desk.company.name,
        mail_from=policy.mail_from,
        reply_to=policy.mail_reply_to,
        recipients=shown,
        message_id=make_msgid(domain=old.strip("<>").rpartition("@")[2]) if stale else old,
        date=desk.clock.real(),
        trial_to=policy.mail_copy_to if _is_trial(desk) else "",
    )


@repeatable
def _freeze(desk: Desk, claim: Claim, letter: Letter, message: bytes, message_id: str) -> None:
    document = SentDocument(
        delivery_id=claim.id,
        sealed=desk.keyring.seal(message),
        key_id=desk.keyring.current_id,
        trial=_is_trial(desk),
        frozen_at=desk.clock.real(),
    )
    with held(desk, claim) as (session, row):
        documents.freeze(session, document)
        if letter.payable is not None:
            statements.note_payable(session, claim.id, letter.payable)
        row.message_id = message_id
        row.payload = row.payload | _as_composed(desk, row, letter)
        row.link_id = letter.link_id
        session.add(row)


def _as_composed(desk: Desk, row: Delivery, letter: Letter) -> dict[str, Any]:
    """What the row says about the bytes: things may have been different when it was queued."""
    told: dict[str, Any] = {"trial": _is_trial(desk)}
    if letter.version:
        told["version"] = letter.version
    if letter.asked:
        told["asked"] = letter.asked
    if row.link_id is not None and letter.link_id is None:
        told["no_link_reason"] = letter.no_link_reason
    return told


# -- the conversation ---------------------------------------------------------------------------


def _envelope(desk: Desk, claim: Claim, parcel: Parcel, good: tuple[str, ...]) -> MailEnvelope:
    policy = desk.policy
    sender = addresses.on_the_wire(parseaddr(policy.mail_from)[1])
    if _is_trial(desk):
        return MailEnvelope(sender, (addresses.on_the_wire(policy.mail_copy_to),), parcel.message)
    silent: tuple[str, ...] = ()
    if policy.mail_copy_to and not claim.may_have_arrived:
        silent = (addresses.on_the_wire(policy.mail_copy_to),)
    wire = tuple(addresses.on_the_wire(address) for address in good)
    return MailEnvelope(sender, wire, parcel.message, silent)


@repeatable
def _fence(desk: Desk, claim: Claim, parcel: Parcel) -> None:
    """The last look before DATA: still ours, still wanted, still allowed to carry its link."""
    with held(desk, claim) as (session, row):
        require_wanted(session, desk, row)
        if parcel.link_id is not None and link_ended(session, row):
            raise LinkEnded(claim.row.key)
        start(desk, row)
        session.add(row)


def _by_recipient(
    desk: Desk, told: list[RecipientOutcome], good: list[str]
) -> list[RecipientOutcome]:
    """The server's answers under the addresses of the row; a trial's one answer goes for all."""
    if _is_trial(desk):
        (one,) = told
        return [RecipientOutcome(each, one.code, one.reply, of_message=True) for each in good]
    by_wire = {each.address: each for each in told}
    answers = ((address, by_wire[addresses.on_the_wire(address)]) for address in good)
    return [RecipientOutcome(a, each.code, each.reply, each.of_message) for a, each in answers]


# -- the outcome --------------------------------------------------------------------------------


def _settle(
    session: Session, actor: AnyActor, desk: Desk, row: Delivery, outcomes: list[RecipientOutcome]
) -> None:
    """Write each recipient's outcome, then the row's: again for those unsettled, or done."""
    assert row.id is not None
    told = {each.address: each for each in outcomes}
    recipients = deliveries.recipients(session, row.id)
    for recipient in recipients:
        if recipient.address in told:
            _note(session, row, recipient, told[recipient.address])
    session.flush()
    waiting = [each for each in recipients if each.outcome == "pending"]
    if waiting:
        outcome.unavailable(session, actor, desk, row, _replies(waiting))
        return
    _conclude(session, actor, desk, row, recipients)


def _note(
    session: Session, row: Delivery, recipient: DeliveryRecipient, told: RecipientOutcome
) -> None:
    recipient.reply = told.reply
    if told.sent:
        recipient.outcome = "sent"
    elif not told.temporary:
        recipient.outcome = "refused"
        if row.customer_id is not None and not told.of_message:
            customers.mark_refused(session, row.customer_id, recipient.address, told.reply)
    session.add(recipient)


def _conclude(
    session: Session,
    actor: AnyActor,
    desk: Desk,
    row: Delivery,
    recipients: list[DeliveryRecipient],
) -> None:
    refused = [each for each in recipients if each.outcome == "refused"]
    error = _replies(refused) or None
    if any(each.outcome == "sent" for each in recipients):
        outcome.finish(session, actor, desk, row, "sent", error)
    else:
        outcome.refused(session, actor, desk, row, error or "It has no recipient.")


def _replies(recipients: list[DeliveryRecipient]) -> str:
    return "; ".join(f"{each.address}: {each.reply}" for each in recipients)
