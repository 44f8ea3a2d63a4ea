"""A request as whoever decides on it sees it: what it asks for, and what has changed since."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from commands.access import Actor
from commands.approvals import service as approvals
from commands.bulk_send.answers import Dropped
from commands.bulk_send.looking import Looked, Ready, Wanted, look
from commands.bulk_send.preparing import wanted_of
from commands.bulk_send.starting import more_than_agreed, seen_as
from commands.desk import Desk
from commands.ports import AccountState
from storage import bulk, bulk_sends
from storage.approvals import Approval
from storage.bulk_sends import BulkSend
from storage.money import Money

ON_A_PAGE = 15  # mails


@dataclass(frozen=True, slots=True)
class Grown:
    """An invoice that asks for more than the request says."""

    number: str
    then: Money
    now: Money


@dataclass(frozen=True, slots=True)
class Review:
    """`ready`: this page of mails, as they would go now; `seen` binds a decision to `grown`."""

    approval: Approval
    bulk: BulkSend
    now: Looked
    ready: tuple[Ready, ...]
    page: int  # from 0
    pages: int
    dropped: tuple[Dropped, ...]
    grown: tuple[Grown, ...]
    seen: str


def review(actor: Actor, desk: Desk, *, approval_id: str, page: int = 0) -> Review:
    """Raises `NotFound`, `NotPermitted` or `Refused`, as deciding would."""
    approval = approvals.look(actor, desk, approval_id=approval_id)
    account = desk.gateway.account.state()
    with desk.database.reading() as session:
        row = bulk_sends.find(session, approval_id)
        assert row is not None  # its approval has the same id
        now = look_at_all(session, approval_id, account)
        grown = more_than_agreed(session, approval_id)
    pages = max(1, -(-len(now.ready) // ON_A_PAGE))
    shown = min(max(page, 0), pages - 1)
    return Review(
        approval=approval,
        bulk=row,
        now=now,
        ready=now.ready[shown * ON_A_PAGE : (shown + 1) * ON_A_PAGE],
        page=shown,
        pages=pages,
        dropped=now.dropped,
        grown=tuple(
            Grown(i.number, Money(a.balance, i.currency), Money(asks, i.currency))
            for a, i, asks in grown
        ),
        seen=seen_as(grown),
    )


def look_at_all(session: Session, bulk_send_id: str, account: AccountState) -> Looked:
    """As it would go now; what asks for more is among it, for that is decided on."""
    wanted: list[Wanted] = []
    for part in bulk.chunks(bulk_sends.mails(session, bulk_send_id, limit=_MOST), 500):
        found = bulk_sends.invoices_of(session, bulk_send_id, [mail.position for mail in part])
        wanted += [replace(wanted_of(mail, found), agreed={}) for mail in part]
    return look(session, wanted, account)


_MOST = 100_000  # mails
