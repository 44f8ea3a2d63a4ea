"""How a schedule is put into words, wherever one is shown."""

from datetime import date

from commands.rules.periods import Cadence, Period
from renderers import block_kit
from storage.schedules import Audience, Schedule
from storage.statements import StatementType

CADENCES: dict[Cadence, str] = {
    "weekly": "Weekly",
    "semimonthly": "Twice a month",
    "monthly": "Monthly",
}
ENDS: dict[Cadence, str] = {
    "weekly": "Ends on Sunday",
    "semimonthly": "Ends on the 15th and on the last day",
    "monthly": "Ends on the last day",
}
AUDIENCES: dict[Audience, str] = {
    "with_balance": "Customers with a balance",
    "with_activity": "Customers with a balance or anything in the period",
    "all": "All customers",
}
TYPES: dict[StatementType, str] = {
    "open_items_unpaid": "Open Items / Unpaid",
    "open_items_all": "Open Items / All Transactions",
    "balance_forward": "Balance Forward",
}


def whom(group: str) -> str:
    return f"group {group}" if group else "everyone without a schedule of their own"


def summary(schedule: Schedule) -> str:
    """Plain; whom it is for comes first."""
    link = "with Payment Link" if schedule.with_link else "without link"
    audience = AUDIENCES[schedule.audience]
    return f"{audience} · {TYPES[schedule.type]} · {link}"


def days(period: Period) -> str:
    """Such as "1 Oct 2026 to 31 Oct 2026"."""
    return f"{block_kit.day(period.start)} to {block_kit.day(period.end)}"


def weekday(day: date) -> str:
    return f"{day:%A}, {block_kit.day(day)}"
