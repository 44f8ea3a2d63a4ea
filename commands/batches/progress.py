"""How far a batch is, and what comes next for it. Pure: counts in, a status out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from storage.batches import Batch, BatchStatus


@dataclass(frozen=True, slots=True)
class Progress:
    """Mails of a batch; `skipped` were not to leave any more, or were stopped."""

    total: int
    sent: int
    failed: int
    unclear: int  # may have arrived
    skipped: int
    to_go: int
    in_hand: int  # of those to go: queued, or with a worker

    @property
    def percent(self) -> int:
        """Of all mails, those about which all is known; 100 only when that is all of them."""
        return 100 if not self.total else (self.total - self.to_go) * 100 // self.total

    @property
    def troubled(self) -> bool:
        return bool(self.failed or self.unclear or self.skipped)

    def as_told(self) -> dict[str, int]:
        return asdict(self)


def progress(total: int, mails: Mapping[str, int], skipped: int) -> Progress:
    """`mails`: how many are in each status of a delivery; `skipped`: those that became no mail."""
    in_hand = mails.get("queued", 0) + mails.get("sending", 0)
    known = {name: mails.get(name, 0) for name in ("sent", "failed", "unknown", "cancelled")}
    return Progress(
        total=total,
        sent=known["sent"],
        failed=known["failed"],
        unclear=known["unknown"],
        skipped=known["cancelled"] + skipped,
        to_go=max(total - sum(known.values()) - skipped, in_hand),
        in_hand=in_hand,
    )


def next_status(batch: Batch, now: Progress, *, is_held: bool) -> BatchStatus:
    """`is_held`: nothing may leave yet."""
    if batch.status not in {"waiting", "sending", "stopping"}:
        return batch.status
    if batch.status == "stopping":
        return "stopped" if batch.sealed and not now.in_hand else "stopping"
    if batch.sealed and not now.to_go:
        return "partial" if now.troubled else "done"
    return "waiting" if is_held and batch.status == "waiting" else "sending"
