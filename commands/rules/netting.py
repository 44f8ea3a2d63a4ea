"""How much of a customer's credit goes with a payment, and what is left to be charged. Pure."""

from dataclasses import dataclass

from commands.rules import gateway_limits
from storage.money import Money


@dataclass(frozen=True, slots=True)
class Netting:
    """`owed` is `credit` that is used and `charge`, which is nothing or what can be charged."""

    owed: Money
    credit: Money

    @property
    def charge(self) -> Money:
        return self.owed - self.credit


def net(owed: Money, credit: Money) -> Netting:
    """Use as much of `credit` as leaves nothing to charge, or something that can be charged."""
    rest = max(0, owed.minor - credit.minor)
    if rest:
        step = gateway_limits.step(owed.currency)
        rest = max(rest + -rest % step, gateway_limits.smallest(owed.currency).minor)
    return Netting(owed, Money(max(0, owed.minor - rest), owed.currency))
