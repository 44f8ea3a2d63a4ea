"""Whatever answer is lost: one refund."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from commands.access import DELIVERER, SETTLER
from commands.errors import GatewayUnavailable, NotPermitted, Refused
from commands.refund import booking
from commands.refund.carry_out import carry_out_next
from tests.builders import ANNA, CARL, MARA
from tests.refunding import Counter

LOST = GatewayUnavailable("Stripe did not answer.", outcome_known=False)
FAILED = GatewayUnavailable("Stripe failed.", outcome_known=False, key_spent=True)


def later(counter: Counter, **step: float) -> None:
    counter.room.clock.advance(**step)
    counter.work()


def test_a_lost_answer_is_looked_up(counter: Counter) -> None:
    counter.place(ANNA)
    counter.stripe.forget_answers = 1
    counter.work()
    assert counter.orders()[0].status == "queued"
    later(counter, minutes=5)
    assert (len(counter.stripe.made), len(counter.stripe.requests)) == (1, 1)
    assert counter.till.payment().refunded == 4000


def test_no_answer_is_asked_again_under_the_same_key(counter: Counter) -> None:
    counter.place(ANNA)
    counter.stripe.faults = [LOST]
    counter.work()
    later(counter, minutes=5)
    assert len({request.key for request in counter.stripe.requests}) == 1
    assert len(counter.stripe.made) == 1


def test_a_failure_that_stripe_would_repeat_takes_another_key(counter: Counter) -> None:
    counter.place(ANNA)
    counter.stripe.faults = [FAILED]
    counter.work()
    later(counter, minutes=5)
    assert len({request.key for request in counter.stripe.requests}) == 2
    assert len(counter.stripe.made) == 1


def test_a_worker_that_vanished_is_followed_by_another(counter: Counter) -> None:
    counter.place(ANNA)
    counter.stripe.vanish = 1
    with pytest.raises(SystemExit):
        counter.work()
    later(counter, minutes=6)
    assert len(counter.stripe.made) == 1
    assert counter.orders()[0].status == "done"


def test_many_workers_make_one_refund(counter: Counter) -> None:
    counter.place(ANNA)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: carry_out_next(SETTLER, counter.desk), range(8)))
    assert len(counter.stripe.requests) == 1
    assert counter.till.payment().refunded == 4000


def test_the_webhook_first_is_the_same_refund(counter: Counter) -> None:
    counter.place(ANNA)
    counter.stripe.forget_answers = 1
    counter.work()
    booking.book_refund(SETTLER, counter.desk, refund=counter.stripe.made["re_1"])
    later(counter, minutes=5)
    assert counter.orders()[0].status == "done"
    assert (len(counter.stripe.requests), counter.till.payment().refunded) == (1, 4000)


def test_what_stripe_refuses_is_told_to_whoever_asked(counter: Counter) -> None:
    counter.place(CARL)
    counter.approve(MARA)
    counter.stripe.faults = [Refused("There is too little in the Stripe balance.")]
    counter.work()
    assert counter.orders()[0].status == "refused"
    assert counter.approvals()[0].status == "stopped"
    told = [r.lane for r in counter.till.deliveries("notice") if "too little" in str(r.payload)]
    assert sorted(told, key=str) == ["#payments", CARL.id]


def test_it_gives_up_before_stripe_forgets_the_key(counter: Counter) -> None:
    counter.place(ANNA)
    counter.stripe.faults = [LOST] * 200
    for _ in range(60):
        later(counter, minutes=31)
    assert counter.orders()[0].status == "unknown"
    assert any("may or may not" in text for text in counter.till.notices())


def test_the_right_is_looked_at_again_when_it_is_made(counter: Counter) -> None:
    counter.place(ANNA)
    counter.give(ANNA, "Sales")
    counter.work()
    assert counter.stripe.made == {}
    assert counter.orders()[0].status == "refused"


def test_an_approver_who_lost_the_right_stops_it(counter: Counter) -> None:
    counter.place(CARL)
    counter.approve(MARA)
    counter.give(MARA, "Sales")
    counter.work()
    assert (counter.stripe.made, counter.approvals()[0].status) == ({}, "stopped")


def test_only_the_worker_makes_refunds(counter: Counter) -> None:
    with pytest.raises(NotPermitted):
        carry_out_next(DELIVERER, counter.desk)


def test_a_refused_order_gives_the_money_free(counter: Counter) -> None:
    counter.place(ANNA, "165.00")
    counter.stripe.faults = [Refused("No.")]
    counter.work()
    counter.place(ANNA, "165.00")
    counter.work()
    assert counter.till.payment().refunded == 16500
