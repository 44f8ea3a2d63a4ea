"""Every view is one that Slack takes, whatever stands in the ledger."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.sandbox.slack.blocks import refusals
from commands.order_summary import modal, order_modal
from commands.order_summary.history import Mailed, OrderHistory
from commands.order_summary.listing import PAGE, Listing, Query, Row
from commands.order_summary.standing import Standing, to_send
from storage.deliveries import Delivery
from storage.invoices import Invoice, Lifecycle
from storage.orders import Order, OrderLine
from tests.builders import NOW, an_order_line

ODD = "*<!channel>* & <https://evil.test|Pay> `x` \u202egnp\u202c " + "🌷" * 300


def an_invoice(
    number: str = "INV-1042", total: int = 12500, lifecycle: Lifecycle = "issued"
) -> Invoice:
    return Invoice(
        number=number,
        customer_id="C1",
        issue_date=NOW.date(),
        due_date=NOW.date(),
        currency="USD",
        net=total,
        tax=0,
        total=total,
        lifecycle=lifecycle,
        recorded_at=NOW,
    )


ORDER = Order(
    number="8" * 100,
    customer_id="C1",
    order_date=date(2026, 2, 8),
    po_number=ODD,
    status=ODD,
    currency="USD",
    notes=ODD,
    created_by="U0CARL",
    created_at=NOW,
)
STANDINGS = tuple(Standing(an_invoice("9" * 100), "active") for _ in range(30))
ROW = Row(ORDER, ODD, STANDINGS, ODD)
FULL = Listing(Query(ODD[:200], 3, "C0SALES"), (ROW,) * PAGE, has_more=True, may_create=True)
LINE: OrderLine = an_order_line("8" * 100, 1, 12500)
LINE.description, LINE.unit, LINE.quantity = ODD, ODD, Decimal("123456.789")
MAIL = Mailed(
    Delivery(
        key="k",
        kind="email",
        purpose="invoice",
        status="sent",
        invoice_number="9" * 100,
        order_number="8" * 100,
        created_by="U0SALLY",
        created_at=NOW,
        not_before=NOW,
    ),
    tuple(f"{'x' * 200}{n}@{'y' * 50}.test" for n in range(21)),
)
HISTORY = OrderHistory(
    order=ORDER,
    customer_name=ODD,
    lines=(LINE,) * 500,
    invoices=STANDINGS,
    why_no_issue="",
    mails=(MAIL,) * 10,
    has_older=True,
)


@pytest.mark.parametrize(
    "listing",
    [
        FULL,
        replace(FULL, rows=(replace(ROW, invoices=()),) * PAGE),
        replace(FULL, rows=(replace(ROW, invoices=(), why_no_issue=""),) * PAGE),
        Listing(Query(), (), has_more=False, may_create=False),
        Listing(Query("tulip", 2), (), has_more=False, may_create=True),
    ],
)
def test_slack_takes_every_summary(listing: Listing) -> None:
    view = modal.view(listing, "Several orders begin so.")
    assert refusals(view, surface="modal") == []
    assert "<!channel>" not in json.dumps(view["blocks"][3:])


@pytest.mark.parametrize(
    "history",
    [
        HISTORY,
        replace(HISTORY, invoices=(), mails=(), has_older=False),
        replace(HISTORY, invoices=(), lines=(), why_no_issue=ODD),
        replace(HISTORY, invoices=(Standing(an_invoice(lifecycle="void"), "off"),)),
    ],
)
def test_slack_takes_every_order(history: OrderHistory) -> None:
    view = order_modal.view(history, "C0SALES")
    assert refusals(view, surface="modal") == []
    assert len(view["blocks"]) < 100
    assert "<!channel>" not in json.dumps(view)


def test_email_docs_means_the_newest_invoice_that_is_one() -> None:
    void, memo = an_invoice("V", lifecycle="void"), an_invoice("CM", -500)
    standings = [Standing(each, "none") for each in (void, memo, an_invoice("A"), an_invoice("B"))]
    found = to_send(standings)
    assert found is not None
    assert found.number == "A"
    assert to_send(standings[:2]) is None
