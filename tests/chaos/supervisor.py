"""Starts processes, ends them as the schedule says, and starts them again."""

import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.fault_proxy import OK
from tests.chaos.processes import KILLED, Child, state
from tests.chaos.schedule import Life, Schedule
from tests.chaos.site import Site

TICK_SECONDS = 0.02
AFTER_WAKING_SECONDS = 1.0
MANNER_SECONDS = 1.0


@dataclass
class Slot:
    """One place for a process, and the lives it still has to live there."""

    name: str
    lives: list[Life]
    process: Child | None = None
    life: Life = field(default_factory=Life)
    kill_at: float = 0.0
    wake_at: float = 0.0  # 0: it is not stopped

    @property
    def is_over(self) -> bool:
        return self.process is None and not self.lives


class Supervisor:
    """`counts`: kills by what ended the life, stops, outages by proxy and mode."""

    def __init__(self, site: Site, schedule: Schedule) -> None:
        self.site = site
        self.schedule = schedule
        self.counts: Counter[str] = Counter()
        self.slots = [Slot(name, list(lives)) for name, lives in schedule.lives.items()]
        self.accidents: list[str] = []
        self._done = threading.Event()
        self._living: dict[str, Child] = {}

    def rage(self, seconds: float) -> None:
        """Live every life of the schedule, faults all the while; over after `seconds` anyway."""
        weather = [threading.Thread(target=self._outages), threading.Thread(target=self._manners)]
        for thread in weather:
            thread.start()
        deadline = time.monotonic() + seconds
        try:
            while not all(slot.is_over for slot in self.slots) and time.monotonic() < deadline:
                for slot in self.slots:
                    self._look_after(slot)
                time.sleep(TICK_SECONDS)
        finally:
            self._end_all()
            self._done.set()
            for thread in weather:
                thread.join()
            self.site.heal()

    def calm(self) -> None:
        """The same processes without any fault, until `stop`."""
        for name in ("web", "worker-1", "worker-2", "clock"):
            self._living[name] = self.site.spawn(name)

    def check(self) -> None:
        """AssertionError when a process ended that nobody ended."""
        fallen = [name for name, process in self._living.items() if process.poll() is not None]
        self.accidents += [f"{name} ended by itself" for name in fallen]
        assert not self.accidents, f"{self.accidents}\n{self.site.last_words()}"

    @property
    def living(self) -> set[int]:
        return {process.pid for process in self._living.values()}

    def stop(self) -> dict[str, int]:
        """SIGTERM and the exit code of each: 0 is a clean end."""
        for process in self._living.values():
            process.send(signal.SIGTERM)
        codes = {name: process.wait() for name, process in self._living.items()}
        self._living.clear()
        return codes

    # -- one slot -----------------------------------------------------------------------------

    def _look_after(self, slot: Slot) -> None:
        now = time.monotonic()
        if slot.process is None:
            if slot.lives:
                self._begin(slot, now)
        elif slot.process.poll() is not None:
            self._note_end(slot)
            slot.process = None
        elif slot.wake_at:
            self._wake(slot, now)
        elif slot.life.stopped and self._is_stopped(slot, now):
            self.counts["stopped"] += 1
            slot.wake_at = now + slot.life.stopped
        elif now >= slot.kill_at:
            self._kill(slot)

    def _note_end(self, slot: Slot) -> None:
        """It ended without us: at its point, or in a way that is nobody's plan."""
        assert slot.process is not None
        code = slot.process.poll()
        if code == KILLED:
            self.counts[f"killed at {slot.life.end.partition(':')[0]}"] += 1
        else:
            self.accidents.append(f"{slot.name} ended by itself with {code}")

    def _begin(self, slot: Slot, now: float) -> None:
        slot.life = slot.lives.pop(0)
        kind = "STOP" if slot.life.stopped else "KILL"
        slot.process = self.site.spawn(slot.name, f"{slot.life.end}:{kind}" * bool(slot.life.end))
        slot.kill_at, slot.wake_at = now + slot.life.seconds, 0.0

    def _is_stopped(self, slot: Slot, now: float) -> bool:
        """It stopped itself at its point, or is stopped now as its time is over."""
        assert slot.process is not None
        if now >= slot.kill_at:
            slot.process.send(signal.SIGSTOP)
            return True
        return state(slot.process.pid) == "T"

    def _wake(self, slot: Slot, now: float) -> None:
        assert slot.process is not None
        if now >= slot.wake_at:
            slot.process.send(signal.SIGCONT)
            slot.life, slot.wake_at = Life(seconds=0), 0.0
            slot.kill_at = now + AFTER_WAKING_SECONDS

    def _kill(self, slot: Slot) -> None:
        assert slot.process is not None
        slot.process.send(signal.SIGKILL)
        slot.process.wait()
        slot.process = None
        self.counts["killed at any moment"] += 1

    def _end_all(self) -> None:
        for slot in self.slots:
            if slot.process is not None:
                self._kill(slot)

    # -- the weather --------------------------------------------------------------------------

    def _outages(self) -> None:
        for outage in self.schedule.outages:
            if self._done.wait(outage.pause):
                return
            proxy = self.site.proxies[outage.proxy]
            proxy.switch(outage.fault)
            self.counts[f"{outage.proxy}: {outage.fault.mode}"] += 1
            self._done.wait(outage.seconds)
            proxy.switch(OK)

    def _manners(self) -> None:
        for manner in self.schedule.manners:
            copies = 3 if manner == "duplicate" else 2
            self.site.stripe.deliver_events(manner, 0.7, copies)
            if self._done.wait(MANNER_SECONDS):
                return
