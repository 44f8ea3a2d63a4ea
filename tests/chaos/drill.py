"""One drill: mails and payments while everything breaks, then quiet, then the reckoning."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2

from bot.sandbox import loopback
from bot.sandbox.slack.messages import Message
from storage import delivery_queue, gateway_events
from tests.chaos import invariants
from tests.chaos.invariants import Evidence
from tests.chaos.payers import Payers, links_in
from tests.chaos.schedule import Schedule
from tests.chaos.site import Site
from tests.chaos.supervisor import Supervisor

SNAPSHOT_SECONDS = 1.0
LOOK_SECONDS = 0.2
FEED_SECONDS = 1.5
BATCH = 2
QUIET_LOOKS = 4


@dataclass
class Report:
    """What one drill did and found. `counts`: kills, stops, outages; `ends`: rows by status;
    `failures`: what the rows that failed say of it.
    """

    seed: int
    kills: int = 0
    mails: int = 0
    seconds: float = 0.0
    drain_seconds: float = 0.0
    payments: int = 0
    events: int = 0
    webhooks: int = 0
    extra_mails: int = 0
    extra_posts: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)


def run(
    site: Site, schedule: Schedule, *, mails: int, rage_seconds: float, drain_seconds: float
) -> Report:
    """Send so many mails, live through the schedule, drain, check. AssertionError says what."""
    started = time.monotonic()
    supervisor = Supervisor(site, schedule)
    with _Snapshots(site) as snapshots, Payers(site) as payers:
        with _Feeder(site, schedule.seed, mails):
            supervisor.rage(rage_seconds)
        supervisor.calm()
        drained = _drain(site, supervisor, payers, drain_seconds)
        _storm(site, schedule.seed)
        drained += _drain(site, supervisor, payers, drain_seconds)
        seen = _evidence(site, snapshots.taken)
        invariants.check(seen)
        i11_looking_changes_nothing(site, payers)
        i12_a_link_that_is_off_leads_nowhere(site, schedule.seed)
        orphans = site.orphans(supervisor.living)
        codes = supervisor.stop()
    assert not orphans, f"{len(orphans)} killed processes left children behind"
    assert set(codes.values()) == {0}, f"a process did not end cleanly: {codes}"
    report = _report(site, seen, supervisor)
    report.seconds, report.drain_seconds = time.monotonic() - started, drained
    return report


def i11_looking_changes_nothing(site: Site, payers: Payers) -> None:
    """GET, HEAD and OPTIONS of the pages: the same ledger, and nothing made at Stripe."""
    acts, before = site.acts_at_stripe(), site.ledger()
    with loopback.client(timeout=10) as browser:
        for link in list(payers.links)[:5]:
            for method in ("GET", "HEAD", "OPTIONS"):
                browser.request(method, link)
    told = f"I11: looking acted at Stripe {site.acts_at_stripe() - acts} times"
    assert site.acts_at_stripe() == acts, told
    assert site.ledger() == before, "I11: looking changed the ledger"


def i12_a_link_that_is_off_leads_nowhere(site: Site, seed: int) -> None:
    """An unpaid link, turned off: neither its page nor its button leads to Stripe."""
    link = site.link_turned_off(f"O{seed}")
    acts = site.acts_at_stripe()
    with loopback.client(timeout=10) as browser:
        answer = browser.post(link, data={"method": "card"})
    assert answer.status_code == httpx2.codes.GONE, f"I12: the answer was {answer.status_code}"
    assert site.acts_at_stripe() == acts, "I12: Stripe was called for a link that is off"


class _Feeder:
    """A few mails every second, so that each life has work; what is left at the end at once."""

    def __init__(self, site: Site, seed: int, mails: int) -> None:
        self._site = site
        self._batches = [f"S{seed}-{number}" for number in range(max(mails // BATCH, 1))]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._feed)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _feed(self) -> None:
        for batch in self._batches:
            self._site.queue_mails(batch, BATCH)
            self._stop.wait(FEED_SECONDS)


class _Snapshots:
    """The ledger as it was every second, taken in a thread; a database that is away is no news."""

    def __init__(self, site: Site) -> None:
        self.taken: list[dict[str, Any]] = []
        self._site = site
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._take)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _take(self) -> None:
        while not self._stop.wait(SNAPSHOT_SECONDS):
            ledger = self._site.ledger()
            kept = ("deliveries", "payments", "invoices")
            self.taken.append({name: ledger[name] for name in kept})


def _drain(site: Site, supervisor: Supervisor, payers: Payers, seconds: float) -> float:
    """Wait until nothing is left to do; how long it took. AssertionError says what is left."""
    started = time.monotonic()
    quiet = 0
    while quiet < QUIET_LOOKS:
        supervisor.check()
        left = _left(site, payers)
        quiet = 0 if left else quiet + 1
        took = time.monotonic() - started
        assert took < seconds, f"I16: after {seconds:.0f} s there is left: {left}"
        time.sleep(LOOK_SECONDS)
    return took


def _left(site: Site, payers: Payers) -> dict[str, int]:
    with site.database.reading() as session:
        found = {
            **delivery_queue.count_unfinished(session),
            "events": gateway_events.count_received(session),
        }
    found["payers"] = payers.waiting
    found["links"] = len(links_in(site.mail.messages)) - len(payers.links)
    found["webhooks"] = 0 if site.stripe.wait_delivered(0) else 1
    return {name: count for name, count in found.items() if count}


def _storm(site: Site, seed: int) -> None:
    """Everything that Stripe ever told, once more and in another order."""
    told = [event["id"] for event in site.stripe.events]
    random.Random(seed).shuffle(told)  # noqa: S311 -- an order, not a secret
    for event_id in told:
        site.stripe.redeliver(event_id)


def _evidence(site: Site, snapshots: list[dict[str, Any]]) -> Evidence:
    settings = site.settings
    names = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET")
    tokens = [link.rpartition("/")[2] for link in links_in(site.mail.messages)]
    posts = site.posts()
    said = "\n".join(f"{post.text}\n{post.blocks}" for post in posts)
    return Evidence(
        ledger=site.ledger(),
        snapshots=snapshots,
        accepted=frozenset(site.accepted),
        mails=site.mail.messages,
        posts=[_key(post) for post in posts],
        captured=site.stripe.captured(),
        succeeded=site.succeeded_payments(),
        written={**site.written(), "Slack": said.encode()},
        secrets=[settings[name] for name in (*names, "SECRET_KEY")] + tokens,
    )


def _key(post: Message) -> str:
    """The delivery that posted it; an edit writes its own key over that one."""
    first = post.history[0] if post.history else post.content
    metadata = first.metadata or {}
    return str(metadata.get("event_payload", {}).get("key", ""))


def _report(site: Site, seen: Evidence, supervisor: Supervisor) -> Report:
    copies, posts = seen.copies, Counter(seen.posts)
    rows = seen.ledger["deliveries"]
    return Report(
        seed=supervisor.schedule.seed,
        kills=sum(n for name, n in supervisor.counts.items() if name.startswith("killed")),
        mails=sum(row["kind"] == "email" for row in rows),
        payments=len(seen.succeeded),
        events=len(site.stripe.events),
        webhooks=len(site.stripe.deliveries),
        extra_mails=sum(copies.values()) - len(copies),
        extra_posts=sum(posts.values()) - len(posts),
        counts=supervisor.counts,
        ends=Counter(f"{row['kind']} {row['status']}" for row in rows),
        failures=Counter(str(row["error"]) for row in rows if row["status"] == "failed"),
    )
