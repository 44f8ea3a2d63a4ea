"""Where refunded money comes off. Pure: minor units of one currency in, minor units out."""

from collections.abc import Iterable, Mapping


def chosen_shares(amount: int, ticked: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Spread `amount` over the invoices that a person ticked, in that order, up to what lies on
    each; what does not fit is left to the rule.
    """
    shares = dict[str, int]()
    for number, laid in ticked:
        share = min(amount - sum(shares.values()), laid)
        if share > 0:
            shares[number] = share
    return shares


def comes_off(
    amount: int, chosen: Mapping[str, int], unapplied: int, newest_first: Mapping[str, int]
) -> dict[str, int]:
    """What is taken off each invoice: as chosen, then from unapplied money, then newest first.

    The rest of `amount` was unapplied. The same as `storage.money_back.settle` will do.
    """
    off = {n: min(wish, newest_first.get(n, 0)) for n, wish in chosen.items()}
    rest = max(amount - sum(off.values()) - unapplied, 0)
    for number, laid in newest_first.items():
        more = min(rest, laid - off.get(number, 0))
        off[number] = off.get(number, 0) + more
        rest -= more
    return {number: part for number, part in off.items() if part > 0}
