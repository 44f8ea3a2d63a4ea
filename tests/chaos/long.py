"""`make chaos`: the drill and the storm at full size, with the numbers printed.

    python -m tests.chaos.long --seed 1 --kills 200 --mails 200 --events 10000

Ends with 1 and says why when an invariant does not hold. The same seed draws the same faults.
"""

import argparse
import random
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands.desk import Desk, Gateway, Policy
from commands.keyring import Keyring
from commands.ports import SystemClock
from renderers.documents import Company
from storage.database import Database
from tests.chaos import drill, schedule, storm
from tests.chaos.drill import Report
from tests.chaos.site import Options, Site
from tests.chaos.storm import Outcome, Storm
from tests.databases import fill, server
from tests.fake_balance import MemoryBalance
from tests.fakes import (
    MemoryDisputes,
    MemoryGateway,
    MemoryPayments,
    MemoryRefunds,
    PlainPdfs,
    SwitchedAccount,
)

KILLS_A_ROUND = 40
RAGE_SECONDS, DRAIN_SECONDS = 240.0, 300.0
STORM_COPIES = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--typeset", action="store_true", help="real PDFs, cold processes; slower")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed} on {chosen.database}", flush=True)
    try:
        if chosen.events:
            _storm(chosen)
        if chosen.kills:
            _drills(chosen)
    except AssertionError as error:
        print(f"NOT HELD (seed {chosen.seed}): {error}", flush=True)
        return 1
    return 0


def _storm(chosen: argparse.Namespace) -> None:
    payments = chosen.events // (len(storm.KINDS) * STORM_COPIES)
    plan = Storm(chosen.seed, payments, STORM_COPIES)
    with _folder() as folder, _database(chosen.database, folder) as url:
        gateway = MemoryGateway()
        outcome = storm.blow(_desk(url, gateway), gateway, plan)
    storm.check(outcome, plan)
    _say_storm(outcome, plan.threads)


def _say_storm(outcome: Outcome, threads: int) -> None:
    print(
        f"storm: {outcome.told} events told in {threads} threads, {outcome.new} of them new, "
        f"{outcome.payments} payments, {outcome.receipts} receipts, {outcome.confirmations} posts; "
        f"{outcome.seconds:.0f} s",
        flush=True,
    )


def _desk(url: str, gateway: MemoryGateway) -> Desk:
    return Desk(
        database=Database(url),
        clock=SystemClock(),
        company=Company("Bloom Wholesale", "", "", "", "", "", ""),
        policy=Policy(mail_from="billing@bloom.test"),
        keyring=Keyring((b"a test key that is long enough",)),
        gateway=Gateway(
            gateway,
            MemoryPayments(gateway),
            SwitchedAccount(),
            gateway,
            MemoryRefunds(),
            MemoryDisputes(),
            MemoryBalance(),
        ),
        pdfs=PlainPdfs(),
    )


def _drills(chosen: argparse.Namespace) -> None:
    rounds = max(round(chosen.kills / KILLS_A_ROUND), 1)
    reports = []
    for number in range(rounds):
        report = _drill(chosen, chosen.seed + number, rounds)
        _say(report)
        reports.append(report)
    _say_sum(reports)


def _drill(chosen: argparse.Namespace, seed: int, rounds: int) -> Report:
    options = Options(speed=30 if chosen.typeset else 60, plain_pdfs=not chosen.typeset)
    with (
        _folder() as folder,
        _database(chosen.database, folder) as url,
        Site(folder, url, options) as site,
    ):
        plan = schedule.draw(
            seed,
            kills=chosen.kills // rounds,
            lease_seconds=options.lease_seconds,
            proxies=tuple(site.proxies),
            patience=4 if chosen.typeset else 1,
        )
        return drill.run(
            site,
            plan,
            mails=chosen.mails // rounds,
            rage_seconds=RAGE_SECONDS,
            drain_seconds=DRAIN_SECONDS,
        )


def _say(report: Report) -> None:
    print(
        f"drill {report.seed}: {report.kills} kills, {report.mails} mails, "
        f"{report.payments} payments, {report.events} events told {report.webhooks} times; "
        f"extra copies: {report.extra_mails} mails, {report.extra_posts} posts; "
        f"{dict(report.ends)}; drained in {report.drain_seconds:.0f} s of {report.seconds:.0f} s",
        flush=True,
    )


def _say_sum(reports: list[Report]) -> None:
    counts: Counter[str] = sum((report.counts for report in reports), Counter())
    ends: Counter[str] = sum((report.ends for report in reports), Counter())
    failures: Counter[str] = sum((report.failures for report in reports), Counter())
    print(f"kills: {sum(report.kills for report in reports)}")
    print(f"faults: {dict(counts.most_common())}")
    print(f"ends: {dict(ends.most_common())}")
    print(f"said of failures: {dict(failures.most_common())}")
    extra = [(report.extra_mails, report.extra_posts) for report in reports]
    print(f"extra copies: {sum(m for m, _ in extra)} mails, {sum(p for _, p in extra)} posts")
    print("lost: 0, doubled beyond that: 0", flush=True)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        yield Path(name)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a new one, migrated, with the cast in it."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'chaos.db'}"
        fill(url)
        yield url
        return
    running, name = server(), f"chaos_{secrets.token_hex(6)}"
    fill(running.url_of(name))
    try:
        yield running.url_of(name)
    finally:
        running.drop(name)


if __name__ == "__main__":
    sys.exit(main())
