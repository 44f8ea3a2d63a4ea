import json
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from bot.sandbox.slack.blocks import refusals
from commands import on_its_way
from commands.errors import InvalidInput
from commands.send_invoice import finding, modal
from commands.send_invoice.draft import Draft, DraftInvoice, DraftOrder, Earlier
from commands.send_invoice.service import Sent
from storage.customers import Contact, Customer
from storage.invoices import Invoice
from storage.money import Money
from tests.builders import NOW

INVOICE = DraftInvoice(
    number="INV-1042",
    is_credit_memo=False,
    balance=Money(12500, "USD"),
    due_date=date(2026, 3, 14),
    link_state=None,
    preview_url="https://pay.bloom.test/preview/abc",
)
LONG_NUMBER = replace(INVOICE, number="9" * 200)
MEMO = replace(INVOICE, is_credit_memo=True, balance=Money(-2000, "KWD"))
ORDER = DraftOrder("88213", date(2026, 2, 8), "https://pay.bloom.test/preview/def")
DRAFT = Draft(
    id="draft-1",
    invoice=INVOICE,
    order=None,
    customer_name="Blue Iris Florist",
    contacts=(),
    no_link_reason="",
    earlier=(),
    typed_in="C0SALES",
)
ODD = "*<!channel>* & <https://evil.test|Pay> `x` \u202egnp\u202c " + "🌷" * 300


def a_contact(address: str, refused: str = "") -> Contact:
    return Contact(customer_id="C1", purpose="invoice", address=address, refused=refused)


def contacts(count: int) -> tuple[Contact, ...]:
    return tuple(a_contact(f"person{n}@iris.test") for n in range(count))


LONG = tuple(
    a_contact(f"{'x' * 60}{n}@{'y' * 60}.test", "550 " + "no such user " * 60) for n in (1, 2)
)


@pytest.mark.parametrize(
    "draft",
    [
        DRAFT,
        replace(DRAFT, contacts=contacts(1)),
        replace(DRAFT, contacts=contacts(200)),
        replace(DRAFT, contacts=LONG, customer_name=ODD, no_link_reason=ODD),
        replace(DRAFT, contacts=(a_contact("a@b.test", ODD),), earlier=(Earlier(NOW, "U0CARL"),)),
        replace(DRAFT, invoice=MEMO),
        replace(DRAFT, invoice=LONG_NUMBER),
        replace(DRAFT, order=ORDER),
        replace(DRAFT, order=replace(ORDER, number="9" * 200), invoice=LONG_NUMBER),
        replace(DRAFT, order=ORDER, invoice=None, no_link_reason="There is no invoice yet."),
        replace(
            DRAFT,
            order=ORDER,
            contacts=contacts(200),
            earlier=(Earlier(NOW, "U0CARL"), Earlier(NOW, "U0CARL", "order confirmation")),
        ),
    ],
)
def test_slack_takes_every_form(draft: Draft) -> None:
    assert refusals(modal.form(draft), surface="modal") == []


def test_no_name_can_mention_or_link_in_the_form() -> None:
    shown = json.dumps(modal.form(replace(DRAFT, customer_name=ODD)))
    assert "<!channel>" not in shown
    assert "<https://evil" not in shown
    assert "\\u202e" not in shown


SENT = Sent(7, "INV-1042", "Iris", ("a@b.test",), (), True, None, NOW, repeated=False)


@pytest.mark.parametrize(
    "sent",
    [
        SENT,
        replace(SENT, new_addresses=tuple(f"{'x' * 60}{n}@{'y' * 60}.test" for n in range(20))),
        replace(SENT, customer_name=ODD, mailed_before=NOW, has_link=False, no_link_reason=ODD),
        replace(SENT, order_number=ODD, mailed_before=NOW),
        replace(SENT, invoice_number="", order_number="88213"),
    ],
)
def test_slack_takes_every_confirmation(sent: Sent) -> None:
    assert refusals(on_its_way.view(sent, *modal.said(sent)), surface="modal") == []


def test_slack_takes_the_search_and_the_choice() -> None:
    invoice = Invoice(
        number="INV-1042",
        customer_id="C1",
        issue_date=NOW.date(),
        due_date=date(2026, 3, 14),
        currency="USD",
        net=12500,
        tax=0,
        total=12500,
        recorded_at=NOW,
    )
    found = [(invoice, Customer(id="C1", name=ODD, currency="USD"))]
    for view in (finding.view("d", "C1"), finding.view("d", "C1", found)):
        assert refusals(view, surface="modal") == []
    text = finding.offered(found)[0]["text"]["text"]
    assert text.endswith("· USD 125.00 due 14 Mar 2026")


def state(draft: Draft = DRAFT, **values: Any) -> dict[str, Any]:
    """A submission of the draft's form with these fields."""
    texts = {
        name: {name: {"type": "plain_text_input", "value": value}}
        for name, value in values.items()
        if isinstance(value, str)
    }
    ticks = {
        name.replace("_", "."): {
            "x": {"type": "checkboxes", "selected_options": [{"value": v} for v in value]}
        }
        for name, value in values.items()
        if isinstance(value, list)
    }
    kept = modal.form(draft)["private_metadata"]
    return {"private_metadata": kept, "state": {"values": texts | ticks}}


def test_ticked_and_typed_addresses_come_together_once() -> None:
    submitted = state(
        contacts_0=["a@b.test"], contacts_1=["c@d.test"], addresses="A@b.test, new@b.test"
    )
    order = modal.parse(submitted)
    assert order.recipients == ("a@b.test", "c@d.test", "new@b.test")
    assert (order.draft_id, order.invoice_number) == ("draft-1", "INV-1042")
    assert order.typed_in == "C0SALES"


def test_ticks_and_message_are_read() -> None:
    order = modal.parse(state(addresses="a@b.test", link=["link"], copy=["copy"], message="Hi"))
    assert (order.with_link, order.copy_me, order.message) == (True, True, "Hi")
    plain = modal.parse(state(addresses="a@b.test", link=[]))
    assert (plain.with_link, plain.copy_me, plain.message) == (False, False, "")


def test_every_bad_address_is_named_under_its_field() -> None:
    with pytest.raises(InvalidInput) as caught:
        modal.parse(state(addresses="one, a@b.test, two@, three@@x.test"))
    assert caught.value.fields.keys() == {"addresses"}
    for bad in ("one:", "two@:", "three@@x.test:"):
        assert bad in caught.value.fields["addresses"]


EMAIL_DOCS = replace(DRAFT, order=ORDER)


def documents_of(draft: Draft) -> dict[str, Any]:
    """The check boxes of the form."""
    [block] = [b for b in modal.form(draft)["blocks"] if b.get("block_id") == "documents"]
    return cast("dict[str, Any]", block["element"])


def test_the_documents_that_there_are_can_be_ticked_and_the_likely_one_is() -> None:
    both = documents_of(EMAIL_DOCS)
    assert [o["text"]["text"] for o in both["options"]] == [
        "Invoice INV-1042",
        "Order confirmation",
    ]
    assert [o["value"] for o in both["initial_options"]] == ["invoice"]
    alone = documents_of(replace(EMAIL_DOCS, invoice=None))
    assert alone["options"] == alone["initial_options"]
    assert [o["value"] for o in alone["options"]] == ["order_confirmation"]


def test_the_form_of_one_invoice_asks_for_no_documents() -> None:
    assert "documents" not in [block.get("block_id") for block in modal.form(DRAFT)["blocks"]]
    assert modal.parse(state(addresses="a@b.test")).documents == ("invoice",)


def test_the_ticked_documents_are_read() -> None:
    both = ["invoice", "order_confirmation"]
    order = modal.parse(state(EMAIL_DOCS, addresses="a@b.test", documents=both))
    assert (order.invoice, order.confirmed_order) == ("INV-1042", "88213")
    alone = modal.parse(state(EMAIL_DOCS, addresses="a@b.test", documents=both[1:]))
    assert (alone.invoice, alone.confirmed_order, alone.about) == ("", "88213", "88213")


def test_the_form_says_whose_the_link_is() -> None:
    assert "goes with the invoice only" in json.dumps(modal.form(EMAIL_DOCS))
    assert "goes with the invoice only" not in json.dumps(modal.form(DRAFT))
