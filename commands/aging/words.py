"""Amounts and ages in the words of the screens."""

from commands.view_parts import clip
from renderers import block_kit
from renderers.mrkdwn import escape
from storage.ages import Bucket
from storage.money import Money
from storage.receivables import Sums

AGES: dict[Bucket, str] = {
    "current": "Current",
    "1-30": "1–30 days",
    "31-60": "31–60 days",
    "61-90": "61–90 days",
    "over_90": "Over 90 days",
}


def amount(minor: int, currency: str) -> str:
    return block_kit.money(Money(minor, currency))


def by_age(sums: Sums, currency: str) -> str:
    """The classes in which there is something, and beside them what is disputed."""
    told = [f"{AGES[name]} {amount(owed, currency)}" for name, owed in sums.ages.items() if owed]
    told += [f"Disputed {amount(sums.disputed, currency)}"] if sums.disputed else []
    return " · ".join(told)


def credit(sums: Sums, currency: str) -> str:
    """What is not taken off what is owed, "" where there is none."""
    kinds = (("Unapplied credit", sums.unapplied), ("Credit memos", sums.memos))
    return " · ".join(f"{kind} {amount(sum_, currency)}" for kind, sum_ in kinds if sum_)


def invoices(number: int) -> str:
    return f"{number:,} open invoice{'' if number == 1 else 's'}"


def customers(number: int) -> str:
    return f"{number:,} customer{'' if number == 1 else 's'}"


def customer(name: str, customer_id: str) -> str:
    """In bold, with the id that tells namesakes apart; a name of any length."""
    return f"*{escape(clip(name, 120), 250)}* · {escape(customer_id, 60)}"
