"""A period end by `run-due`, twice and from two processes at once: each statement exactly once."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bot.sandbox.demo.stage import Stage
from tests.journeys.conftest import ledger_of, mails_about, posts, wait_for

NOW = "2026-10-31T23:30:00Z"
SETTING = {"STATEMENT_SCHEDULE": "monthly@2026-10-01", "COMPANY_TIMEZONE": "UTC"}
CUSTOMERS = """customer_id,name,invoice_emails,statement_emails
P1,Petal One,one@petal.test,
P2,Petal Two,two@petal.test,books@petal.test
P3,Petal Three,,
"""
INVOICES = """invoice_number,customer_id,issue_date,due_date,total
PE-1,P1,2026-09-20,2026-10-20,120.00
PE-2,P1,2026-10-31,2026-11-30,80.00
PE-3,P1,2026-11-01,2026-12-01,999.00
PE-4,P2,2026-10-02,2026-11-01,55.55
PE-5,P3,2026-10-02,2026-11-01,10.00
"""
LINES = """invoice_number,line,description,quantity,unit,unit_price,tax_rate
PE-1,1,Roses,1,,120.00,0
PE-2,1,Roses,1,,80.00,0
PE-3,1,Roses,1,,999.00,0
PE-4,1,Roses,1,,55.55,0
PE-5,1,Roses,1,,10.00,0
"""


def books(stage: Stage) -> None:
    texts = {"customers": CUSTOMERS, "invoices": INVOICES, "lines": LINES}
    paths = [stage.folder / f"period-end-{name}.csv" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    stage.verb("import", *map(str, paths), MAIL_MODE="hold")


def run_due(stage: Stage) -> dict[str, Any]:
    counts: dict[str, Any] = json.loads(stage.verb("run-due", "--now", NOW, **SETTING))
    return counts


def of_petals(stage: Stage) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ledger_of(stage)["statements"]
    return [row for row in rows if row["customer"].startswith("P")]


def test_each_statement_goes_exactly_once(stage: Stage) -> None:
    books(stage)
    with ThreadPoolExecutor(2) as two:
        for _ in two.map(run_due, [stage, stage]):
            pass
    run_due(stage)
    found = {row["customer"]: row for row in of_petals(stage)}
    assert sorted(found) == ["P1", "P2"]
    assert found["P1"]["closing_balance"] == 20000  # without the invoice of November
    assert found["P2"]["closing_balance"] == 5555
    period = ("2026-10-01", "2026-10-31")
    assert {(row["period_start"], row["period_end"]) for row in found.values()} == {period}
    everybody = Counter(
        (row["customer"], row["period_end"], row["currency"])
        for row in ledger_of(stage)["statements"]
    )
    assert set(everybody.values()) == {1}


def test_each_mail_arrived_once_and_the_channel_hears_how_it_went(stage: Stage) -> None:
    recipients = Counter(
        address for mail in mails_about(stage, "tatement") for address in mail.recipients
    )
    assert recipients["one@petal.test"] == 1
    assert recipients["books@petal.test"] == 1
    assert recipients["two@petal.test"] == 0
    report = wait_for(
        lambda: posts(stage, "Statements for 1 Oct 2026 to 31 Oct 2026"), "message of the run"
    )
    assert len([m for m in report if m.thread_ts is None]) == 1
