"""R41: whatever one customer of a bulk send gets or opens holds nothing of another."""

import random
import string
from dataclasses import replace
from email.message import EmailMessage

import pytest

from commands.bulk_send.order import BulkMail
from commands.payment_link import service as payment_link
from commands.take_payment import checkout, documents
from commands.take_payment.order import CheckoutOrder
from commands.take_payment.page import pay_page
from renderers import pages
from renderers.page_values import PayPage
from storage.payment_links import PaymentLink
from tests.builders import ANNA, add_customer, add_invoice
from tests.bulk_sending import Sends
from tests.conftest import Room

CUSTOMERS = 5


def secrets_of(customer: int) -> dict[str, str]:
    """Texts that nobody else has, drawn anew for each customer but the same in every run."""
    draw = random.Random(customer)  # noqa: S311 -- texts of a test
    names = ("name", "address", "group", "tax", "phone", "mail", "po", "number", "notes")
    return {name: "".join(draw.choices(string.ascii_lowercase, k=12)) for name in names}


@pytest.fixture
def crowd(room: Room) -> Sends:
    """Each customer's id, name, addresses, numbers and texts are nobody else's."""
    with room.desk.database.writing() as session:
        for n in range(CUSTOMERS):
            own = secrets_of(n)
            add_customer(
                session,
                f"id{own['name']}",
                name=f"{own['name']} <b>& Söhne",
                emails=(f"{own['mail']}@x.test",),
                billing_address=own["address"],
                group=own["group"],
                tax_id=own["tax"],
                phone=own["phone"],
            )
            add_invoice(
                session,
                own["number"],
                customer_id=f"id{own['name']}",
                po_number=own["po"],
                notes=own["notes"],
                total=10_000 + n,
            )
    sends = Sends(room, room.desk)
    sends.rule(approval_max_customers=99)
    return sends


def order_of(n: int) -> BulkMail:
    own = secrets_of(n)
    return BulkMail(f"id{own['name']}", "USD", (own["number"],), (f"{own['mail']}@x.test",))


def whole(letter: EmailMessage) -> str:
    """Headers, both bodies and what is attached, its names included, all decoded."""
    said = [f"{name}: {value}" for name, value in letter.items()]
    for part in letter.walk():
        said += [str(value) for value in part.values()]
        if not part.is_multipart():
            content = part.get_content()
            said.append(content if isinstance(content, str) else content.decode(errors="replace"))
    return "\n".join(said)


def opened(sends: Sends, link: PaymentLink, number: str) -> str:
    """The page, its documents, and what the gateway is asked for."""
    token = payment_link.url(sends.desk, link).rpartition("/")[2]
    page = pay_page(sends.desk, token=token)
    assert isinstance(page, PayPage)
    pdf = documents.invoice_pdf(sends.desk, token=token, number=number)
    bearer = payment_link.bearer(sends.desk, token)
    checkout.start_checkout(bearer, sends.desk, request=CheckoutOrder(token=token, method="card"))
    asked = sends.room.gateway.requests[-1]
    csv = documents.invoices_csv(sends.desk, token=token)
    return "\n".join([pages.pay_page(page), csv, pdf.content.decode(), pdf.name, repr(asked)])


def test_nothing_of_another_customer_is_anywhere(crowd: Sends) -> None:
    mails = tuple(order_of(n) for n in range(CUSTOMERS))
    crowd.request(ANNA, mails=mails, attach_pdfs=True)
    crowd.send()
    letters = {str(letter["To"]): letter for letter in crowd.letters()}
    links = {link.customer_id: link for link in crowd.links()}
    assert (len(letters), len(links)) == (CUSTOMERS, CUSTOMERS)
    for n in range(CUSTOMERS):
        own = secrets_of(n)
        seen = whole(letters[f"{own['mail']}@x.test"])
        seen += opened(crowd, links[f"id{own['name']}"], own["number"])
        others = [secrets_of(other) for other in range(CUSTOMERS) if other != n]
        assert [text for other in others for text in other.values() if text in seen] == []
        assert [own[name] for name in ("name", "number", "po") if own[name] not in seen] == []


def test_the_test_would_see_it(crowd: Sends) -> None:
    """An invoice of somebody else among a customer's is refused; in the text it is found."""
    stranger = secrets_of(1)
    crowd.request(ANNA, mails=(order_of(0),), message=f"As for {stranger['name']}")
    crowd.send()
    [letter] = crowd.letters()
    assert stranger["name"] in whole(letter)
    wrong = replace(order_of(2), invoice_numbers=(stranger["number"],))
    made = crowd.request(ANNA, mails=(wrong, order_of(3)), request_id="bulk-2")
    assert stranger["number"] in [skipped.invoice_number for skipped in made.dropped]
