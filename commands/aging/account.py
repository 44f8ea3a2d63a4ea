"""One customer's open invoices in one currency, page by page, with what is beside them."""

from dataclasses import dataclass

from commands.access import Actor, Permission, require
from commands.desk import Desk
from commands.errors import NotFound
from storage import checkouts, disputes, receivables
from storage.ages import BUCKETS
from storage.customers import Customer
from storage.invoices import Invoice
from storage.receivables import CustomerBalance, Filters, Sums

PAGE = 12


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """`late`: days past due, zero or below while it is not; `pending`: minor units under way."""

    invoice: Invoice
    late: int
    pending: int
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class OpenAccount:
    balance: CustomerBalance
    rows: tuple[OpenInvoice, ...]
    page: int
    typed_in: str

    @property
    def last_page(self) -> int:
        return max(self.balance.sums.invoices - 1, 0) // PAGE


def load(
    actor: Actor, desk: Desk, customer_id: str, currency: str, *, page: int = 0, typed_in: str = ""
) -> OpenAccount:
    """Oldest due first. Raises `NotFound`."""
    require(actor, Permission.SEE_INVOICES)
    today = desk.policy.today(desk.clock.now())
    own = Filters(customer_ids=(customer_id,), currency=currency)
    with desk.database.reading() as session:
        found = receivables.customers_with_balance(session, today, own, limit=1)
        balance = found[0] if found else _settled(session.get(Customer, customer_id), currency)
        page = min(max(page, 0), max(balance.sums.invoices - 1, 0) // PAGE)
        shown = receivables.open_invoices(session, today, own, limit=PAGE, offset=page * PAGE)
        numbers = [invoice.number for invoice, _ in shown]
        pending = checkouts.pending(session, numbers)
        disputed = disputes.open_invoice_numbers(session, numbers)
    rows = tuple(
        OpenInvoice(
            invoice,
            (today - invoice.due_date).days,
            pending.get(invoice.number, 0),
            invoice.number in disputed,
        )
        for invoice, _ in shown
    )
    return OpenAccount(balance, rows, page, typed_in)


def _settled(customer: Customer | None, currency: str) -> CustomerBalance:
    """Everything was paid while somebody was looking."""
    if customer is None:
        raise NotFound("That customer is not known. Please start again with /pay aging.")
    nothing = Sums(0, dict.fromkeys(BUCKETS, 0), 0, 0, 0)
    return CustomerBalance(customer.id, customer.name, currency, None, nothing)
