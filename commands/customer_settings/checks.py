"""What was filled in for a customer, read and checked: every mistake under its own field."""

from babel import Locale, UnknownLocaleError
from sqlmodel import Session

from commands.customer_settings.settings import Settings
from commands.errors import InvalidInput
from commands.rules import addresses
from renderers.plain_text import one_line
from storage import users

MOST_ADDRESSES = 50
MOST_GROUP = 60  # characters
METHODS = {"card": "Card", "us_bank_account": "Bank account (ACH)"}


def addresses_in(typed: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """The addresses typed into each field. Raises `InvalidInput` naming all that are none."""
    found = {name: addresses.read(text) for name, text in typed.items()}
    wrong = {name: _wrong(read) for name, read in found.items()}
    if any(wrong.values()):
        raise InvalidInput({name: why for name, why in wrong.items() if why})
    return {name: read.good for name, read in found.items()}


def fitting(session: Session, settings: Settings, before: Settings) -> Settings:
    """Tidied. Raises `InvalidInput`; what stood there before is let be."""
    group = one_line(settings.group)
    wrong = {
        "group": _too_long(group),
        "method": _unknown_method(settings.preferred_method, before),
        "locale": _unknown_locale(settings.locale, before),
        "rep": _unknown_person(session, settings.sales_rep, before),
    }
    if any(wrong.values()):
        raise InvalidInput({name: why for name, why in wrong.items() if why})
    return Settings(
        links_enabled=settings.links_enabled,
        invoice_emails=settings.invoice_emails,
        statement_emails=settings.statement_emails,
        group=group,
        preferred_method=settings.preferred_method,
        sales_rep=settings.sales_rep,
        locale=settings.locale,
    )


def _wrong(read: addresses.Typed) -> str:
    if read.bad:
        return read.mistakes
    many = len(read.good)
    return f"At most {MOST_ADDRESSES} addresses; these are {many}." if many > MOST_ADDRESSES else ""


def _too_long(group: str) -> str:
    return f"Please shorten it to {MOST_GROUP} characters." if len(group) > MOST_GROUP else ""


def _unknown_method(method: str, before: Settings) -> str:
    known = not method or method in METHODS or method == before.preferred_method
    return "" if known else "This way to pay is not known. Please choose again."


def _unknown_locale(locale: str, before: Settings) -> str:
    if not locale or locale == before.locale:
        return ""
    try:
        Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return "This language is not known. Please choose again."
    return ""


def _unknown_person(session: Session, person_id: str, before: Settings) -> str:
    if not person_id or person_id == before.sales_rep:
        return ""
    person = users.find(session, person_id)
    known = person is not None and person.active
    return "" if known else "This person is not known here any more. Please choose again."
