"""Importing the CSV files of the contract: read, check, then write everything in one go."""

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

from sqlmodel import Session

from commands import auditing
from commands.access import AnyActor, Permission, require
from commands.auditing import audited
from commands.desk import Desk
from commands.import_files import automatic, recording
from commands.import_files.checking import Checked
from commands.import_files.credits import apply_credits
from commands.import_files.customers import apply_customers
from commands.import_files.invoices import apply_invoices
from commands.import_files.orders import apply_orders
from commands.import_files.payments import apply_payments
from commands.import_files.people import apply_users
from commands.import_files.progress import Ticker
from commands.import_files.recording import BY_COMMAND, Call, Origin
from commands.import_files.references import References
from commands.import_files.report import ImportReport
from commands.import_files.reversals import apply_reversals
from commands.import_files.run import Run
from commands.import_files.staging import Staged
from commands.import_files.unchanged import set_aside
from commands.take_payment.overlap import balances_changed
from storage import customers
from storage.audit import AuditOutcome
from storage.unit_of_work import repeatable


class _Undone(Exception):
    """Rolls the unit of work back: a row was refused and all or nothing was asked for."""


def _silent(_: str) -> None:
    """Nobody is watching."""


@audited("import_files")
@repeatable
def import_files(
    actor: AnyActor,
    desk: Desk,
    *,
    paths: Sequence[Path],
    accept_good: bool = False,
    progress: Callable[[str], None] = _silent,
    origin: Origin = BY_COMMAND,
) -> ImportReport:
    """Import all files as one: every row or, when one is refused, none.

    With `accept_good` the good rows are taken all the same; what depends on a refused row is
    refused with it. `progress` hears a line now and then when files are long. New invoices that
    are recent enough wait from here on to be mailed by themselves.
    """
    require(actor, Permission.IMPORT)
    staged = Staged(ImportReport(), Ticker(progress))
    for path in paths:
        staged.take_file(path)
    staged.close()
    checked = _check(desk, staged)
    call = Call(actor, desk, paths, accept_good, origin)
    if accept_good or not staged.report.refused:
        _write(call, checked)
    else:
        staged.report.undo()
    if not staged.report.applied:
        record_refusal(call, staged.report)
    return staged.report


def _check(desk: Desk, staged: Staged) -> Checked:
    references = References(desk.policy.default_currency)
    with desk.database.reading() as session:
        references.load(session, staged)
        checked = Checked(staged, references)
        checked.check()
        set_aside(session, checked)
    return checked


def _write(call: Call, checked: Checked) -> None:
    report = checked.staged.report
    try:
        with call.desk.database.writing() as session:
            run = Run(session, call.desk, checked)
            _apply(run)
            if report.refused and not call.accept_good:
                raise _Undone  # noqa: TRY301 -- the rollback is the point
            _settle(run)
            _record(run, call)
    except _Undone:
        report.undo()


def _apply(run: Run) -> None:
    rows = run.staged
    named = {row.customer_id for row in rows.orders.good.values()}
    named |= {draft.row.customer_id for draft in rows.invoices.good.values()}
    named |= {row.customer_id for payment in rows.payments.good.values() for row in payment}
    customers.lock_all(run.session, named | set(rows.customers.good))
    apply_users(run)
    apply_customers(run)
    apply_orders(run)
    apply_invoices(run)
    apply_credits(run)
    changes = apply_payments(run)
    apply_reversals(run, changes)
    for change in changes.values():
        run.report.count("payments", change)


def _settle(run: Run) -> None:
    """Checkouts that would take too much end, and cards show the new balances."""
    if seen := sorted(run.changed - run.created):
        balances_changed(run.session, run.desk, seen, change=f"import:{uuid4().hex}")


def _record(run: Run, call: Call) -> None:
    """The run with the invoices that it lets be mailed, and the audit."""
    chosen = automatic.choose(run)
    row = recording.record(run.session, call, run.report)
    assert row.id is not None
    automatic.queue(run, chosen, row.id)
    _audit(run.session, call, run.report)


@repeatable
def record_refusal(call: Call, report: ImportReport) -> None:
    """A run that took nothing, in a unit of work of its own."""
    with call.desk.database.writing() as session:
        recording.record(session, call, report)
        _audit(session, call, report)


def _audit(session: Session, call: Call, report: ImportReport) -> None:
    outcome: AuditOutcome = "ok" if report.applied else "refused"
    names = ", ".join(call.names)
    detail = report.summary()
    auditing.record(
        session, call.actor, call.desk, "import_files", names, outcome=outcome, **detail
    )
