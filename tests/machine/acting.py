"""What every part of the machine stands on: a shop, deaths, and the look at the books."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant

from commands.errors import PayError
from tests.machine import invariants
from tests.machine.books import Books
from tests.machine.crashing import Killed
from tests.machine.edges import Watch
from tests.machine.shop import Shop

AMOUNTS = some.integers(min_value=51, max_value=30000)  # cents
PICK = some.integers(min_value=0, max_value=99)  # one of however many there are
# Until the process dies; more often it lives.
STEPS = some.sampled_from([None, None, None, None, None, 1, 2, 3, 4, 5, 6])


class Acting(RuleBasedStateMachine):
    """`open_shop` gives a new shop for every example."""

    open_shop: ClassVar[Callable[[], Shop]]

    def enter(self) -> None:
        self.shop = type(self).open_shop()
        self.watch, self.made = Watch(), 0
        self.tokens, self.versions = list[str](), dict[str, int]()
        self.recorded = dict[str, int]()  # minor units by the id of what staff took
        self.read_again()

    def read_again(self) -> None:
        """`latest`: the books as they were after the last step."""
        self.written, self.latest = self.shop.written(), Books.read(self.shop.database)

    @invariant()
    def the_books_are_right(self) -> None:
        if self.shop.written() != self.written:  # else they are what they were
            self.read_again()
            self.hold()

    def hold(self) -> None:
        books = self.latest
        invariants.hold(books)
        self.watch.look(books)
        for payment_id in books.recorded():
            assert books.payments[payment_id].amount == self.recorded[payment_id], payment_id

    def teardown(self) -> None:
        if not hasattr(self, "shop"):
            return
        self.shop.come_to_rest()
        self.read_again()
        self.hold()
        invariants.hold_at_rest(self.latest, self.shop.stripe)
        before = self.shop.till.ledger()
        self.shop.told_again()
        assert self.shop.till.ledger() == before, "events told again, backwards, changed the books"

    # -- how ------------------------------------------------------------------------------------

    def books(self) -> Books:
        """As they are now, in the middle of a step."""
        return Books.read(self.shop.database)

    @contextmanager
    def dying(self, steps: int | None) -> Iterator[None]:
        """A refusal is an answer; a death ends the act where it stands."""
        self.shop.fuse.left = steps
        with suppress(PayError, Killed):
            yield
        self.shop.fuse.left = None

    def next_id(self, kind: str) -> str:
        self.made += 1
        return f"{kind}-{self.made}"

    def one_of(self, things: list[Any], pick: int) -> Any:
        return things[pick % len(things)]


def whole(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02}"
