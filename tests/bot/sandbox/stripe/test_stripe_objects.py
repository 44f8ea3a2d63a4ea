"""Objects carry every member that stripe-python's typed classes read."""

from typing import Any

import pytest
import stripe

from bot.sandbox.stripe.members import CLASSES, required_members, unset_members
from bot.sandbox.stripe.sandbox import StripeSandbox

Till = Any  # the fixtures' own type; conftest modules are not imported


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_every_member_of_the_class_can_be_read(
    gateway: StripeSandbox, client: stripe.StripeClient, till: Till, kind: str
) -> None:
    client.v1.customers.create({"name": "Rose Ltd"})
    paid = [gateway.pay(till.open().id)["id"] for _ in range(4)]
    gateway.refund(paid[0])
    gateway.dispute(paid[1])
    gateway.pay_out()

    account: Any = client.v1.accounts.retrieve_current().to_dict()

    records = gateway.books.all(kind) or [account]

    for record in records:
        assert required_members(kind) | set(unset_members(kind)) <= set(record)


def test_a_member_that_was_not_set_is_null_and_no_error(till: Till) -> None:
    session = till.open()

    assert session.recovered_from is None
    assert session.subscription is None
