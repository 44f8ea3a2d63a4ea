"""The mail that carries a statement of account: subject, HTML and a text twin."""

from renderers import formats
from renderers.documents import EmailContent
from renderers.plain_text import one_line, truncate
from renderers.statement_pdf import (
    statement_due,
    statement_facts,
    statement_notes,
    statement_rows,
)
from renderers.statement_values import StatementDocument, StatementEmail
from renderers.templating import render_html, render_text

_SUBJECT_LIMIT = 240
_DASH = "\N{EN DASH}"


def statement_email(email: StatementEmail) -> EmailContent:
    """With a button when it has a link and there is something to pay."""
    document = email.document
    label, amount = statement_due(document)
    values = {
        "d": document,
        "message": email.message.strip(),
        "sender_name": email.sender_name,
        "subject": statement_subject(document),
        "lead": _lead(document),
        "headline": (amount, label.lower() if document.asks else "on your account"),
        "notes": statement_notes(document),
        "pay_url": document.pay_url if document.asks else None,
        "facts": tuple(statement_facts(document)),
        "rows": tuple(statement_rows(document)),
        "aging": tuple(
            (each.label, formats.money(each.amount, document.locale)) for each in document.aging
        ),
        "company": document.company,
    }
    return EmailContent(
        subject=statement_subject(document),
        html=render_html("statement_email.html", document.locale, **values),
        text=render_text("statement_email.txt", document.locale, **values),
    )


def statement_subject(document: StatementDocument) -> str:
    """One line: what, from whom, until when, and how much is to be paid."""
    day = formats.day(document.period_end, document.locale)
    start = f"Statement of {day} from {document.company.name} {_DASH} "
    rest = "nothing to pay"
    if document.asks:
        rest = f"{formats.money(document.payable, document.locale)} to be paid"
    return truncate(one_line(start + rest), _SUBJECT_LIMIT)


def _lead(document: StatementDocument) -> str:
    day = formats.day(document.period_end, document.locale)
    return f"The statement of {day} for {document.customer.name} is attached as a PDF."
