"""Pages of a link that has nothing to pay through it any more: no amounts, and whom to call."""

from commands.desk import Desk
from renderers.documents import Company
from renderers.page_values import NoticePage
from storage.customers import Customer
from storage.payment_links import PaymentLink


def whom_to_call(company: Company) -> str:
    """The seller and the ways to reach it, in one phrase."""
    return f"{company.name} ({company.contact})" if company.contact else company.name


def unknown(desk: Desk) -> NoticePage:
    """The same for every token that leads nowhere, whatever its shape."""
    sentence = (
        "Please check that the whole address was copied, or ask the people who sent it: "
        f"{whom_to_call(desk.company)}."
    )
    return NoticePage("This link is not known", sentence, desk.company)


def preview(desk: Desk) -> NoticePage:
    return NoticePage(
        "This was a preview",
        "The button in a preview leads nowhere. The one in the mail that is sent can be paid.",
        desk.company,
    )


def ended(desk: Desk, link: PaymentLink, customer: Customer) -> NoticePage | None:
    """The page of a link that cannot be used; None when it can."""
    call = whom_to_call(desk.company)
    if link.state == "off":
        sentence = f"It was turned off by the sender. For questions please contact {call}."
        return NoticePage("This link is no longer in use", sentence, desk.company)
    if link.state == "replaced":
        sentence = f"A newer one was sent to you. If you cannot find it, please contact {call}."
        return NoticePage("This link was replaced", sentence, desk.company)
    if not customer.has_usable_links:
        sentence = f"To pay, or for any question, please contact {call}."
        return NoticePage("Online payment is not available", sentence, desk.company)
    return None
