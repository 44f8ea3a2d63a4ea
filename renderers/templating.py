"""The one Jinja environment: values are cleaned and escaped whatever the template is called."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from renderers import formats, links
from renderers.plain_text import clean, one_line
from storage.money import Money

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class LocaleFormats:
    """The functions of `formats`, bound to one locale; templates call it `f`."""

    locale: str

    def money(self, amount: Money) -> str:
        return formats.money(amount, self.locale)

    def number(self, value: Decimal) -> str:
        return formats.number(value, self.locale)

    def unit_price(self, value: Decimal, currency: str) -> str:
        return formats.unit_price(value, currency, self.locale)

    def percent(self, value: Decimal) -> str:
        return formats.percent(value, self.locale)

    def day(self, value: date) -> str:
        return formats.day(value, self.locale)


def render_html(template: str, locale: str, **values: Any) -> str:
    return _ENVIRONMENT.get_template(template).render(f=LocaleFormats(locale), **values)


def render_text(template: str, locale: str, **values: Any) -> str:
    """Plain text: what escaping made of the values is undone, once, at the end."""
    lines = Markup(render_html(template, locale, **values)).unescape().splitlines()  # noqa: S704 -- unescaped here, never sent as HTML
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"


def _finalize(value: Any) -> Any:
    """Clean every text a template writes; what is markup already stays as it is."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "allowed_link": links.allowed_link,
        "short_link": links.short_link,
        "dial_link": links.dial_link,
        "mail_link": links.mail_link,
        "lines": lambda text: clean(text).strip().split("\n"),
        "one_line": one_line,
        "po_number": formats.po_number,
    }
    return environment


_ENVIRONMENT = _environment()
