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
    print(  # noqa: T201
        f"seed {SEED}; CHAOS_SEED={SEED} repeats it"
    )
    with Site(tmp_path, f"sqlite:///{tmp_path / 'chaos.db'}", options) as site:
        plan = schedule.draw(
            SEED, kills=10, lease_seconds=options.lease_seconds, proxies=tuple(site.proxies)
        )
        report = drill.run(site, plan, mails=40, rage_seconds=15, drain_seconds=60)
    print(  # noqa: T201
        report
    )
    assert report.kills >= 5
