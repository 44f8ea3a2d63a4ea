"""Processes that are killed and stopped while mails and payments are under way."""

import os
import shutil
from pathlib import Path

from tests.chaos import drill, schedule
from tests.chaos.site import Options, Site

SEED = int(os.environ.get("CHAOS_SEED", "20260310"))


def test_what_was_promised_survives_kills_stops_and_lost_answers(
    migrated_file: Path, tmp_path: Path
) -> None:
    shutil.copy(migrated_file, tmp_path / "chaos.db")
    options = Options(speed=100)
    print(f"CHAOS_SEED={SEED} repeats this")  # noqa: T201 -- shown when it fails
    with Site(tmp_path, f"sqlite:///{tmp_path / 'chaos.db'}", options) as site:
        lease, proxies = options.lease_seconds, tuple(site.proxies)
        plan = schedule.draw(SEED, kills=10, lease_seconds=lease, proxies=proxies)
        report = drill.run(site, plan, mails=16, rage_seconds=20, drain_seconds=60)
    assert report.kills >= 7
    print(report)  # noqa: T201 -- shown when it fails
