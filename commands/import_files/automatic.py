"""Which of the invoices that an import brought are to be mailed by themselves."""

from datetime import date
from typing import Any

from commands.import_files.run import Run
from storage import automatic_invoices
from storage.invoices import Invoice


def choose(run: Run) -> list[dict[str, Any]]:
    """Number and version of each; the report counts the others by reason.

    Only new invoices and new versions are weighed, and the old ones among them by the files
    alone: the books of ten years cost no question to the database.
    """
    recent = [number for number in sorted(run.created | run.renewed) if _is_recent(run, number)]
    chosen: list[dict[str, Any]] = []
    for invoice, wanted in automatic_invoices.candidates(run.session, recent):
        reason = _why_not(run, invoice, wanted=wanted)
        run.report.weigh(reason)
        if not reason:
            chosen.append({"invoice_number": invoice.number, "version": invoice.version})
    return chosen


def queue(run: Run, chosen: list[dict[str, Any]], run_id: int) -> None:
    """Let them wait for their turn; who mails them looks at each again."""
    own = {
        "run_id": run_id,
        "mail_mode": run.desk.policy.mail_mode,
        "state": "waiting",
        "reason": "",
        "delivery_id": None,
        "decided_at": None,
    }
    automatic_invoices.add_all(run.session, [row | own for row in chosen])


def _is_recent(run: Run, number: str) -> bool:
    draft = run.staged.invoices.good.get(number)
    if draft is None:  # refused after all
        return False
    reason = _why_not_of_age(run, draft.row.issue_date)
    if reason:
        run.report.weigh(reason)
    return not reason


def _why_not_of_age(run: Run, issued: date) -> str:
    policy = run.desk.policy
    age = (run.today - issued).days
    if age < 0:
        return "dated after today"
    most = policy.auto_invoice_max_age_days
    return f"issued more than {most} {'day' if most == 1 else 'days'} ago" if age > most else ""


def _why_not(run: Run, invoice: Invoice, *, wanted: bool) -> str:
    """Empty when it is to be mailed."""
    if invoice.lifecycle != "issued":
        return "void or written off"
    if invoice.total < 0:
        return "credit memos, which are sent by hand"
    if invoice.total == 0:
        return "nothing to pay"
    if not wanted:
        return "switched off for the customer"
    return "MAIL_MODE is hold" if run.desk.policy.mail_mode == "hold" else ""
