"""The mail that tells a customer of a bank debit that did not arrive."""

from dataclasses import dataclass
from datetime import date

from renderers import formats
from renderers.documents import Company, EmailContent, Party
from renderers.plain_text import one_line, truncate
from renderers.templating import render_html, render_text
from storage.money import Money

_SUBJECT_LIMIT = 240


@dataclass(frozen=True, slots=True)
class FailureMail:
    """`open_now`: invoice numbers with what is to pay on each; `pay_url` None: not by a link."""

    company: Company
    customer: Party
    payment_id: str
    amount: Money
    method: str  # "First Harbor Bank ending in 6789"
    begun_on: date
    open_now: tuple[tuple[str, Money], ...]
    pay_url: str | None
    locale: str


def failure_email(failure: FailureMail) -> EmailContent:
    """With a button as long as the link can be paid."""
    amount = formats.money(failure.amount, failure.locale)
    subject = f"Your payment of {amount} to {failure.company.name} did not arrive"
    subject = truncate(one_line(subject), _SUBJECT_LIMIT)
    values = {
        "r": failure,
        "subject": subject,
        "facts": _facts(failure),
        "company": failure.company,
    }
    return EmailContent(
        subject=subject,
        html=render_html("failure_email.html", failure.locale, **values),
        text=render_text("failure_email.txt", failure.locale, **values),
    )


def _facts(failure: FailureMail) -> tuple[tuple[str, str], ...]:
    rows = (
        ("Reference", failure.payment_id),
        ("Begun", formats.day(failure.begun_on, failure.locale)),
        ("From", failure.method),
        ("Account", failure.customer.id),
    )
    return tuple(row for row in rows if row[1])
