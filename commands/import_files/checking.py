"""What can be told wrong before the write lock is taken: references, sums, currencies."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from commands.import_files.pricing import Priced, minor_units, price
from commands.import_files.references import CustomerFacts, InvoiceFacts, References
from commands.import_files.report import Place, RowRefused
from commands.import_files.rows import CustomerRow, InvoiceRow, OrderRow, PaymentRow
from commands.import_files.staging import Draft, Rows, Staged

Value = TypeVar("Value")


class Part(NamedTuple):
    """One row of a payment, in minor units of `currency`; below zero it is a reversal."""

    row: PaymentRow
    currency: str
    minor: int


@dataclass
class Checked:
    """The staged rows that hold, with what was worked out about them."""

    staged: Staged
    references: References
    priced: dict[str, Priced] = field(default_factory=dict)
    parts: dict[str, list[Part]] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse what does not hold, in the order in which rows depend on each other."""
        self._each(self.staged.customers, self._check_customer)
        self._each(self.staged.orders, self._check_order)
        self._each(self.staged.invoices, self._check_invoice)
        self._each(self.staged.invoices, self._check_credit)
        self._each(self.staged.payments, self._check_payment)

    def _each(self, rows: Rows[Value], problems: Callable[[Value], Iterable[RowRefused]]) -> None:
        for done, (key, value) in enumerate(list(rows.good.items()), start=1):
            self.staged.ticker.at("rows checked", done)
            found = list(problems(value))
            for error in found:
                self.staged.refuse(error)
            if found:
                rows.drop(key)

    def _check_customer(self, row: CustomerRow) -> Iterable[RowRefused]:
        stored = self.references.customers.get(row.customer_id)
        currency = row.currency or (stored and stored.currency) or self.references.default_currency
        terms = row.terms_days if row.terms_days is not None else stored and stored.terms_days
        facts = CustomerFacts(currency, 30 if terms is None else terms)
        if row.sales_rep:
            try:
                self.references.person(row.place, "sales_rep", row.sales_rep)
            except RowRefused as error:
                yield error
                return
        self.references.customers[row.customer_id] = facts

    def _check_order(self, row: OrderRow) -> Iterable[RowRefused]:
        return _caught(lambda: self._customer_of(row))

    def _check_invoice(self, draft: Draft) -> Iterable[RowRefused]:
        return _caught(lambda: self._price(draft))

    def _check_credit(self, draft: Draft) -> Iterable[RowRefused]:
        return _caught(lambda: self._credit_target(draft.row))

    def _check_payment(self, rows: list[PaymentRow]) -> Iterable[RowRefused]:
        parts = list[Part]()
        for row in rows:
            try:
                parts.append(self._part(row))
            except RowRefused as error:
                yield error
        if len(parts) == len(rows):
            yield from _caught(lambda: _check_same(parts))
            self.parts[rows[0].key] = parts

    def _customer_of(self, row: OrderRow | InvoiceRow | PaymentRow) -> CustomerFacts:
        spoilt = row.customer_id in self.staged.customers.spoilt
        _refuse_if(spoilt, row.place, "customer_id", f"customer {row.customer_id} is refused too")
        return self.references.customer(row.place, row.customer_id)

    def _invoice_named(self, place: Place, column: str, number: str) -> InvoiceFacts:
        spoilt = number in self.staged.invoices.spoilt
        _refuse_if(spoilt, place, column, f"invoice {number} is refused too")
        return self.references.invoice(place, column, number)

    def _price(self, draft: Draft) -> None:
        row, customer = draft.row, self._customer_of(draft.row)
        stored = self.references.invoices.get(row.invoice_number)
        if stored is not None:
            _check_unmoved(row, stored)
            if not draft.lines and row.total is None:
                return  # the header alone, such as a new status: the amounts stay
        currency = row.currency or (stored.currency if stored else customer.currency)
        priced = price(draft, currency)
        facts = InvoiceFacts(row.customer_id, currency, priced.total < 0)
        turned = stored is not None and stored.is_credit_memo != facts.is_credit_memo
        mend = "give the credit memo a number of its own"
        reason = f"an invoice stays an invoice and a credit memo a credit memo: {mend}"
        _refuse_if(turned, row.place, "total", reason)
        self.priced[row.invoice_number] = priced
        self.references.invoices[row.invoice_number] = facts

    def _credit_target(self, row: InvoiceRow) -> None:
        if row.applies_to is None:
            return
        own = self.references.invoices[row.invoice_number]
        place, column = row.place, "applies_to"
        reason = f"{row.invoice_number} has no total below zero: only a credit memo is applied"
        _refuse_if(not own.is_credit_memo, place, column, reason)
        target = self._invoice_named(place, column, row.applies_to)
        _refuse_if(
            target.is_credit_memo, place, column, f"{row.applies_to} is a credit memo itself"
        )
        _check_fits(place, column, row.applies_to, target, own)

    def _part(self, row: PaymentRow) -> Part:
        customer = self._customer_of(row)
        currency = row.currency or customer.currency
        if row.invoice_number:
            column = "invoice_number"
            target = self._invoice_named(row.place, column, row.invoice_number)
            reason = f"{row.invoice_number} is a credit memo: leave invoice_number empty"
            _refuse_if(target.is_credit_memo, row.place, column, reason)
            currency = row.currency or target.currency
            own = InvoiceFacts(row.customer_id, currency, is_credit_memo=False)
            _check_fits(row.place, column, row.invoice_number, target, own)
        minor = minor_units(row.amount, currency, row.place, "amount")
        _refuse_if(not minor, row.place, "amount", "amount is zero: leave the row out")
        return Part(row, currency, minor)


def _caught(check: Callable[[], object]) -> list[RowRefused]:
    try:
        check()
    except RowRefused as error:
        return [error]
    return []


def _refuse_if(wrong: bool, place: Place, column: str, reason: str) -> None:  # noqa: FBT001 -- reads as a sentence
    if wrong:
        raise RowRefused(place, column, reason)


def _check_unmoved(row: InvoiceRow, stored: InvoiceFacts) -> None:
    mend = "void it and issue one with another number"
    reason = f"{row.invoice_number} belongs to customer {stored.customer_id}: {mend}"
    _refuse_if(row.customer_id != stored.customer_id, row.place, "customer_id", reason)
    other = row.currency not in {None, stored.currency}
    reason = f"{row.invoice_number} is in {stored.currency}: {mend}"
    _refuse_if(other, row.place, "currency", reason)


def _check_fits(
    place: Place, column: str, number: str, target: InvoiceFacts, own: InvoiceFacts
) -> None:
    other = f"{number} belongs to customer {target.customer_id}, not {own.customer_id}"
    _refuse_if(target.customer_id != own.customer_id, place, column, other)
    other = f"{number} is in {target.currency}, not {own.currency}"
    _refuse_if(target.currency != own.currency, place, "currency", other)


def _check_same(parts: list[Part]) -> None:
    first = parts[0]
    for part in parts:
        reason = f"the rows of payment {part.row.payment_id} name different customers"
        other = part.row.customer_id != first.row.customer_id
        _refuse_if(other, part.row.place, "customer_id", reason)
        reason = f"the rows of payment {part.row.payment_id} are in different currencies"
        _refuse_if(part.currency != first.currency, part.row.place, "currency", reason)
