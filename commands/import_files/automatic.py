"""Which of the invoices that an import brought are to be mailed by themselves."""

from typing import Any

from commands.import_files.run import Run
from storage import automatic_invoices
from storage.automatic_invoices import Candidate


def choose(run: Run) -> list[dict[str, Any]]:
    """Number and version of each; the report counts the others by reason.

    Only new invoices and new versions are weighed, and the old ones among them by the files
    alone: the books of ten years cost no question to the database.
    """
    chosen: list[dict[str, Any]] = []
    for found in automatic_invoices.candidates(run.session, _recent(run)):
        reason = _why_not(run, found)
        run.report.weigh(reason)
        if not reason:
            chosen.append({"invoice_number": found.number, "version": found.version})
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


def _recent(run: Run) -> list[str]:
    """Those new ones whose date lets them be mailed; the others are counted."""
    newest, most = run.today.toordinal(), run.desk.policy.auto_invoice_max_age_days
    good = run.staged.invoices.good
    recent, too_old, too_new = list[str](), 0, 0
    for number in run.created | run.renewed:
        draft = good.get(number)
        if draft is None:  # refused after all
            continue
        issued = draft.row.issue_date.toordinal()
        if issued < newest - most:
            too_old += 1
        elif issued > newest:
            too_new += 1
        else:
            recent.append(number)
    days = "1 day" if most == 1 else f"{most} days"
    run.report.weigh(f"issued more than {days} ago", too_old)
    run.report.weigh("dated after today", too_new)
    return sorted(recent)


def _why_not(run: Run, found: Candidate) -> str:
    """Empty when it is to be mailed."""
    if found.lifecycle != "issued":
        return "void or written off"
    if found.total < 0:
        return "credit memo: sent by hand"
    if found.total == 0:
        return "nothing to pay"
    if not found.wanted:
        return "switched off for the customer"
    return "MAIL_MODE is hold" if run.desk.policy.mail_mode == "hold" else ""
