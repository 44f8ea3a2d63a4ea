"""The seed is the schedule."""

from tests.chaos import schedule
from tests.chaos.schedule import Schedule


def drawn(seed: int) -> Schedule:
    return schedule.draw(seed, kills=40, lease_seconds=5, proxies=("smtp", "slack"))


def test_the_same_seed_repeats_the_same_faults() -> None:
    assert drawn(7) == drawn(7)
    assert drawn(7) != drawn(8)


def test_there_are_as_many_kills_as_were_asked_for() -> None:
    assert drawn(7).kills == 40


def test_some_workers_are_stopped_for_longer_than_their_lease() -> None:
    stops = [life.stopped for life in (*drawn(7).lives["worker-1"], *drawn(7).lives["worker-2"])]
    assert max(stops) > 5


def test_faults_strike_only_where_there_is_a_proxy() -> None:
    assert {outage.proxy for outage in drawn(7).outages} == {"smtp", "slack"}
