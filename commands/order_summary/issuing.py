"""Who is offered to take an order from the Order Summary."""

from commands.access import Actor, Permission
from commands.desk import Desk


def may_create(actor: Actor, desk: Desk) -> bool:
    return actor.may(Permission.CREATE_ORDER) and desk.policy.order_entry
