"""I13: what has a state goes along the edges that are drawn for it, and nothing disappears."""

from dataclasses import dataclass, field
from typing import Any

from storage import checkouts, refunds
from storage.gateway_states import CLOSED
from tests.machine.books import Books

States = dict[str, dict[str, str]]  # by kind, then by key

PAYMENT_NEXT = {
    "processing": {"succeeded", "failed", "canceled"},
    "failed": {"succeeded"},
    "canceled": {"succeeded"},
    "succeeded": set[str](),
}
LINK_NEXT = {"active": {"off", "replaced"}, "off": set[str](), "replaced": set[str]()}
ORDER_NEXT = {
    "queued": {"done", "refused", "unknown"},
    "unknown": {"done"},
    "refused": set[str](),
    "done": set[str](),
}
DISPUTE_NEXT = {
    "warning_needs_response": {"needs_response"} | set(CLOSED),
    "needs_response": {"under_review"} | set(CLOSED),
    "under_review": set(CLOSED),
} | {status: set[str]() for status in CLOSED}
APPROVAL_NEXT = {
    "pending": {"approved", "rejected", "withdrawn", "expired"},
    "approved": {"done", "stopped"},
} | {status: set[str]() for status in ("rejected", "withdrawn", "expired", "done", "stopped")}
EDGES: dict[str, dict[Any, Any]] = {
    "payment": PAYMENT_NEXT,
    "attempt": dict(checkouts.NEXT),
    "link": LINK_NEXT,
    "refund": dict(refunds.NEXT),
    "refund order": ORDER_NEXT,
    "dispute": DISPUTE_NEXT,
    "approval": APPROVAL_NEXT,
}


@dataclass
class Watch:
    """Compares each moment with the one before."""

    before: States = field(default_factory=dict)
    versions: dict[str, tuple[str, int]] = field(default_factory=dict)

    def look(self, books: Books) -> None:
        now = _states(books)
        for kind, states in self.before.items():
            for key, old in states.items():
                new = now[kind].get(key)
                assert new is not None, f"{kind} {key} is gone"
                assert new == old or _reaches(EDGES[kind], old, new), f"{kind} {old} -> {new}"
        self.before = now
        self._ended_for_good(books)

    def _ended_for_good(self, books: Books) -> None:
        """An invoice that ended comes back by a higher version alone."""
        now = {row.number: (row.lifecycle, row.version) for row in books.invoices.values()}
        for number, (old, version) in self.versions.items():
            new, newer = now[number]
            allowed = old in ("issued", new) or newer > version or new == "void"
            assert allowed, f"{number} {old} -> {new}"
        self.versions = {number: (str(state), version) for number, (state, version) in now.items()}


def _states(books: Books) -> States:
    return {
        "payment": {row.id: row.status for row in books.payments.values()},
        "attempt": {row.id: row.status for row in books.attempts.values()},
        "link": {row.id: row.state for row in books.links.values()},
        "refund": {row.id: row.status for row in books.refunds.values()},
        "refund order": {row.id: row.status for row in books.orders.values()},
        "dispute": {row.id: row.status for row in books.disputes.values()},
        "approval": {row.id: row.status for row in books.approvals.values()},
    }


def _reaches(edges: dict[Any, Any], old: str, new: str) -> bool:
    """In one step of ours several edges may be walked."""
    seen, ahead = set[str](), {old}
    while ahead:
        seen |= ahead
        ahead = {after for state in ahead for after in edges[state]} - seen
    return new in seen - {old}
