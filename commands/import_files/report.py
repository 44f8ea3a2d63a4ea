"""What an import did, and what it would not do."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

KindName = Literal["users", "customers", "orders", "invoices", "invoice_lines", "payments"]
Change = Literal["created", "updated", "unchanged"]


class Place(NamedTuple):
    """Where a row begins: the file's name, and its line as an editor counts them."""

    file: str
    line: int


def shown_name(path: Path) -> str:
    """Without its folder; bytes that are no UTF-8, as older systems write them, are "?"."""
    return path.name.encode("utf-8", "replace").decode()


class RowRefused(Exception):
    """One row cannot be taken; `reason` is a sentence that names the mend."""

    def __init__(self, place: Place, column: str, reason: str) -> None:
        super().__init__(reason)
        self.place, self.column, self.reason = place, column, reason


@dataclass(frozen=True, slots=True)
class Refusal:
    file: str
    line: int
    column: str  # empty when the whole row or file is meant
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}"
        return (
            f"{where}, {self.column}: {self.reason}" if self.column else f"{where}: {self.reason}"
        )


@dataclass(slots=True)
class Counts:
    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Automatic:
    """New invoices and new versions: how many are mailed by themselves, and why others are not."""

    waiting: int = 0
    others: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        others = ", ".join(f"{count} ({reason})" for reason, count in self.others.items())
        return f"{self.waiting} to be mailed" + (f"; not by themselves: {others}" if others else "")


@dataclass(slots=True)
class ImportReport:
    """Counts by kind; a payment or an invoice counts once, however many rows tell it.

    `applied` is False when rows were refused and, all or nothing, none was taken.
    """

    counts: dict[KindName, Counts] = field(default_factory=lambda: defaultdict(Counts))
    refused: list[Refusal] = field(default_factory=list)
    applied: bool = True
    automatic: Automatic = field(default_factory=Automatic)

    def weigh(self, reason: str, number: int = 1) -> None:
        """Count invoices that have a `reason` not to be mailed by themselves, or "" for none."""
        if not reason:
            self.automatic.waiting += number
        elif number:
            self.automatic.others[reason] += number

    def count(self, kind: KindName, change: Change, number: int = 1) -> None:
        counts = self.counts[kind]
        setattr(counts, change, getattr(counts, change) + number)

    def refuse(self, error: RowRefused) -> None:
        refusal = Refusal(error.place.file, error.place.line, error.column, error.reason)
        self.refused.append(refusal)

    def undo(self) -> None:
        """All or nothing: it was nothing."""
        self.applied = False
        self.automatic = Automatic()
        for kind in self.counts:
            self.counts[kind] = Counts()

    def summary(self) -> dict[str, Any]:
        """Plain JSON for the audit: counts by kind and how many rows were refused."""
        summary: dict[str, Any] = {str(kind): asdict(one) for kind, one in self.counts.items()}
        if self.automatic.waiting or self.automatic.others:
            others = dict(self.automatic.others)
            summary["automatic"] = {"to_be_mailed": self.automatic.waiting, "others": others}
        return {**summary, "refused": len(self.refused)}

    def sentences(self) -> Iterator[str]:
        """The lines that `import` prints."""
        for kind, counts in self.counts.items():
            parts = f"{counts.created} created, {counts.updated} updated"
            yield f"{kind}: {parts}, {counts.unchanged} unchanged"
        if self.automatic.waiting or self.automatic.others:
            yield f"automatic invoices: {self.automatic}"
        yield f"refused: {len(self.refused)}"
        yield from (str(refusal) for refusal in self.refused)
        if not self.applied:
            yield "Nothing was imported: mend these rows, or use --accept-good to take the others."
