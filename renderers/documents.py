"""The values that documents, mails, pages and cards are rendered from.

Each is complete before rendering: templates hold no arithmetic and ask nobody.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from storage.money import Money


@dataclass(frozen=True, slots=True)
class Company:
    """The seller, as on every document."""

    name: str
    address: str = ""  # lines separated by newlines
    phone: str = ""
    email: str = ""
    tax_id: str = ""
    logo: str = ""  # path of an SVG, JPEG or PNG file; empty for none
    remit_to: str = ""  # bank details, lines separated by newlines

    @property
    def contact(self) -> str:
        """Whom to call, in one phrase."""
        return " or ".join(part for part in (self.phone, self.email) if part)


@dataclass(frozen=True, slots=True)
class Party:
    """The customer a document is made out to."""

    id: str  # the account number
    name: str
    address: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    tax_rate: Decimal  # percent
    amount: Money  # net


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One row for each tax rate."""

    rate: Decimal  # percent
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """An invoice, or a credit memo (`is_credit_memo`: negative total, no link)."""

    company: Company
    customer: Party
    number: str
    version: int
    is_credit_memo: bool
    issue_date: date
    due_date: date
    terms: str  # "30 days"
    order_number: str
    po_number: str
    notes: str
    applies_to: str  # the invoice a credit memo is applied to, or ""
    lines: tuple[DocumentLine, ...]
    net: Money
    taxes: tuple[TaxLine, ...]
    rounding: Money
    total: Money
    paid: Money  # payments put on it
    credits: Money  # credit memos put on it
    balance: Money
    locale: str  # such as "en_US"
    pay_url: str | None = None  # None: no button, no QR code, no address in print
    corrected: bool = False  # the customer has an earlier version
    disputed: bool = False  # a payment of it is: nobody is asked to pay it meanwhile
    credit: Money | None = None  # of the customer, to be used on the link's page

    @property
    def title(self) -> str:
        return "Credit memo" if self.is_credit_memo else "Invoice"


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """An order confirmation; facts alone when the ERP told no lines and no amounts."""

    company: Company
    customer: Party
    number: str
    order_date: date
    ship_date: date | None
    po_number: str
    notes: str
    lines: tuple[DocumentLine, ...]
    net: Money | None
    taxes: tuple[TaxLine, ...]
    total: Money | None
    locale: str

    @property
    def title(self) -> str:
        return "Order confirmation"


@dataclass(frozen=True, slots=True)
class InvoiceEmail:
    """The mail that carries an invoice, and perhaps its order's confirmation as well."""

    document: InvoiceDocument
    sender_name: str  # the person who sent it; "" when the product did
    message: str  # the sender's words, plain text; "" for none
    order: OrderDocument | None = None


@dataclass(frozen=True, slots=True)
class OrderEmail:
    """The mail that carries an order confirmation alone."""

    document: OrderDocument
    sender_name: str
    message: str


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    invoice_number: str
    applied: Money
    remaining: Money


@dataclass(frozen=True, slots=True)
class CreditLine:
    """Credit of the customer that went on an invoice."""

    invoice_number: str
    source: str  # "credit memo CM-7", "credit of 3 Mar 2026"
    applied: Money
    remaining: Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """The mail that confirms a payment to the customer; `by_credit`: credit alone was enough."""

    company: Company
    customer: Party
    payment_id: str  # the reference
    amount: Money
    method: str  # "Visa ending in 4242"
    paid_on: date
    lines: tuple[ReceiptLine, ...]
    unapplied: Money
    statement_descriptor: str
    customer_reference: str  # the customer's own, or ""
    locale: str
    credits: tuple[CreditLine, ...] = ()  # used beside the money, or instead of it
    by_credit: bool = False


@dataclass(frozen=True, slots=True)
class RefundMail:
    """The mail that tells a customer of money that was given back."""

    company: Company
    customer: Party
    refund_id: str  # the reference
    payment_id: str
    amount: Money
    paid: Money  # the whole payment
    method: str  # "Visa ending in 4242"
    paid_on: date
    refunded_on: date
    lines: tuple[ReceiptLine, ...]  # `applied`: what came off the invoice
    locale: str


@dataclass(frozen=True, slots=True)
class EmailContent:
    """A rendered mail without addresses: subject, the HTML and its text twin."""

    subject: str
    html: str
    text: str
