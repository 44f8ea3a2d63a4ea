"""The figures of a statement of account. Pure: entries in, minor units out.

opening + transactions + late = closing, always; closing is everything dated up to the end of the
period, as the ledger has it when the statement is made.

The first statement of an account opens with everything dated before its period. Every other one
that follows it without a gap opens with the closing balance that was sent, unchanged, and brings
everything that the earlier ones did not account for:

- what is dated in the period is a transaction of it;
- what is dated earlier, but was entered later, is "late";
- what an earlier statement did account for and is different now (a new version of an invoice, a
  refund that failed, money of a dispute given back) is late too, with the difference;
- of what is dated before the first statement no list was kept: if its sum is different now, the
  difference is one line, a correction.

A schedule closes its periods for everyone, also for whom it had no statement. Whoever gets the
next one opens with the balance of that moment, and what was entered since with a day of those
closed periods is late here too.

Open items are those of the end of the period: an invoice issued later is not among them, and a
payment received later does not lower them. Which payment lies on which invoice is taken as it is
when the statement is made. All of them together, credit below zero, are the closing balance.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from commands.rules.periods import Period
from storage.account_values import Entry, ItemKind, Laid

Key = tuple[ItemKind, str]
CORRECTION: Key = ("correction", "")

# Within a day what is charged stands before what settles it.
_ORDER: tuple[ItemKind, ...] = (
    "correction",
    "invoice",
    "credit_memo",
    "void",
    "write_off",
    "payment",
    "refund",
    "reversal",
    "dispute",
)


@dataclass(frozen=True, slots=True)
class Before:
    """The statements that lead to this one without a gap, and what they accounted for.

    `first_opening` is the balance that the first of them opened with, made at `first_made_at`.
    """

    closing: int
    accounted: Mapping[Key, int]
    first_start: date
    first_opening: int
    first_made_at: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """Periods that a schedule has closed without a statement for this account.

    `since` is the first day of the first one; the last one was closed `at` that moment.
    """

    since: date
    at: datetime

    def has_missed(self, entry: Entry) -> bool:
        known_since = entry.recorded_at
        return entry.day >= self.since and known_since is not None and known_since > self.at


@dataclass(frozen=True, slots=True)
class Figures:
    opening: int
    transactions: tuple[Entry, ...]
    late: tuple[Entry, ...]

    @property
    def closing(self) -> int:
        return self.opening + sum(entry.amount for entry in (*self.transactions, *self.late))


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """What was open of an entry at the end of the period; credit is below zero."""

    entry: Entry
    open: int


def figures(
    entries: Iterable[Entry], period: Period, before: Before | None, closed: Closed | None = None
) -> Figures:
    """Of one customer and currency."""
    until = [entry for entry in entries if entry.day <= period.end]
    if before is None:
        return _first(until, period, closed)
    new, base = _unaccounted(until, before)
    own = [entry for entry in new if entry.day >= period.start]
    late = [entry for entry in new if entry.day < period.start]
    late += _changed(until, period, before) + _correction(base, period, before)
    return Figures(before.closing, _in_order(own), _in_order(late))


def _first(until: list[Entry], period: Period, closed: Closed | None) -> Figures:
    earlier = [entry for entry in until if entry.day < period.start]
    late = [entry for entry in earlier if closed is not None and closed.has_missed(entry)]
    own = [entry for entry in until if entry.day >= period.start]
    opening = sum(entry.amount for entry in earlier) - sum(entry.amount for entry in late)
    return Figures(opening, _in_order(own), _in_order(late))


def open_entries(
    entries: Iterable[Entry], laid: Iterable[Laid], credited: Iterable[Laid], end: date
) -> tuple[OpenEntry, ...]:
    """Invoices, credit memos and payments of which something was open, first due first.

    `laid` and `credited`: between payments, memos and invoices that are all dated up to `end`.
    """
    documents, payments = defaultdict[str, int](int), defaultdict[str, int](int)
    for part, sources in [(p, payments) for p in laid] + [(p, documents) for p in credited]:
        documents[part.invoice_number] -= part.amount
        sources[part.source] += part.amount
    openable: list[tuple[Entry, defaultdict[str, int]]] = []
    for entry in entries:
        if entry.day <= end:
            rests = documents if entry.kind in _DOCUMENTS else payments
            rests[entry.about] += entry.amount
            openable += [(entry, rests)] if entry.kind in _OPENABLE else []
    found = [OpenEntry(entry, rests[entry.about]) for entry, rests in openable]
    return tuple(sorted((item for item in found if item.open), key=_by_due))


def payable(owed: int, credit: int) -> int:
    """What can be asked for now, of what is open and what is to the customer's credit."""
    return max(owed - credit, 0)


_OPENABLE: tuple[ItemKind, ...] = ("invoice", "credit_memo", "payment")
_DOCUMENTS: tuple[ItemKind, ...] = ("invoice", "credit_memo", "void", "write_off")


def _by_due(item: OpenEntry) -> tuple[bool, date, str]:
    """Invoices by their due dates, then credit by its day."""
    entry = item.entry
    is_invoice = entry.kind == "invoice"
    day = entry.due_date if is_invoice and entry.due_date else entry.day
    return not is_invoice, day, entry.number


def _unaccounted(until: list[Entry], before: Before) -> tuple[list[Entry], int]:
    """What no earlier statement lists, and the sum of what lies before the first of them."""
    new, base = list[Entry](), 0
    for entry in until:
        if entry.key in before.accounted:
            continue
        entered_late = entry.recorded_at is not None and entry.recorded_at > before.first_made_at
        if entry.day >= before.first_start or entered_late:
            new.append(entry)
        else:
            base += entry.amount
    return new, base


def _changed(until: list[Entry], period: Period, before: Before) -> list[Entry]:
    """What is different from what the earlier statements said."""
    now: dict[Key, Entry] = {}
    for entry in until:
        if entry.key in before.accounted:
            known = now.get(entry.key)
            amount = entry.amount + (known.amount if known else 0)
            now[entry.key] = replace(entry, amount=amount)
    changed: list[Entry] = []
    for key, said in before.accounted.items():
        gone = Entry(period.start, key[0], key[1], 0, key[1])
        entry = now.get(key, gone)
        if key != CORRECTION and entry.amount != said:
            changed.append(replace(entry, amount=entry.amount - said))
    return changed


def _correction(base: int, period: Period, before: Before) -> list[Entry]:
    amount = base - before.first_opening - before.accounted.get(CORRECTION, 0)
    return [Entry(period.start, "correction", "", amount, "")] if amount else []


def _in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    ranked = sorted(entries, key=lambda e: (e.day, _ORDER.index(e.kind), e.number))
    return tuple(ranked)
