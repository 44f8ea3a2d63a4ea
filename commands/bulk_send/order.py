"""A send of payment links to many customers, as it was reviewed and submitted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BulkMail:
    """One mail: the invoices of one customer in one currency, and whoever gets it."""

    customer_id: str
    currency: str
    invoice_numbers: tuple[str, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """`request_id` makes two submissions of one review one send.

    At most one mail for each customer and currency. `own_reason`: of the only Admin, who approves
    it alone; whoever else submits leaves it "".
    """

    request_id: str
    mails: tuple[BulkMail, ...]
    message: str = ""
    attach_pdfs: bool = True
    own_reason: str = ""

    @property
    def invoice_numbers(self) -> tuple[str, ...]:
        return tuple(number for mail in self.mails for number in mail.invoice_numbers)

    @property
    def customer_ids(self) -> tuple[str, ...]:
        """Each once, in the order of the mails."""
        return tuple(dict.fromkeys(mail.customer_id for mail in self.mails))
