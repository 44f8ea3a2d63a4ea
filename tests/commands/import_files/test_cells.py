"""Each rule for one cell: the bad text, and the exact line, column and reason."""

# ruff: noqa: E501 -- a table reads best with one case on each line

import pytest

from tests.importing import CUSTOMERS, INVOICE, ONE_LINE, Inbox, refusals

ROLES = "Admin, Cashier, Sales, Sales Allocations, Sales Manager"
DECIMAL = "must be a plain decimal number like 12.50, not"

CELLS = [
    ("slack_user_id,name,email,roles", "U1,Una,una@x.test,Boss", "roles", f"roles holds 'Boss'; the roles are {ROLES}"),
    ("slack_user_id,name,email", "U1, ,una@x.test", "name", "name is blank: give a name"),
    ("slack_user_id,name,email", "U1,Una,", "email", "email is empty: each row needs it"),
    ("customer_id,name", " C9,Iris", "customer_id", "customer_id has blanks around it or a line break in it: remove them"),
    ("customer_id,name", f"{'C' * 101},Iris", "customer_id", "customer_id has 101 characters; at most 100 are kept"),
    ("customer_id,name,phone", f"C9,Iris,{'1' * 5001}", "phone", "phone has 5001 characters; at most 5000 are kept"),
    ("customer_id,name,currency", "C9,Iris,usd", "currency", "currency must be an ISO 4217 code like USD, not 'usd'"),
    ("customer_id,name,terms_days", "C9,Iris,-1", "terms_days", "terms_days must be a whole number from 0 to 3650, not '-1'"),
    ("customer_id,name,terms_days", "C9,Iris,\uff13\uff10", "terms_days", "terms_days must be a whole number from 0 to 3650, not '\uff13\uff10'"),
    ("customer_id,name,payment_links_enabled", "C9,Iris,yes", "payment_links_enabled", "payment_links_enabled must be true or false, not 'yes'"),
    ("customer_id,name,auto_invoice", "C9,Iris,TRUE", "auto_invoice", "auto_invoice must be true or false, not 'TRUE'"),
    ("customer_id,name,sales_rep", "C9,Iris,who@bloom.test", "sales_rep", "who@bloom.test is not known: give the Slack id of a known person"),
    ("customer_id,name,preferred_method", "C9,Iris,Credit Card", "preferred_method", "preferred_method must be a method like card or us_bank_account, not 'Credit Card'"),
    ("customer_id,name,locale", "C9,Iris,klingon", "locale", "locale must be a locale like en_US or de_DE, not 'klingon'"),
    ("order_number,customer_id,order_date", "9,C1,10/02/2026", "order_date", "order_date must be a date like 2026-03-14, not '10/02/2026'"),
    ("order_number,customer_id,order_date", "9,C1,20260210", "order_date", "order_date must be a date like 2026-03-14, not '20260210'"),
    ("order_number,customer_id,order_date", "9,C1,2026-02-30", "order_date", "order_date must be a date like 2026-03-14, not '2026-02-30'"),
    ("order_number,customer_id,order_date", "9,C1,9999-12-31", "order_date", "order_date must lie between 1970 and 2199, not '9999-12-31'"),
    ("order_number,customer_id,order_date", "9,C9,2026-02-10", "customer_id", "customer C9 is not known: import the customer first or in the same call"),
    ("invoice_number,customer_id,issue_date,status", "I9,C1,2026-02-10,paid", "status", "status must be issued, void or written_off, not 'paid'"),
    ("invoice_number,customer_id,issue_date,version", "I9,C1,2026-02-10,0", "version", "version must be a whole number from 1 to 999999, not '0'"),
    ("invoice_number,customer_id,issue_date,total", 'I9,C1,2026-02-10,"1,000.00"', "total", f"total {DECIMAL} '1,000.00'"),
    ("invoice_number,customer_id,issue_date,total", "I9,C1,2026-02-10,1e3", "total", f"total {DECIMAL} '1e3'"),
    ("invoice_number,customer_id,issue_date,total", "I9,C1,2026-02-10,NaN", "total", f"total {DECIMAL} 'NaN'"),
    ("invoice_number,customer_id,issue_date,total", "I9,C1,2026-02-10,1.005", "total", "total 1.005 has more than the 2 decimals of USD"),
    ("invoice_number,customer_id,issue_date,total,currency", "I9,C1,2026-02-10,1.5,JPY", "total", "total 1.5 has more than the 0 decimals of JPY"),
    ("invoice_number,customer_id,issue_date,total", "I9,C1,2026-02-10,99999999999999", "total", "the amount is larger than an invoice can hold"),
    ("invoice_number,customer_id,issue_date", "I9,C1,2026-02-10", "", "the invoice has neither lines nor a total: import its lines in the same call"),
    ("invoice_number,customer_id,issue_date,total,applies_to", "I9,C1,2026-02-10,5,INV-1", "applies_to", "I9 has no total below zero: only a credit memo is applied"),
    ("invoice_number,customer_id,issue_date,total,applies_to", "I9,C1,2026-02-10,-5,INV-7", "applies_to", "invoice INV-7 is not known: import the invoice first or in the same call"),
    ("invoice_number,customer_id,issue_date,total,applies_to", "I9,C1,2026-02-10,-5,I9", "applies_to", "I9 is a credit memo itself"),
    ("invoice_number,customer_id,issue_date,total,applies_to", "I9,C2,2026-02-10,-5,INV-1", "applies_to", "INV-1 belongs to customer C1, not C2"),
    ("invoice_number,customer_id,issue_date,total,currency,applies_to", "I9,C1,2026-02-10,-5,EUR,INV-1", "currency", "INV-1 is in USD, not EUR"),
    ("invoice_number,line,quantity,unit_price", "I9,1,1,1", "invoice_number", "I9 is not in this call: an invoice and its lines are imported together"),
    ("payment_id,customer_id,date,amount", "P1,C1,2026-02-10,0.00", "amount", "amount is zero: leave the row out"),
    ("payment_id,customer_id,date,amount", "P1,C1,2026-02-10,$5", "amount", f"amount {DECIMAL} '$5'"),
    ("payment_id,customer_id,date,amount,invoice_number", "P1,C1,2026-02-10,5,INV-7", "invoice_number", "invoice INV-7 is not known: import the invoice first or in the same call"),
    ("payment_id,customer_id,date,amount,invoice_number", "P1,C2,2026-02-10,5,INV-1", "invoice_number", "INV-1 belongs to customer C1, not C2"),
    ("payment_id,customer_id,date,amount,invoice_number,currency", "P1,C1,2026-02-10,5,INV-1,EUR", "currency", "INV-1 is in USD, not EUR"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "row", "column", "reason"), CELLS)
def test_a_bad_cell_is_refused_with_its_reason(
    inbox: Inbox, header: str, row: str, column: str, reason: str
) -> None:
    inbox.start()
    report = inbox.bring(file=f"{header}\n{row}\n")
    assert refusals(report) == [(2, column, reason)]


LINES = "invoice_number,line,quantity,unit_price,tax_rate\nINV-1,"

BAD_LINES = [
    ("0,1,1,\n", (2, "line", "line must be a whole number from 1 to 999999, not '0'")),
    ("1,x,1,\n", (2, "quantity", f"quantity {DECIMAL} 'x'")),
    ("1,1,1_0,\n", (2, "unit_price", f"unit_price {DECIMAL} '1_0'")),
    ("1,1,1,101\n", (2, "tax_rate", "tax_rate must be a percentage from 0 to 100, not '101'")),
    ("1,1,1,\nINV-1,1,2,2,\n", (3, "line", "line 1 of INV-1 is already on line 2: keep one of the two")),
    ("1,999999999999999,999999999999999,\n", (2, "quantity", "the amount is larger than an invoice can hold")),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "expected"), BAD_LINES)
def test_a_bad_line_refuses_its_invoice(
    inbox: Inbox, lines: str, expected: tuple[int, str, str]
) -> None:
    report = inbox.bring(
        customers=CUSTOMERS, invoices=INVOICE, lines=LINES + lines, accept_good=True
    )
    assert refusals(report) == [expected]
    assert report.counts["invoices"].created == 0


def test_every_bad_cell_of_a_row_is_told_at_once(inbox: Inbox) -> None:
    report = inbox.bring(file="customer_id,name,terms_days,auto_invoice\nC1,Iris,x,y\n")
    assert [one.column for one in report.refused] == ["terms_days", "auto_invoice"]


def test_an_address_that_is_none_is_quoted(inbox: Inbox) -> None:
    report = inbox.bring(file="customer_id,name,invoice_emails\nC1,Iris,ok@x.test;nope\n")
    ((line, column, reason),) = refusals(report)
    assert (line, column) == (2, "invoice_emails")
    assert reason.startswith("invoice_emails holds 'nope', which is no e-mail address: ")


def test_what_hangs_on_a_refused_row_is_refused_with_it(inbox: Inbox) -> None:
    inbox.start()
    report = inbox.bring(
        customers="customer_id,name,terms_days\nC1,Iris,x\nC3,Lily,10\n",
        invoices="invoice_number,customer_id,issue_date,total\nI8,C1,2026-02-10,5\nI9,C3,2026-02-10,5\n",
        payments="payment_id,customer_id,date,amount,invoice_number\nP1,C3,2026-02-10,5,I8\n",
        accept_good=True,
    )
    assert [(one.file, one.reason) for one in report.refused[1:]] == [
        ("invoices.csv", "customer C1 is refused too"),
        ("payments.csv", "invoice I8 is refused too"),
    ]
    assert inbox.invoice("I9").total == 500


def test_lines_of_a_refused_invoice_are_not_complained_about(inbox: Inbox) -> None:
    report = inbox.bring(
        customers=CUSTOMERS, invoices=INVOICE.replace("2026", "26"), lines=ONE_LINE
    )
    assert [one.column for one in report.refused] == ["issue_date"]


def test_a_line_that_names_no_invoice_keeps_out_those_it_may_belong_to(inbox: Inbox) -> None:
    header = "invoice_number,customer_id,issue_date,total\n"
    report = inbox.bring(
        customers=CUSTOMERS,
        invoices=header + "INV-1,C1,2026-02-10,\nINV-2,C1,2026-02-10,125\n",
        lines=ONE_LINE + ONE_LINE.splitlines()[1].replace("INV-1", "INV-2") + "\n,2,Tulips,1,1\n",
        accept_good=True,
    )
    assert [(one.file, one.line) for one in report.refused] == [
        ("lines.csv", 4),
        ("invoices.csv", 2),
    ]
    assert report.refused[1].reason == "line 4 of lines.csv may belong to INV-1: mend it first"
    assert report.counts["invoices"].created == 1
