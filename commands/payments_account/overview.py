"""What an Admin sees of the payments account: from the database alone, never the key."""

from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session

from commands import dashboard
from commands.access import Actor, Permission, require
from commands.auditing import audited
from commands.compare_gateway import news
from commands.desk import Desk
from renderers.slack_comparison import DifferenceRow
from storage import comparisons, gateway_accounts
from storage.comparisons import Comparison
from storage.gateway_accounts import GatewayAccountRow

ON_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """`account` None: it was never read; `last`: the last comparison that came to its end, and
    `latest` the one after it that did not.
    """

    status: Literal["not_connected", "active", "restricted"]
    account: GatewayAccountRow | None
    livemode: bool
    dashboard_url: str
    last: Comparison | None
    latest: Comparison | None
    differences: tuple[DifferenceRow, ...]
    total: int
    page: int
    pages: int


@audited("see_payments_account")
def look(actor: Actor, desk: Desk, *, page: int = 0) -> Overview:
    """`page` of the differences; one that does not exist is the last."""
    require(actor, Permission.ADMINISTER)
    status = desk.gateway.account.state().status
    with desk.database.reading() as session:
        account = gateway_accounts.known(session)
        last, latest = comparisons.last(session, finished=True), comparisons.last(session)
        total = comparisons.count_differences(session, last.day) if last else 0
        pages = max(-(-total // ON_A_PAGE), 1)
        page = min(max(page, 0), pages - 1)
        return Overview(
            status=status,
            account=account,
            livemode=desk.policy.livemode,
            dashboard_url=_url(desk, account),
            last=last,
            latest=latest if latest and (last is None or latest.day != last.day) else None,
            differences=_rows(session, desk, last, page),
            total=total,
            page=page,
            pages=pages,
        )


def _rows(
    session: Session, desk: Desk, last: Comparison | None, page: int
) -> tuple[DifferenceRow, ...]:
    if last is None:
        return ()
    rows = comparisons.differences(session, last.day, limit=ON_A_PAGE, offset=page * ON_A_PAGE)
    return tuple(news.shown(desk, row) for row in rows)


def _url(desk: Desk, account: GatewayAccountRow | None) -> str:
    if account is not None and account.status == "restricted":
        return dashboard.status(desk, account.account_id)
    return dashboard.home(desk, account.account_id if account else "")
