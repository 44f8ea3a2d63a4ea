"""Addresses as SMTP takes them: ASCII, domains as A-labels; the rest is refused before sending."""

from email.errors import MessageError
from email.headerregistry import Address

import idna

from commands.ports import RecipientOutcome

_NEVER = 553
_NO_ADDRESS = "not an e-mail address that mail servers accept"


class BadAddress(ValueError):
    """No mail server would take it."""


def mailbox(address: str, name: str = "") -> Address:
    """One address for a header, with `name` shown; raises `BadAddress`.

    Only `Address` is used, never text put together: a name with a comma or an angle bracket
    would otherwise become a second recipient.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii() or not local.isprintable() or " " in local:
        raise BadAddress(address)
    try:
        wire = idna.encode(domain, uts46=True).decode("ascii")
        return Address(display_name=one_line(name), addr_spec=f"{local}@{wire}")
    except (idna.IDNAError, MessageError, ValueError, IndexError) as error:
        raise BadAddress(address) from error


def on_the_wire(address: str) -> str:
    """`address` as the envelope carries it; raises `BadAddress`."""
    return mailbox(address).addr_spec


def sort(addresses: tuple[str, ...]) -> tuple[list[str], list[RecipientOutcome]]:
    """The addresses that can be tried, and refusals for the others."""
    good: list[str] = []
    bad: list[RecipientOutcome] = []
    for address in addresses:
        try:
            on_the_wire(address)
        except BadAddress:
            bad.append(RecipientOutcome(address, _NEVER, _NO_ADDRESS))
        else:
            good.append(address)
    return good, bad


def one_line(text: str) -> str:
    """Text for a header: whatever cannot be printed, line ends of any kind included, is a space."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
