"""Negative rows: money taken back.

From the payment of the same id, else from the one that the reference names, else from the
customer's newest payments on that invoice, then from the newest unapplied ones.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from commands.import_files import recognised
from commands.import_files.checking import Part
from commands.import_files.report import Change, RowRefused
from commands.import_files.run import Run
from commands.import_files.told import Told, told
from commands.take_payment import announce
from storage import bulk, payments, payments_taken, reversals
from storage.invoices import Invoice
from storage.money import decimals
from storage.payments import Payment
from storage.reversals import PaymentReversal


@dataclass(frozen=True, slots=True)
class Take:
    part: Part
    digest: str
    payment: Payment
    amount: int


@dataclass
class Reversing:
    """The reversals of one call; `known` holds the digests of those that are stored."""

    run: Run
    known: set[str] = field(default_factory=set)
    parts_of: Counter[str] = field(default_factory=Counter)  # the last part number of each id

    def load(self, ids: Iterable[str]) -> None:
        rows = bulk.by_keys(self.run.session, PaymentReversal, PaymentReversal.id, ids)
        for row in rows:
            self.known.add(row.digest)
            self.parts_of[row.id] = max(self.parts_of[row.id], row.part)

    def apply(self, one: Told) -> bool:
        """Whether any was new. Raises `RowRefused` before the first is written."""
        takes, told = list[Take](), False
        planned: defaultdict[str, int] = defaultdict(int)
        for part, digest in list(new_rows(one, self.known)):
            if self._recognise(part, digest):
                told = True
            else:
                takes += self._plan(part, digest, planned)
        for take in takes:
            self._write(take)
        return told or bool(takes)

    def _recognise(self, part: Part, digest: str) -> bool:
        """Staff took it back here already: from now on it is known by the row's own id."""
        named = [payment for payment in self._named(part) if payment.source == "staff"]
        row = recognised.reversal(self.run.session, named, -part.minor)
        if row is None:
            return False
        self.parts_of[part.row.payment_id] += 1
        row.id, row.part = part.row.payment_id, self.parts_of[part.row.payment_id]
        row.digest = digest
        self.run.session.add(row)
        self.run.session.flush()
        self.known.add(digest)
        return True

    def _plan(self, part: Part, digest: str, planned: defaultdict[str, int]) -> Iterator[Take]:
        wanted = -part.minor
        for payment, most in self._sources(part):
            left = min(most, self._left(payment)) - planned[payment.id]
            if (amount := min(wanted, left)) > 0:
                planned[payment.id] += amount
                wanted -= amount
                yield Take(part, digest, payment, amount)
        if wanted:
            raise _too_much(part, wanted)

    def _sources(self, part: Part) -> Iterator[tuple[Payment, int]]:
        """Payments to take from, in order, and how much of each at most."""
        row, session = part.row, self.run.session
        for named in self._named(part):
            yield named, named.amount
            return
        if row.invoice_number:
            for allocation, payment in reversed(payments.of_invoice(session, row.invoice_number)):
                yield payment, allocation.amount
        for payment in payments.newest_unapplied(session, row.customer_id, part.currency):
            yield payment, payment.unapplied

    def _named(self, part: Part) -> Iterator[Payment]:
        """The payment that the row itself names: by its id, the ERP's or ours, or a reference."""
        row, session = part.row, self.run.session
        for name in (row.key, row.payment_id, row.reference):
            found = payments.find(session, name) if name else None
            found = found or (payments_taken.by_erp_id(session, name) if name else None)
            if found is not None and _same_account(found, part):
                yield found

    def _left(self, payment: Payment) -> int:
        if payment.status != "succeeded":
            return 0
        reversed_so_far = reversals.reversed_of(self.run.session, payment.id)
        return payment.amount - payment.disputed - reversed_so_far

    def _write(self, take: Take) -> None:
        row, session = take.part.row, self.run.session
        self.parts_of[row.payment_id] += 1
        reversal = PaymentReversal(
            id=row.payment_id,
            part=self.parts_of[row.payment_id],
            payment_id=take.payment.id,
            amount=take.amount,
            reversed_on=row.date,
            digest=take.digest,
        )
        invoice = session.get(Invoice, row.invoice_number) if row.invoice_number else None
        moved = reversals.reverse(session, take.payment, reversal, invoice)
        self.run.changed |= moved
        self.known.add(take.digest)
        self._tell(take.payment, reversal, sorted(moved))

    def _tell(self, payment: Payment, reversal: PaymentReversal, moved: list[str]) -> None:
        """What people were told of the payment says so too; of the ERP's own nobody was told."""
        session, change = self.run.session, f"{reversal.id}:{reversal.part}"
        if payment.source == "staff":
            desk = self.run.desk
            announce.tell_of_reversal(session, desk, payment, numbers=moved, change=change)
        else:
            announce.excess_settled(session, self.run.desk, payment, change=change)


def apply_reversals(run: Run, changes: dict[str, Change]) -> None:
    """Complete `changes` with what the negative rows did."""
    reversing = Reversing(run)
    waiting = [one for one in told(run.checked) if len(one.positive) < len(one.parts)]
    # Rows that name their payment by its own id come first: nobody else may take it from them.
    for one in sorted(waiting, key=lambda one: (one.key not in changes, one.order)):
        reversing.load({part.row.payment_id for part in one.parts})
        try:
            new = reversing.apply(one)
        except RowRefused as error:
            run.refuse(run.staged.payments, one.key, error)
            changes.pop(one.key, None)
            continue
        before = changes.setdefault(one.key, "created" if new else "unchanged")
        if new and before == "unchanged":
            changes[one.key] = "updated"


def new_rows(one: Told, known: set[str]) -> Iterator[tuple[Part, str]]:
    """Rows that were not taken before; the same row twice in a file is meant twice."""
    seen: Counter[str] = Counter()
    for part in one.parts:
        if part.minor < 0:
            row = part.row
            text = f"{row.payment_id}|{row.customer_id}|{row.date}|{part.currency}|{part.minor}"
            text += f"|{row.invoice_number or ''}"
            seen[text] += 1
            digest = hashlib.sha256(f"{text}|{seen[text]}".encode()).hexdigest()
            if digest not in known:
                yield part, digest


def _same_account(payment: Payment, part: Part) -> bool:
    """A reference that only happens to look like some other customer's payment is no name."""
    same_customer = payment.customer_id in {None, part.row.customer_id}
    return same_customer and payment.currency == part.currency


def _too_much(part: Part, missing: int) -> RowRefused:
    short = Decimal(missing).scaleb(-decimals(part.currency))
    reason = f"{part.row.payment_id} takes back {short} {part.currency} more than there is"
    mend = "correct the amount, or import the payment that it reverses first"
    return RowRefused(part.row.place, "amount", f"{reason}: {mend}")
