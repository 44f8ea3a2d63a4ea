"""Which ticks a screen changed, however old the screen is."""

from hypothesis import given
from hypothesis import strategies as st

from commands.open_invoices.merging import Changes, Screen, changes

ROWS = frozenset("ABCDEF")
some_rows = st.frozensets(st.sampled_from(sorted(ROWS)))


def screen(ticked: str, *, initial: str = "", shown: str = "ABC", version: int = 3) -> Screen:
    return Screen("W", version, frozenset(shown), frozenset(initial), frozenset(ticked))


def made(ticked: str = "", unticked: str = "") -> Changes:
    return Changes(frozenset(ticked), frozenset(unticked))


def test_a_tick_is_added_and_an_untick_taken_off() -> None:
    assert changes(screen("AC"), 3, "AB") == made("C", "B")


def test_a_quick_tick_and_untick_come_to_nothing() -> None:
    """The second press left before the list was drawn again after the first."""
    assert changes(screen("A"), 3, "") == made("A")
    assert changes(screen(""), 3, "A") == made("", "A")


def test_rows_of_other_pages_are_left_alone() -> None:
    assert changes(screen("A", shown="AB"), 3, "ADE") == made()


def test_an_old_screen_adds_what_was_ticked_on_it_since_it_was_drawn() -> None:
    assert changes(screen("AB", initial="A", version=2), 3, "") == made("B")


def test_an_old_screen_takes_nothing_off() -> None:
    assert changes(screen("", initial="A", version=2), 3, "ABC") == made()


def test_a_screen_without_rows_changes_nothing() -> None:
    assert changes(Screen("W"), 3, "ABC") == made()


@given(known=some_rows, ticked=some_rows, shown=some_rows)
def test_what_is_remembered_afterwards_is_what_the_newest_screen_shows(
    known: frozenset[str], ticked: frozenset[str], shown: frozenset[str]
) -> None:
    now = ticked & shown
    made = changes(Screen("W", 1, shown, frozenset(), now), 1, known)
    after = (known | made.ticked) - made.unticked
    assert after & shown == now
    assert after - shown == known - shown


@given(known=some_rows, ticked=some_rows, initial=some_rows)
def test_an_old_screen_never_loses_a_tick(
    known: frozenset[str], ticked: frozenset[str], initial: frozenset[str]
) -> None:
    made = changes(Screen("W", 1, ROWS, initial, ticked), 2, known)
    assert made.unticked == frozenset()
