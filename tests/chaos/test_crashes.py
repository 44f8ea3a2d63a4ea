"""Processes that are killed and stopped while mails and payments are under way."""

import os
from pathlib import Path

import pytest

from storage.database import Database
from tests.chaos import drill, schedule
from tests.chaos.site import Options, Site

SEED = int(os.environ.get("CHAOS_SEED", "20260310"))
KILLS = int(os.environ.get("CHAOS_KILLS", "5"))


@pytest.mark.timeout(300)  # some 15 s on a machine that has nothing else to do
def test_what_was_promised_survives_kills_stops_and_lost_answers(
    database: Database, tmp_path: Path
) -> None:
    options = Options(speed=100)
    print(f"CHAOS_SEED={SEED} repeats this")  # noqa: T201 -- shown when it fails
    with Site(tmp_path, database.url, options) as site:
        lease, proxies = options.lease_seconds, tuple(site.proxies)
        plan = schedule.draw(SEED, kills=KILLS, lease_seconds=lease, proxies=proxies)
        report = drill.run(site, plan, mails=12, rage_seconds=60, drain_seconds=120)
    assert report.kills == KILLS
