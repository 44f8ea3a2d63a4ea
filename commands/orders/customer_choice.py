"""Choosing the customer of an order, by the beginnings of words of the name or by the id."""

from commands import view_parts as parts
from commands.desk import Desk
from commands.view_parts import Block
from storage import customers, search_terms
from storage.customers import Customer

FIND = "pay.order.customer"
MOST = 99  # options; one place is left for the hint
_REFINE = "…"


def meant(desk: Desk, typed: str) -> list[Customer]:
    """Whom `typed` names: by id or whole name one, else those that begin so; one more than can be
    shown when there are more.
    """
    if not search_terms.words(typed):
        return []
    with desk.database.reading() as session:
        named = customers.find(session, typed) or customers.find(session, typed.upper())
        found = [named] if named else search_terms.find_customers(session, typed, MOST + 1)
    exact = [row for row in found if row.name.casefold() == typed.casefold()]
    return exact if len(exact) == 1 else found


def options(desk: Desk, typed: str) -> list[Block]:
    found = meant(desk, typed)
    shown = [choice(row) for row in found[:MOST]]
    if len(found) > MOST:
        shown.append(parts.option("There are more: type another word or more letters", _REFINE))
    return shown


def choice(customer: Customer) -> Block:
    room = max(75 - len(customer.id) - 3, 20)
    return parts.option(f"{parts.clip(customer.name, room)} · {customer.id}", customer.id)


def select(chosen: Customer | None) -> Block:
    made: Block = {
        "type": "external_select",
        "action_id": FIND,
        "min_query_length": 2,
        "placeholder": parts.plain("Type the beginning of a name"),
    }
    return made | ({"initial_option": choice(chosen)} if chosen else {})
