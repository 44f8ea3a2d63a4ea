"""What staff are told of mails that were sent together: values, complete before rendering."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.money import Money

BatchState = Literal["waiting", "sending", "stopping", "stopped", "undone", "done", "partial"]


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """Mails. `unclear` may have arrived; `skipped` were not to leave any more."""

    total: int
    sent: int
    failed: int
    unclear: int
    skipped: int
    to_go: int
    percent: int


@dataclass(frozen=True, slots=True)
class BatchCard:
    """The one message about a batch, edited as it goes."""

    batch_id: str
    title: str
    state: BatchState
    counts: BatchCounts
    requested_by: str  # a Slack id; "": due by itself
    approved_by: str = ""  # a Slack id, or "" when nobody was asked
    ended_by: str = ""  # a Slack id
    leaves_at: datetime | None = None  # while it is held
    held_back: bool = False  # MAIL_MODE hold: nothing leaves
    settled: tuple[tuple[Money, Money], ...] = ()  # of what was asked for, by currency


@dataclass(frozen=True, slots=True)
class BatchGap:
    """A mail, or one document of it (`subject`), that did not go as it should have."""

    customer_name: str
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchReport:
    """The end of it, in the message's thread; lists hold the first ones of so many."""

    batch_id: str
    title: str
    requested_by: str
    counts: BatchCounts
    was_stopped: bool
    failed: tuple[BatchGap, ...]
    unclear: tuple[BatchGap, ...]
    skipped: tuple[BatchGap, ...]  # stopped ones are only counted
    partly: tuple[BatchGap, ...]  # one document of a mail was left out
    without_link: tuple[BatchGap, ...] = ()  # sent, but nothing could be paid with it
