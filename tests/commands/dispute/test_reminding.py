"""Three days and one day before a deadline, whoever took the dispute is reminded."""

from datetime import timedelta

import pytest

from commands.access import DELIVERER, HOUSEKEEPER, SETTLER
from commands.dispute import booking, service
from commands.dispute.reminding import remind
from commands.errors import NotPermitted
from storage.money import Money
from storage.users import User
from tests.builders import MARA
from tests.conftest import Room
from tests.paying import Till


@pytest.fixture
def disputed(till: Till, room: Room) -> Till:
    """INV-1042 was paid, and evidence is taken for five days more."""
    till.click(till.link("INV-1042"))
    till.pay()
    due_by = room.clock.now() + timedelta(days=5)
    told = room.disputes.open("pi_1", Money(12500, "USD"), due_by=due_by)
    booking.book_dispute(SETTLER, till.desk, dispute=told)
    return till


def reminders(till: Till) -> list[tuple[str, str]]:
    """To whom, and what."""
    return [(row.lane or "", row.payload["text"]) for row in till.deliveries("notice")]


def test_the_owner_is_reminded_twice(disputed: Till, room: Room) -> None:
    service.take(MARA, disputed.desk, dispute_id="du_1")
    told = []
    for _ in range(6):
        told.append(remind(HOUSEKEEPER, disputed.desk) + remind(HOUSEKEEPER, disputed.desk))
        room.clock.advance(days=1)
    assert told == [0, 0, 1, 0, 1, 0]
    assert [to for to, _ in reminders(disputed)] == [MARA.id, MARA.id]
    assert "INV-1042 needs an answer" in reminders(disputed)[0][1]


def test_without_an_owner_the_channel_is(disputed: Till, room: Room) -> None:
    room.clock.advance(days=3)
    remind(HOUSEKEEPER, disputed.desk)
    [(to, text)] = reminders(disputed)
    assert to == disputed.desk.policy.payments_channel
    assert "Nobody has taken it yet" in text


def test_an_owner_who_has_left_is_not(disputed: Till, room: Room) -> None:
    service.take(MARA, disputed.desk, dispute_id="du_1")
    with disputed.desk.database.writing() as session:
        session.get_one(User, MARA.id).active = False
    room.clock.advance(days=3)
    remind(HOUSEKEEPER, disputed.desk)
    assert [to for to, _ in reminders(disputed)] == [disputed.desk.policy.payments_channel]


def test_what_was_answered_is_waited_for_in_silence(disputed: Till, room: Room) -> None:
    told = room.disputes.close("du_1", "under_review")
    booking.book_dispute(SETTLER, disputed.desk, dispute=told)
    room.clock.advance(days=4)
    assert remind(HOUSEKEEPER, disputed.desk) == 0


def test_only_the_clock_reminds(disputed: Till) -> None:
    with pytest.raises(NotPermitted):
        remind(DELIVERER, disputed.desk)
