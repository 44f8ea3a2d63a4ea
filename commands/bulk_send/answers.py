"""What the policy says about a bulk send, and what became of its submission."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# direct: it goes at once; ask: somebody else decides; alone: the only Admin approves it, with a
# reason; nobody: it needs an approval and nobody could give it.
Way = Literal["direct", "ask", "alone", "nobody"]


@dataclass(frozen=True, slots=True)
class PolicyAnswer:
    """`sentence` (plain): "It goes out at once.", or who is asked and why."""

    way: Way
    sentence: str
    approvers: tuple[str, ...] = ()  # Slack ids of everybody who could decide

    @property
    def needs_approval(self) -> bool:
        return self.way != "direct"


@dataclass(frozen=True, slots=True)
class Dropped:
    """An invoice that does not go along, and why. With `invoice_number` "" it is about the mail:
    the whole of it, or one of its recipients while the rest goes.
    """

    customer_id: str
    customer_name: str
    invoice_number: str
    reason: str
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Requested:
    """`totals` are minor units by currency; `repeated`: it had been submitted before."""

    id: str
    way: Way
    customers: int
    mails: int
    invoices: int
    totals: dict[str, int]
    dropped: tuple[Dropped, ...]
    leaves_at: datetime | None  # when nobody has to be asked
    repeated: bool = False
