"""Invoices that are mailed by themselves: one decision at a time, and a report for each import."""

import logging
from datetime import timedelta

from sqlmodel import Session

from commands import auditing, outbox
from commands.access import Permission, SystemActor, require
from commands.auditing import audited
from commands.desk import Desk
from commands.errors import Refused
from commands.incidents import reference
from commands.payment_link import service as payment_link
from commands.ports import AccountState
from commands.send_invoice import service as send_invoice
from commands.send_invoice.checks import MOST_RECIPIENTS
from commands.send_invoice.service import SendInvoice
from storage import automatic_invoices, customers, disputes, import_runs, invoices
from storage.automatic_invoices import AutomaticInvoice
from storage.customers import Customer
from storage.import_runs import ImportRun
from storage.invoices import Invoice
from storage.unit_of_work import may_pass, repeatable

log = logging.getLogger(__name__)

# A mail that is not settled by then is reported as being on its way.
REPORT_AFTER = timedelta(minutes=30)


@audited("send_automatic_invoice")
def send_next(actor: SystemActor, desk: Desk) -> bool:
    """Queue the mail of one waiting invoice, or write down why not; False when none waits."""
    require(actor, Permission.SEND_AUTOMATIC_INVOICE)
    with desk.database.reading() as session:
        waiting = automatic_invoices.next_waiting(session)
    if waiting is None:
        return False
    account = desk.gateway.account.state()
    try:
        _decide(actor, desk, waiting, account)
    except Exception as error:
        if may_pass(error):
            raise
        _give_up(actor, desk, waiting, error)  # one bad row must not stop the others
    return True


@audited("report_automatic_invoices")
@repeatable
def report_next(actor: SystemActor, desk: Desk) -> bool:
    """Queue the report of one import whose mails are settled; False when there is none."""
    require(actor, Permission.SEND_AUTOMATIC_INVOICE)
    with desk.database.reading() as session:
        ready = [run.id for run in import_runs.to_report(session) if _is_ready(session, desk, run)]
    if not ready:
        return False
    with desk.database.writing() as session:
        run = import_runs.lock(session, ready[0] or 0)
        if run is not None and run.id is not None and run.report == "pending":
            run.report = "queued"
            session.add(run)
            now, channel = desk.clock.now(), desk.policy.payments_channel
            outbox.queue_automatic_report(session, run_id=run.id, channel=channel, now=now)
    return True


def _is_ready(session: Session, desk: Desk, run: ImportRun) -> bool:
    assert run.id is not None
    if automatic_invoices.anything_waiting(session, run.id):
        return False
    late = desk.clock.now() >= run.at + REPORT_AFTER
    return late or not automatic_invoices.anything_under_way(session, run.id)


# -- one invoice --------------------------------------------------------------------------------


@repeatable
def _decide(
    actor: SystemActor, desk: Desk, waiting: AutomaticInvoice, account: AccountState
) -> None:
    """Everything is looked at again, for it may have changed since the import."""
    with desk.database.writing() as session:
        held = _held(session, waiting)
        if held is None:
            return
        row, invoice, customer = held
        try:
            _require_mailable(desk, row, invoice, customer)
            order = _order(session, invoice, customer, account)
        except Refused as refusal:
            _skip(session, actor, desk, row, refusal.sentence)
            return
        sent = send_invoice.send_within(session, actor, desk, order=order, account=account)
        row.state, row.delivery_id = "queued", sent.delivery_id
        row.reason = _left_out(session, invoice)
        row.decided_at = desk.clock.now()
        session.add(row)


def _held(
    session: Session, waiting: AutomaticInvoice
) -> tuple[AutomaticInvoice, Invoice, Customer] | None:
    """The rows, locked; None when somebody else has decided meanwhile."""
    invoice = invoices.find(session, waiting.invoice_number)
    customer = customers.lock(session, invoice.customer_id) if invoice else None
    row = automatic_invoices.lock(session, waiting.invoice_number, waiting.version)
    if row is None or row.state != "waiting" or invoice is None or customer is None:
        return None
    session.refresh(invoice)
    return row, invoice, customer


def _require_mailable(
    desk: Desk, row: AutomaticInvoice, invoice: Invoice, customer: Customer
) -> None:
    """Raises `Refused` with the reason as it stands in the report, behind the invoice's number."""
    mode = desk.policy.mail_mode
    if row.mail_mode != mode:
        raise Refused(f"MAIL_MODE was {row.mail_mode} at the import and is {mode} now")
    if invoice.version != row.version:
        raise Refused(f"version {invoice.version} has replaced version {row.version}")
    if invoice.lifecycle != "issued":
        raise Refused(f"it is {invoice.lifecycle.replace('_', ' ')} by now")
    if invoice.balance.minor <= 0:
        raise Refused("nothing is left to pay")
    if not customer.auto_invoice:
        raise Refused(f"automatic invoices are switched off for {customer.name}")


def _order(
    session: Session, invoice: Invoice, customer: Customer, account: AccountState
) -> SendInvoice:
    """With a link wherever one is possible. Raises `Refused` when there is nobody to mail to."""
    usable = _usable(session, customer.id)
    if not usable and customers.contacts(session, customer.id, "invoice"):
        raise Refused("its mail server refused every address on file")
    if not usable:
        raise Refused("no address on file")
    disputed = disputes.is_open_for(session, invoice.number)
    return send_invoice.checked(
        SendInvoice(
            draft_id=f"{invoice.number}:v{invoice.version}",
            invoice_number=invoice.number,
            recipients=usable[:MOST_RECIPIENTS],  # as many as a form ticks
            with_link=not payment_link.why_no_link(customer, invoice, account, disputed=disputed),
            automatic=True,
        )
    )


def _usable(session: Session, customer_id: str) -> tuple[str, ...]:
    on_file = customers.contacts(session, customer_id, "invoice")
    return tuple(contact.address for contact in on_file if not contact.refused)


def _left_out(session: Session, invoice: Invoice) -> str:
    """For the report: a mail has room for so many addresses only."""
    count = len(_usable(session, invoice.customer_id))
    if count <= MOST_RECIPIENTS:
        return ""
    return f"only the first {MOST_RECIPIENTS} of {count} addresses"


def _skip(
    session: Session, actor: SystemActor, desk: Desk, row: AutomaticInvoice, reason: str
) -> None:
    row.state, row.reason, row.decided_at = "skipped", reason, desk.clock.now()
    session.add(row)
    about, detail = row.invoice_number, {"version": row.version, "reason": reason}
    auditing.record(
        session, actor, desk, "send_automatic_invoice", about, outcome="refused", **detail
    )


@repeatable
def _give_up(actor: SystemActor, desk: Desk, waiting: AutomaticInvoice, error: Exception) -> None:
    """Ours to mend: the report carries a reference to the log."""
    reason = f"something went wrong on our side, reference {_named(waiting, error)}"
    with desk.database.writing() as session:
        held = _held(session, waiting)
        if held is not None:
            _skip(session, actor, desk, held[0], reason)


def _named(waiting: AutomaticInvoice, error: Exception) -> str:
    return reference(error, invoice=waiting.invoice_number, version=waiting.version)
