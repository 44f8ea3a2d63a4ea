"""What goes wrong, and when: all of it drawn from a seed, so that a seed repeats it."""

import random
from dataclasses import dataclass, replace
from itertools import cycle

from bot.sandbox.stripe.delivery import Manner
from tests.chaos.fault_proxy import Fault

WORKER_POINTS = (
    "mail.before_fence",
    "mail.after_fence",
    "mail.after_data",
    "slack.before_post",
    "slack.after_post",
    "slack.after_update",
    "event.after_reading",
)
WEB_POINTS = (
    "webhook.received",
    "webhook.before_answer",
    "checkout.before_start",
    "checkout.after_start",
    "page.before_answer",
)
MANNERS: tuple[Manner, ...] = ("normal", "duplicate", "shuffle", "late")
_FAULTS = {
    "smtp": (
        Fault("refuse"),
        Fault("reset", after_bytes=400),
        Fault("delay", seconds=0.05),
        Fault("drop_answer", once_said=b"\r\n.\r\n"),
        Fault("half_open"),
    ),
    "slack": (
        Fault("refuse"),
        Fault("reset", after_bytes=300),
        Fault("delay", seconds=0.1),
        Fault("drop_answer"),
        Fault("half_open"),
    ),
    "stripe": (
        Fault("refuse"),
        Fault("reset", after_bytes=200),
        Fault("delay", seconds=0.1),
        Fault("drop_answer"),
        Fault("half_open"),
    ),
    "webhooks": (Fault("refuse"), Fault("reset", after_bytes=500), Fault("drop_answer")),
    "database": (
        Fault("refuse"),
        Fault("reset", after_bytes=4000),
        Fault("drop_answer", once_said=b"COMMIT"),
    ),
}


@dataclass(frozen=True)
class Life:
    """A process from its start to SIGKILL: at `end` ("point:nth"), after `seconds` at the latest.

    With `stopped` it gets SIGSTOP instead, is woken after so many seconds, and is killed only a
    moment later: whatever it still holds by then is its own no more.
    """

    end: str = ""
    seconds: float = 3.0
    stopped: float = 0.0


@dataclass(frozen=True)
class Outage:
    """After a pause, one of the proxies misbehaves for some seconds."""

    pause: float
    proxy: str
    fault: Fault
    seconds: float


@dataclass(frozen=True)
class Schedule:
    seed: int
    lives: dict[str, tuple[Life, ...]]
    outages: tuple[Outage, ...]
    manners: tuple[Manner, ...]

    @property
    def kills(self) -> int:
        return sum(map(len, self.lives.values()))


def draw(
    seed: int,
    *,
    kills: int,
    lease_seconds: float,
    proxies: tuple[str, ...],
    patience: float = 1,
) -> Schedule:
    """A schedule of so many kills: workers most, `web` a fifth, `clock` a few.

    `patience`: so many times as long as usual may a life last, where processes start slowly.
    """
    rng = random.Random(seed)  # noqa: S311 -- a schedule, not a secret
    web, clock = max(kills // 5, 1), kills // 20
    workers = kills - web - clock
    lives = {
        "worker-1": _worker_lives(rng, workers - workers // 2, lease_seconds),
        "worker-2": _worker_lives(rng, workers // 2, lease_seconds),
        "web": _lives(rng, WEB_POINTS, web),
        "clock": tuple(Life(seconds=rng.uniform(2, 5)) for _ in range(clock)),
    }
    lives = {name: tuple(_longer(life, patience) for life in each) for name, each in lives.items()}
    outages = tuple(_outage(rng, proxies) for _ in range(kills // 2))
    return Schedule(seed, lives, outages, tuple(rng.choices(MANNERS, k=kills // 2)))


def _longer(life: Life, times: float) -> Life:
    return replace(life, seconds=life.seconds * times)


def _worker_lives(rng: random.Random, count: int, lease_seconds: float) -> tuple[Life, ...]:
    """One in six is stopped for longer than its lease, or for a moment."""
    lives = list(_lives(rng, WORKER_POINTS, count))
    for number in range(1, count, 6):
        long = rng.choice((lease_seconds * 1.4, 1.0))
        lives[number] = replace(lives[number], stopped=long)
    return tuple(lives)


def _lives(rng: random.Random, points: tuple[str, ...], count: int) -> tuple[Life, ...]:
    """Two in three end at a named point, each point in its turn; the others at any moment."""
    turns = cycle(rng.sample(points, len(points)))
    return tuple(
        Life(seconds=rng.uniform(0.7, 2.5))
        if number % 3 == 2
        else Life(f"{next(turns)}:{rng.randint(1, 2)}")
        for number in range(count)
    )


def _outage(rng: random.Random, proxies: tuple[str, ...]) -> Outage:
    proxy = rng.choice(proxies)
    fault = rng.choice(_FAULTS[proxy])
    return Outage(rng.uniform(0.2, 1.5), proxy, fault, rng.uniform(0.3, 1.5))
