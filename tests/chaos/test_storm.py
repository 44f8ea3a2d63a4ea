"""Events that come many times, in any order, from many threads."""

from tests.chaos import storm
from tests.chaos.storm import Storm
from tests.conftest import Room


def test_events_told_often_and_in_any_order_are_one_payment_each(room: Room) -> None:
    small = Storm(seed=7, payments=12, copies=5)
    storm.check(storm.blow(room.desk, room.gateway, small), small)
