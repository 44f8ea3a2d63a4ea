"""A request as it is shown in the channel and in direct messages, as it stands now."""

from typing import Any

from sqlmodel import Session

from commands.errors import NotFound
from renderers.money_news import (
    ApprovalCard,
)
from storage import approvals
from storage.approvals import Approval


def approval_card(session: Session, payload: dict[str, Any]) -> ApprovalCard:
    """`payload` holds the id of the `approval` and whether it is the requester's own copy."""
    approval = approvals.find(session, payload["approval"])
    if approval is None:
        raise NotFound("The request is gone.")
    return card(approval, for_requester=payload.get("own", False))


def card(approval: Approval, *, for_requester: bool = False) -> ApprovalCard:
    """The words of a request are frozen with its content."""
    return ApprovalCard(
        approval_id=approval.id,
        headline=approval.content["headline"],
        facts=tuple((label, text) for label, text in approval.content["facts"]),
        status=approval.status,
        requested_by=approval.requested_by,
        decided_by=approval.decided_by or "",
        reason=approval.reason,
        expires_at=approval.expires_at,
        for_requester=for_requester,
    )
