"""Whose money it is: a customer found by what somebody typed, or chosen on a screen."""

from dataclasses import dataclass
from typing import Any

from commands import view_parts as parts
from commands.desk import Desk
from commands.view_parts import Block
from storage import customers, invoices, search_terms
from storage.customers import Customer

FIND = "pay.customer."  # and the form that asks
MOST = 99  # options; one place is left for the hint
_REFINE = "…"


@dataclass(frozen=True, slots=True)
class Meant:
    """Customers that a text may mean; `invoice_number`: it named that invoice of the only one."""

    customers: tuple[Customer, ...] = ()
    invoice_number: str = ""


def meant(desk: Desk, typed: str) -> Meant:
    """An invoice's number means its customer; else an id, a whole name, beginnings of words.

    One more than can be shown when there are more.
    """
    number = typed.strip().lstrip("#")
    with desk.database.reading() as session:
        for spelled in dict.fromkeys((number, number.upper())):
            invoice = invoices.find(session, spelled)
            if invoice is not None:
                owner = session.get_one(Customer, invoice.customer_id)
                return Meant((owner,), "" if invoice.is_credit_memo else invoice.number)
        named = customers.find(session, number) or customers.find(session, number.upper())
        if named is not None:
            return Meant((named,))
        found = search_terms.find_customers(session, number, MOST + 1) if number else []
    exact = [row for row in found if row.name.casefold() == number.casefold()]
    return Meant(tuple(exact if len(exact) == 1 else found))


def options(desk: Desk, typed: str) -> list[Block]:
    found = meant(desk, typed).customers if search_terms.words(typed) else ()
    shown = [choice(row) for row in found[:MOST]]
    if len(found) > MOST:
        shown.append(parts.option("There are more: type another word or more letters", _REFINE))
    return shown


def choice(customer: Customer) -> Block:
    room = max(75 - len(customer.id) - 3, 20)
    return parts.option(f"{parts.clip(customer.name, room)} · {customer.id}", customer.id)


def select(form: str, chosen: Customer | None = None) -> Block:
    """A search for one customer, as the field of `form`."""
    made: Block = {
        "type": "external_select",
        "action_id": FIND + form,
        "min_query_length": 2,
        "placeholder": parts.plain("Type the beginning of a name"),
    }
    return made | ({"initial_option": choice(chosen)} if chosen else {})


def block(form: str, chosen: Customer | None = None, among: tuple[Customer, ...] = ()) -> Block:
    """The field of `form`, of which each change is told at once; `among`: the few it can be."""
    accessory = select(form, chosen)
    if among:
        own = {"type": "static_select", "options": [choice(row) for row in among]}
        accessory = own | {"action_id": FIND + form, "placeholder": parts.plain("Choose")}
    return {
        "type": "section",
        "block_id": "customer",
        "text": parts.mrkdwn("*Customer*"),
        "accessory": accessory,
    }


def currency(action_id: str, currencies: tuple[str, ...], current: str) -> list[Block]:
    """The currency of the form, only where there is something to choose; told at once."""
    if len(currencies) <= 1:
        return []
    made = [parts.option(code, code) for code in currencies]
    initial = next(one for one in made if one["value"] == current)
    select: Block = {"type": "static_select", "action_id": action_id, "options": made}
    block = parts.section("*Currency*", block_id="currency")
    return [block | {"accessory": select | {"initial_option": initial}}]


def is_hint(value: str) -> bool:
    return value == _REFINE


def chosen_in(body: dict[str, Any]) -> str:
    """What was just chosen: the id of the customer, or the currency."""
    return str(body["actions"][0]["selected_option"]["value"])
