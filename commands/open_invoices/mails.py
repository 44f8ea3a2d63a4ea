"""The mails of a review: of each customer and currency one, with the addresses as they stand."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from commands.rules import addresses
from commands.rules.addresses import Typed
from commands.send_invoice.checks import MOST_RECIPIENTS
from storage.candidates import Row
from storage.customers import Contact
from storage.money import Money

MailKey = str  # names a mail on the screens; of its customer and currency


def key_of(customer_id: str, currency: str) -> MailKey:
    return hashlib.sha256(f"{customer_id}\0{currency}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class ReviewMail:
    """One mail; `typed`: the addresses as they stand in the field, mistakes included."""

    customer_id: str
    customer_name: str
    currency: str
    rows: tuple[Row, ...]
    typed: str
    contacts: tuple[Contact, ...]

    @cached_property
    def key(self) -> MailKey:
        return key_of(self.customer_id, self.currency)

    @property
    def total(self) -> Money:
        return Money(sum(row.balance for row in self.rows), self.currency)

    @cached_property
    def _read(self) -> Typed:
        return addresses.read(self.typed)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Those that are usable."""
        return self._read.good

    @property
    def mistake(self) -> str:
        """Everything that is wrong with the addresses, as a sentence; "" when nothing is."""
        read = self._read
        if read.bad:
            return read.mistakes
        if not read.good:
            return "Give at least one e-mail address."
        if len(read.good) > MOST_RECIPIENTS:
            return (
                f"{len(read.good)} addresses are too many: at most {MOST_RECIPIENTS} in one mail."
            )
        return ""

    @property
    def new_addresses(self) -> tuple[str, ...]:
        on_file = {contact.address.casefold() for contact in self.contacts}
        return tuple(each for each in self.recipients if each.casefold() not in on_file)


@dataclass(frozen=True, slots=True)
class Size:
    """What the policy looks at."""

    mails: Sequence[ReviewMail]

    @property
    def customers(self) -> int:
        return len({mail.customer_id for mail in self.mails})

    @property
    def totals(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for mail in self.mails:
            found[mail.currency] = found.get(mail.currency, 0) + mail.total.minor
        return found
