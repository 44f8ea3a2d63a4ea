"""What is to be sent, and what became of it."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import StatementType


@dataclass(frozen=True, slots=True)
class SendStatement:
    """`draft_id` makes two submissions of one form one mail.

    A schedule gives its own id and `period_start`, and has neither draft, card nor Undo; without
    a `period_start` the period begins on the day after the last statement.
    `leaves_at`: not before; None: after the hold of a single send, or at once for a schedule.
    """

    draft_id: str
    customer_id: str
    currency: str
    type: StatementType
    period_end: date
    recipients: tuple[str, ...]
    with_link: bool
    message: str = ""
    copy_me: bool = False
    typed_in: str = ""  # the channel in which the command was typed
    schedule_id: str | None = None
    period_start: date | None = None
    batch_id: str | None = None
    leaves_at: datetime | None = None

    @property
    def about(self) -> str:
        return f"{self.customer_id} {self.period_end.isoformat()} {self.currency}"


@dataclass(frozen=True, slots=True)
class SentStatement:
    """What will happen; `repeated`: it had been asked for before, nothing new happens."""

    statement_id: str
    delivery_id: int
    document: str
    customer_name: str
    recipients: tuple[str, ...]
    new_addresses: tuple[str, ...]
    has_link: bool
    no_link_reason: str
    mailed_before: datetime | None
    leaves_at: datetime
    repeated: bool
