"""The last look at what differed: what was told or settled meanwhile is no difference any more.

A comparison takes a while, and money does not wait for it: a webhook that arrives between the look
at the gateway and the one at the ledger would be news in the morning and be nothing.
"""

from itertools import groupby

from sqlmodel import Session

from commands.compare_gateway.found import Found, of_dispute, of_refund
from commands.compare_gateway.ours import AT_ONCE, asked
from commands.desk import Desk
from commands.ports import GatewayDispute, GatewayPayment, GatewayRefund
from storage import comparisons, disputes, payments, refunds
from storage.comparisons import Comparison, ComparisonDifference

_Told = GatewayPayment | GatewayRefund | GatewayDispute | None


def look(desk: Desk, comparison: Comparison) -> Found:
    """Ask both once more about each object; what still differs stays as it was written down."""
    with desk.database.reading() as session:
        rows = comparisons.differing_after(session, comparison.day, comparison.cursor, AT_ONCE)
    objects = [(key, list(own)) for key, own in groupby(rows, key=lambda row: row.object_id)]
    told = {key: _told(desk, own[0]) for key, own in objects if _can_be_asked(own)}
    with desk.database.reading() as session:
        settled = tuple(
            key
            for key, own in objects
            if key in told and not _still(session, comparison, own[0], told[key])
        )
    following = objects[-1][0] if len(objects) == AT_ONCE else None
    return Found(following, settled=settled)


def _can_be_asked(rows: list[ComparisonDifference]) -> bool:
    """Not what is under way too long, nor payouts, nor charges without a payment, nor a payment of
    another amount: no webhook of the last minutes mends those.
    """
    kinds, what = {row.kind for row in rows}, rows[0].what
    if what == "payment":
        return rows[0].object_id.startswith("pi_") and not kinds & {"overdue", "amount"}
    return what in {"refund", "dispute"} and "overdue" not in kinds


def _told(desk: Desk, row: ComparisonDifference) -> _Told:
    match row.what:
        case "refund":
            return asked(desk.gateway.refunds.find, row.object_id)
        case "dispute":
            return asked(desk.gateway.disputes.find, row.object_id)
    return asked(desk.gateway.payments.find, row.object_id)


def _still(
    session: Session, comparison: Comparison, row: ComparisonDifference, told: _Told
) -> bool:
    """Whether the two say different things now. What only one of them knows differs."""
    if isinstance(told, GatewayRefund):
        refund = refunds.find(session, row.object_id)
        return refund is None or bool(of_refund(comparison, refund, told))
    if isinstance(told, GatewayDispute):
        dispute = disputes.find(session, row.object_id)
        return dispute is None or bool(of_dispute(comparison, dispute, told))
    payment = payments.find(session, row.object_id)
    both = (payment.status if payment else "", told.status if told else "")
    return both != ("succeeded", "succeeded")
