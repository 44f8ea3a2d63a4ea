"""Documents for the tests of renderers, with keyword overrides: Bloom Wholesale bills Blue Iris."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from renderers.documents import (
    Company,
    DocumentLine,
    InvoiceDocument,
    OrderDocument,
    Party,
    Receipt,
    ReceiptLine,
    RefundMail,
)
from renderers.money_news import (
    ApprovalCard,
    DisputeCard,
    RefundNews,
)
from renderers.page_values import PayPage, PayPageInvoice, PaySum
from renderers.slack_values import CardAmounts, CardRecipient, MailCard, PaymentConfirmation
from storage.money import Money

PAY_URL = "https://pay.bloom.test/pay/q7Xb2kD9wR4tY8uI1oP5aS3dF6gH0jK2lZ7xC9vB4nM"
BLOOM = Company(
    name="Bloom Wholesale",
    address="1 Market Road\nSeattle, WA 98101",
    phone="+1 206 555 0100",
    email="billing@bloom.test",
    tax_id="US 91-1234567",
    remit_to="First Bank\nAccount 000123456\nRouting 125000024",
)
IRIS = Party("C-1017", "Blue Iris Florist", "12 Canal Street\nPortland, OR 97204", "OR-55-777")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def a_line(amount: Money, description: str = "Roses Freedom red 60 cm", **own: Any) -> DocumentLine:
    line = DocumentLine(description, Decimal(1), "box", amount.whole, Decimal(0), amount)
    return replace(line, **own)


def an_invoice(total: Money | None = None, **own: Any) -> InvoiceDocument:
    """INV-1042 over `total` (USD 125.00), untaxed, of which nothing is paid."""
    amount = total or usd(12500)
    nothing = Money(0, amount.currency)
    document = InvoiceDocument(
        company=BLOOM,
        customer=IRIS,
        number="INV-1042",
        version=1,
        is_credit_memo=False,
        issue_date=date(2026, 2, 12),
        due_date=date(2026, 3, 14),
        terms="30 days",
        order_number="88213",
        po_number="7781",
        notes="",
        applies_to="",
        lines=(a_line(amount),),
        net=amount,
        taxes=(),
        rounding=nothing,
        total=amount,
        paid=nothing,
        credits=nothing,
        balance=amount,
        locale="en_US",
        pay_url=PAY_URL,
    )
    return replace(document, **own)


def an_order(total: Money | None = None, **own: Any) -> OrderDocument:
    """The confirmation of order 88213 over `total` (USD 125.00), untaxed."""
    amount = usd(12500) if total is None else total
    document = OrderDocument(
        company=BLOOM,
        customer=IRIS,
        number="88213",
        order_date=date(2026, 2, 8),
        ship_date=date(2026, 2, 10),
        po_number="7781",
        notes="",
        lines=(a_line(amount),),
        net=amount,
        taxes=(),
        total=amount,
        locale="en_US",
    )
    return replace(document, **own)


def an_order_of_facts() -> OrderDocument:
    """As an ERP tells it that keeps its lines to itself."""
    return replace(an_order(), lines=(), net=None, total=None, ship_date=None)


def a_paid_invoice() -> InvoiceDocument:
    return an_invoice(paid=usd(12500), balance=usd(0))


def a_credit_memo(**own: Any) -> InvoiceDocument:
    """CM-7 over USD 20.00, applied to INV-1042."""
    memo = {"number": "CM-7", "is_credit_memo": True, "applies_to": "INV-1042", "pay_url": None}
    return an_invoice(usd(-2000), **(memo | own))


def a_receipt(**own: Any) -> Receipt:
    receipt = Receipt(
        company=BLOOM,
        customer=IRIS,
        payment_id="PAY-000123",
        amount=usd(12500),
        method="Visa ending in 4242",
        paid_on=date(2026, 3, 12),
        lines=(ReceiptLine("INV-1042", usd(12500), usd(0)),),
        unapplied=usd(0),
        statement_descriptor="BLOOM WHOLESALE",
        customer_reference="March/7",
        locale="en_US",
    )
    return replace(receipt, **own)


def a_page_invoice(balance: Money | None = None, **own: Any) -> PayPageInvoice:
    amount = balance or usd(12500)
    nothing = Money(0, amount.currency)
    row = PayPageInvoice(
        number="INV-1042",
        issue_date=date(2026, 2, 12),
        due_date=date(2026, 3, 14),
        po_number="7781",
        total=amount,
        settled=nothing,
        pending=nothing,
        balance=amount,
        pdf_url="/pay/token/invoices/INV-1042.pdf",
        payable=amount,
    )
    return replace(row, **own)


def a_pay_page(due: Money | None = None, **own: Any) -> PayPage:
    amount = due or usd(12500)
    page = PayPage(
        company=BLOOM,
        customer_name="Blue Iris Florist",
        state="due",
        invoices=(a_page_invoice(amount),),
        due=amount,
        methods=("card", "us_bank_account"),
        action="/pay/token",
        locale="en_US",
        chosen=PaySum(1, amount, usd(0), amount, amount, smallest=50),
    )
    return replace(page, **own)


def a_card(total: Money | None = None, *, balance: Money | None = None, **own: Any) -> MailCard:
    amount = total or usd(12500)
    card = MailCard(
        delivery_id=17,
        title="Invoice",
        number="INV-1042",
        customer_name="Blue Iris Florist",
        amounts=CardAmounts(amount, balance or amount, date(2026, 3, 14)),
        state="sent",
        sender_id="U0SALLY",
        recipients=(CardRecipient("ap@iris.test", "sent"),),
        has_link=True,
        mailed_at=datetime(2026, 3, 10, 15, 0, tzinfo=UTC),
    )
    return replace(card, **own)


def a_confirmation(**own: Any) -> PaymentConfirmation:
    confirmation = PaymentConfirmation(
        event="paid",
        customer_name="Blue Iris Florist",
        amount=usd(12500),
        method="Visa ending in 4242",
        lines=(ReceiptLine("INV-1042", usd(12500), usd(0)),),
        unapplied=usd(0),
        payment_id="PAY-000123",
        sender_ids=("U0SALLY",),
    )
    return replace(confirmation, **own)


def a_refund_mail(**own: Any) -> RefundMail:
    mail = RefundMail(
        company=BLOOM,
        customer=IRIS,
        refund_id="re_000123",
        payment_id="pi_000123",
        amount=usd(2500),
        paid=usd(12500),
        method="Visa ending in 4242",
        paid_on=date(2026, 3, 12),
        refunded_on=date(2026, 3, 14),
        lines=(ReceiptLine("INV-1042", usd(2500), usd(2500)),),
        locale="en_US",
    )
    return replace(mail, **own)


def a_refund_news(**own: Any) -> RefundNews:
    news = RefundNews(
        event="refunded",
        customer_name="Blue Iris Florist",
        amount=usd(2500),
        payment_id="pi_000123",
        refund_id="re_000123",
        requested_by="U0ANNA",
        approved_by="",
        lines=(ReceiptLine("INV-1042", usd(2500), usd(2500)),),
        left=usd(10000),
        reason="requested_by_customer",
        note="Box 3 was frozen",
    )
    return replace(news, **own)


def a_dispute_card(**own: Any) -> DisputeCard:
    card = DisputeCard(
        dispute_id="du_000123",
        payment_id="pi_000123",
        customer_name="Blue Iris Florist",
        amount=usd(12500),
        withdrawn=usd(12500),
        invoice_numbers=("INV-1042",),
        reason="product_not_received",
        status="needs_response",
        is_open=True,
        due_by=datetime(2026, 3, 21, 9, 0, tzinfo=UTC),
        taken_by="",
        dashboard_url="https://dashboard.stripe.com/test/payments/pi_000123",
    )
    return replace(card, **own)


def an_approval_card(**own: Any) -> ApprovalCard:
    card = ApprovalCard(
        approval_id="a-1",
        headline="Refund USD 25.00 to Blue Iris Florist",
        facts=(("Customer", "Blue Iris Florist"), ("Note", "Box 3 was frozen")),
        status="pending",
        requested_by="U0CARL",
        decided_by="",
        reason="",
        expires_at=datetime(2026, 3, 21, 9, 0, tzinfo=UTC),
    )
    return replace(card, **own)
