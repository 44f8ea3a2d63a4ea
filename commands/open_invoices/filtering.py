"""What the list of open invoices is filtered by: kept as plain JSON, told in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from renderers import block_kit
from renderers.mrkdwn import escape, mention
from storage.ages import BUCKETS, Bucket
from storage.money import Money
from storage.receivables import NO_FILTERS, Filters

MOST_TYPED = 200  # characters
_WORDS: dict[Bucket, str] = {
    "current": "not yet due",
    "1-30": "1–30 days late",
    "31-60": "31–60 days late",
    "61-90": "61–90 days late",
    "over_90": "over 90 days late",
}


@dataclass(frozen=True, slots=True)
class BucketChoice:
    value: Bucket
    words: str


CHOICES = tuple(BucketChoice(bucket, _WORDS[bucket]) for bucket in BUCKETS)


def typed(text: str) -> Filters:
    """A search alone."""
    return Filters(text=text[:MOST_TYPED].strip())


def content(filters: Filters) -> dict[str, Any]:
    """As plain JSON, without what is empty."""
    found: dict[str, Any] = {
        "text": filters.text,
        "bucket": filters.bucket,
        "sales_rep": filters.sales_rep,
        "group": filters.group,
        "customers": list(filters.customer_ids),
        "after": filters.due_after.isoformat() if filters.due_after else "",
        "before": filters.due_before.isoformat() if filters.due_before else "",
    }
    if filters.minimum:
        found["minimum"] = [filters.minimum.minor, filters.minimum.currency]
    return {name: value for name, value in found.items() if value}


def of_content(kept: dict[str, Any]) -> Filters:
    return Filters(
        text=kept.get("text", ""),
        bucket=cast("Bucket | None", kept.get("bucket")),
        minimum=Money(*kept["minimum"]) if "minimum" in kept else None,
        sales_rep=kept.get("sales_rep", ""),
        group=kept.get("group", ""),
        due_after=_day(kept.get("after", "")),
        due_before=_day(kept.get("before", "")),
        customer_ids=tuple(kept.get("customers", ())),
    )


def is_empty(filters: Filters) -> bool:
    return filters == NO_FILTERS


def words(filters: Filters) -> str:
    """As mrkdwn, all but the search, which stands in its box; "" when nothing else is asked."""
    known = (
        _count(len(filters.customer_ids), "chosen customer"),
        _WORDS[filters.bucket] if filters.bucket else "",
        f"due from {block_kit.day(filters.due_after)}" if filters.due_after else "",
        f"due until {block_kit.day(filters.due_before)}" if filters.due_before else "",
        f"at least {block_kit.money(filters.minimum)}" if filters.minimum else "",
        f"of {mention(filters.sales_rep)}" if filters.sales_rep else "",
        f"group {escape(filters.group, 100)}" if filters.group else "",
    )
    return " · ".join(word for word in known if word)


def _count(number: int, noun: str) -> str:
    return "" if not number else f"{number} {noun}{'' if number == 1 else 's'}"


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
