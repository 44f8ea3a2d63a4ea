"""What the appliers of one import share while they hold the write lock."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from commands.desk import Desk
from commands.import_files.checking import Checked
from commands.import_files.report import ImportReport, RowRefused
from commands.import_files.staging import Rows, Staged


@dataclass
class Run:
    session: Session
    desk: Desk
    checked: Checked
    changed: set[str] = field(default_factory=set)  # invoices whose balance moved
    created: set[str] = field(default_factory=set)  # invoices that nobody could have seen before
    renewed: set[str] = field(default_factory=set)  # invoices that have a higher version now

    @property
    def staged(self) -> Staged:
        return self.checked.staged

    @property
    def today(self) -> date:
        """The company's."""
        return self.desk.policy.today(self.desk.clock.now())

    @property
    def report(self) -> ImportReport:
        return self.staged.report

    def refuse(self, rows: Rows[Any], key: str, error: RowRefused) -> None:
        """Found only now, against what is stored; later rows that depend on it see it spoilt."""
        self.report.refuse(error)
        rows.drop(key)
