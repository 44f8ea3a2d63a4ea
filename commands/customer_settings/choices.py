"""The choices of the customer form; "-" stands for none, because Slack wants a value."""

from babel import Locale, UnknownLocaleError

from commands import view_parts as parts
from commands.customer_settings.checks import METHODS
from commands.customer_settings.settings import Settings, Standing
from commands.desk import Desk
from commands.view_parts import Block
from storage import users

REP = "pay.customer_settings.rep"
_NONE = "-"
_MOST = 99
_LOCALES = (
    "en_US en_CA en_GB en_AU en_NZ es_US es_MX es_CO es_ES fr_CA fr_FR de_DE de_CH nl_NL it_IT"
    " pt_BR pt_PT pl_PL da_DK sv_SE nb_NO ja_JP"
).split()


def meant(value: str) -> str:
    return "" if value == _NONE else value


def method(shown: Settings) -> Block:
    none = parts.option("No preference", _NONE)
    options = [none, *(parts.option(name, value) for value, name in METHODS.items())]
    return _select("method", options, shown.preferred_method)


def locale(shown: Settings) -> Block:
    codes = [*_LOCALES, *([shown.locale] if shown.locale not in (*_LOCALES, "") else [])]
    none = parts.option("As the company writes them", _NONE)
    return _select("locale", [none, *(parts.option(_named(c), c) for c in codes)], shown.locale)


def rep(standing: Standing, shown: Settings) -> Block:
    """A search among the people who have a role here."""
    made: Block = {
        "type": "external_select",
        "action_id": REP,
        "min_query_length": 0,
        "placeholder": parts.plain("Choose somebody"),
    }
    if not shown.sales_rep:
        return made
    is_stored = shown.sales_rep == standing.settings.sales_rep
    name = standing.sales_rep_name if is_stored and standing.sales_rep_name else shown.sales_rep
    return made | {"initial_option": parts.option(name, shown.sales_rep)}


def people(desk: Desk, typed: str) -> list[Block]:
    """Active people of whose name a word begins so, and nobody."""
    wanted = typed.casefold().strip()
    with desk.database.reading() as session:
        active = [person for person in users.everyone(session) if person.active]
    found = [
        parts.option(person.name, person.id)
        for person in active
        if any(
            word.startswith(wanted)
            for word in (person.name.casefold(), *person.name.casefold().split())
        )
    ]
    return [parts.option("Nobody", _NONE), *found[:_MOST]]


def _select(action_id: str, options: list[Block], value: str) -> Block:
    wanted = value or _NONE
    chosen = next((one for one in options if one["value"] == wanted), options[0])
    return parts.select(action_id, options, chosen=chosen)


def _named(code: str) -> str:
    try:
        name = Locale.parse(code.replace("-", "_")).get_display_name("en")
    except (UnknownLocaleError, ValueError):
        name = None
    return name or code
