"""How an amount is laid on invoices. Pure: minor units of one currency in, minor units out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Claim:
    """An invoice that wants money: `open` is its balance less what is under way already."""

    number: str
    due_date: date
    open: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Positive shares by invoice number, and what found no invoice."""

    shares: dict[str, int]
    excess: int

    @property
    def laid(self) -> int:
        return sum(self.shares.values())


def oldest_first(amount: int, claims: Iterable[Claim]) -> Plan:
    """Fill the invoice that was due first, then the next; ties by number."""
    ranked = sorted(claims, key=lambda claim: (claim.due_date, claim.number))
    wishes = {claim.number: max(0, claim.open) for claim in ranked}
    return _fill(amount, wishes, wishes)


@dataclass(frozen=True, slots=True)
class Move:
    """A part of a source of credit that goes on an invoice."""

    source: str
    number: str
    amount: int


def spread(sources: Mapping[str, int], claims: Iterable[Claim]) -> list[Move]:
    """Use the sources up one after the other, each on the invoice that was due first."""
    waiting, moves = list(claims), list[Move]()
    for source, amount in sources.items():
        plan = oldest_first(amount, waiting)
        moves += [Move(source, number, share) for number, share in plan.shares.items()]
        waiting = [replace(c, open=c.open - plan.shares.get(c.number, 0)) for c in waiting]
    return moves


def as_agreed(amount: int, shares: Mapping[str, int], open_now: Mapping[str, int]) -> Plan:
    """Lay the shares agreed when the payment began, as far as the invoices are still open.

    `open_now` may lack invoices: nothing is open on those.
    """
    bounds = {number: max(0, open_now.get(number, 0)) for number in shares}
    return _fill(amount, shares, bounds)


def _fill(amount: int, wishes: Mapping[str, int], bounds: Mapping[str, int]) -> Plan:
    if amount < 0:
        raise ValueError("an amount to lay on invoices cannot be below zero")
    shares, rest = {}, amount
    for number, wish in wishes.items():
        share = min(rest, wish, bounds[number])
        if share > 0:
            shares[number] = share
            rest -= share
    return Plan(shares, rest)
