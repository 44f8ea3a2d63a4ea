"""Business time goes forward: what is due until then is done by the product's own verb."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

JSON = dict[str, Any]
MORNING = 6  # o'clock in the company's time zone: within the hours of every schedule
KEPT_RUNS = 20


class BusinessTime:
    """`run_due` takes an instant and returns what the verb printed; it may raise."""

    def __init__(self, run_due: Callable[[datetime], str], timezone: str) -> None:
        self._run_due = run_due
        self._zone = ZoneInfo(timezone)
        self._reached: datetime | None = None
        self._running = threading.Lock()
        self.runs: list[JSON] = []
        self.version = 0

    @property
    def now(self) -> datetime:
        """The later of the real time and what was reached here, in the company's zone."""
        real = datetime.now(UTC)
        return max(real, self._reached or real).astimezone(self._zone)

    def next_day(self) -> datetime:
        return self._morning(self.now + timedelta(days=1))

    def next_period(self) -> datetime:
        """The first morning after this month's end."""
        return self._morning((self.now.replace(day=1) + timedelta(days=32)).replace(day=1))

    def _morning(self, day: datetime) -> datetime:
        return day.replace(hour=MORNING, minute=0, second=0, microsecond=0)

    def choices(self) -> JSON:
        return {
            "now": self.now.isoformat(timespec="seconds"),
            "zone": str(self._zone),
            "next_day": self.next_day().isoformat(timespec="minutes"),
            "next_period": self.next_period().isoformat(timespec="minutes"),
            "runs": self.runs[::-1],
        }

    def advance(self, instant: datetime) -> JSON:
        """Do what is due until `instant`; ValueError if that lies in the past."""
        moment = instant if instant.tzinfo else instant.replace(tzinfo=self._zone)
        with self._running:
            if moment < self.now - timedelta(minutes=1):
                raise ValueError("Business time only goes forward.")
            run = {"at": moment.isoformat(timespec="minutes"), **self._counts(moment)}
            self._reached = moment
            self.runs = [*self.runs, run][-KEPT_RUNS:]
            self.version += 1
            return run

    def _counts(self, moment: datetime) -> JSON:
        try:
            printed = self._run_due(moment.astimezone(UTC))
            return {"counts": json.loads(printed.strip().splitlines()[-1])}
        except Exception as error:  # noqa: BLE001 -- whatever the product says is what is shown
            return {"trouble": str(error)}
