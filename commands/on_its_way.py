"""What somebody is told when a mail was queued: nothing, unless there is something to point out."""

from datetime import datetime
from typing import Protocol

from commands import view_parts as parts
from commands.errors import InvalidInput, LinksDisabled
from commands.view_parts import View
from renderers.mrkdwn import escape, local_time


class SentMail(Protocol):
    @property
    def recipients(self) -> tuple[str, ...]: ...
    @property
    def new_addresses(self) -> tuple[str, ...]: ...
    @property
    def customer_name(self) -> str: ...
    @property
    def mailed_before(self) -> datetime | None: ...
    @property
    def has_link(self) -> bool: ...
    @property
    def no_link_reason(self) -> str: ...
    @property
    def repeated(self) -> bool: ...


def under_the_tick(error: LinksDisabled) -> InvalidInput:
    """The refusal as a mistake in the field Payment Link."""
    return InvalidInput({"link": f"{error.sentence} Untick Payment Link to send it without."})


def worth_showing(sent: SentMail, *, said: tuple[str, str], with_link: bool) -> View | None:
    """What is shown in place of the form; None when it can just be closed.

    `said` (mrkdwn): "The *invoice …* goes", and the same "was mailed already".
    """
    no_link = with_link and sent.no_link_reason
    found = (sent.new_addresses or sent.mailed_before or no_link) and not sent.repeated
    return view(sent, *said) if found else None


def view(sent: SentMail, goes: str, was_mailed: str) -> View:
    """Everything there is to point out."""
    blocks = [parts.section(f"{goes} to {escape(', '.join(sent.recipients), 2000)}.")]
    if sent.new_addresses:
        new = escape(", ".join(sent.new_addresses), 2000)
        customer = escape(sent.customer_name)
        blocks.append(parts.section(f":warning: Not on file for {customer}: {new}"))
    if sent.mailed_before is not None:
        when = local_time(sent.mailed_before)
        blocks.append(parts.section(f":warning: {was_mailed} {when}."))
    if sent.no_link_reason and not sent.has_link:
        blocks.append(parts.section(f"Without a Payment Link: {escape(sent.no_link_reason)}"))
    undo = "*Undo* is on the card in your direct messages with this app until it leaves."
    return parts.modal("On its way", [*blocks, parts.context(undo)])
