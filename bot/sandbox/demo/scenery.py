"""The stage as the page sees it."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.sandbox.demo.stage import COMPANY, NEWCOMER, Stage
from bot.sandbox.page.business_time import BusinessTime
from bot.sandbox.page.scene import Scene

USERS = Path(__file__).parent / "seed" / "users.csv"


def scene_of(stage: Stage) -> Scene:
    """The stand-ins of the stage, the roles of its people, and business time by `run-due`."""

    def run_due(instant: datetime) -> str:
        return stage.verb("run-due", "--now", instant.isoformat())

    time = BusinessTime(run_due, COMPANY["COMPANY_TIMEZONE"])
    return Scene(stage.slack, stage.stripe, stage.mail, time, stage.base_url, roles())


def roles() -> dict[str, str]:
    """What the books say of each person, by Slack id."""
    with USERS.open(encoding="utf-8", newline="") as rows:
        named = {row["slack_user_id"]: row["roles"] for row in csv.DictReader(rows)}
    told = {person: given.replace(";", ", ") for person, given in named.items()}
    return told | {NEWCOMER[0]: "no role"}


def app_manifest(stage: Stage) -> dict[str, Any]:
    """What the app asks Slack for: its command, shortcuts and home tab."""
    manifest: dict[str, Any] = json.loads(stage.verb("manifest"))
    return manifest
