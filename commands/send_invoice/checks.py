"""What was filled in, checked again whoever checked it before: errors by field of the form."""

from commands.access import Actor
from commands.errors import InvalidInput
from commands.rules import addresses
from commands.rules.addresses import BadAddress

MOST_RECIPIENTS = 20
MOST_MESSAGE = 2000  # characters


def usable_recipients(typed: tuple[str, ...]) -> tuple[str, ...]:
    """The recipients as a mail server takes them, whoever checked them before."""
    bad: list[str] = []
    good: list[str] = []
    for address in typed:
        try:
            good.append(addresses.usable(address))
        except BadAddress as error:
            bad.append(f"{address}: {error}")
    if bad:
        raise InvalidInput({"addresses": " ".join(bad)})
    once = tuple(addresses.distinct(good))
    if not once:
        raise InvalidInput({"addresses": "Give at least one e-mail address, or tick a contact."})
    if len(once) > MOST_RECIPIENTS:
        sentence = f"{len(once)} addresses are too many: at most {MOST_RECIPIENTS} in one mail."
        raise InvalidInput({"addresses": sentence})
    return once


def fitting_message(message: str) -> str:
    if len(message) > MOST_MESSAGE:
        sentence = f"The message is too long: at most {MOST_MESSAGE} characters."
        raise InvalidInput({"message": sentence})
    return message.strip()


def fitting_documents(invoice_number: str, order_number: str, *, with_link: bool) -> None:
    """Of what is to go: there is something, and a link has its invoice."""
    if not invoice_number and not order_number:
        raise InvalidInput({"documents": "Tick at least one document."})
    if with_link and not invoice_number:
        sentence = "A Payment Link goes with the invoice: tick the invoice too, or untick this."
        raise InvalidInput({"link": sentence})


def own_copy(actor: Actor, recipients: tuple[str, ...]) -> str:
    """The sender's address, unless it is among the recipients already."""
    try:
        own = addresses.usable(actor.email)
    except BadAddress:
        sentence = "There is no e-mail address on file for you; ask an Admin to add it."
        raise InvalidInput({"copy": sentence}) from None
    return "" if own.casefold() in {a.casefold() for a in recipients} else own
