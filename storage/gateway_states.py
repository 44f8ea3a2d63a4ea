"""Stripe's words for the states of refunds and disputes."""

from typing import Literal

RefundStatus = Literal["pending", "succeeded", "failed", "canceled"]
RefundReason = Literal["requested_by_customer", "duplicate", "fraudulent"]
DisputeStatus = Literal[
    "warning_needs_response",
    "warning_under_review",
    "needs_response",
    "under_review",
    "warning_closed",
    "prevented",
    "won",
    "lost",
]
CLOSED: tuple[DisputeStatus, ...] = ("warning_closed", "prevented", "won", "lost")
