"""What makes a file, a header or a row unreadable, and that the reason names the mend."""

from pathlib import Path

import pytest

from commands.access import IMPORTER
from commands.import_files.service import import_files
from storage import customers
from tests.importing import CUSTOMERS, Inbox, counts, refusals

FILES = [
    ("", (1, "", "the file has no header row")),
    (
        "slack_user_id,name,email,zzz\n",
        (1, "zzz", "users have no column zzz: known are slack_user_id, name, email, roles"),
    ),
    (
        "customer_id,name,term_days\n",
        (1, "term_days", "customers have no column term_days: is terms_days meant?"),
    ),
    ("customer_id,name,name\n", (1, "name", "the column name is there twice")),
    ("customer_id,name,\n", (1, "", "a column has no name: remove the empty column")),
    ("name,phone\n", (1, "customer_id", "customers need the column customer_id")),
    (
        "customer_id,name\nC1\n",
        (
            2,
            "",
            "the row has 1 cells and the header has 2: look for a missing quote or comma",
        ),
    ),
    (
        "customer_id,name\nC1,Iris,x\n",
        (
            2,
            "",
            "the row has 3 cells and the header has 2: look for a missing quote or comma",
        ),
    ),
    (
        b"customer_id,name\nC1,Iris\nC2,Caf\xe9\n",
        (3, "", 'the line is not UTF-8: save the file as "CSV UTF-8"'),
    ),
    (
        "customer_id,name\nC1,Ir\x00is\n",
        (2, "name", "name holds the control character U+0000"),
    ),
    (
        'customer_id,name\nC1,Iris\nC2,"Poppy\n',
        (3, "", "the file cannot be read from here: unexpected end of data"),
    ),
    (
        'customer_id,name\nC1,"Iris" Ltd\n',
        (2, "", "the file cannot be read from here: ',' expected after '\"'"),
    ),
]


@pytest.mark.parametrize(("content", "expected"), FILES)
def test_a_broken_file_is_refused_where_it_breaks(
    inbox: Inbox, content: str | bytes, expected: tuple[int, str, str]
) -> None:
    report = inbox.bring(file=content)
    assert refusals(report) == [expected]
    assert not report.applied


def test_a_header_of_no_known_kind_is_told_what_is_needed(inbox: Inbox) -> None:
    (refusal,) = inbox.bring(file="colour,price\nred,1\n").refused
    assert refusal.reason.startswith("the header names no known kind of file; needed are users:")


def test_a_missing_file_is_a_refusal(inbox: Inbox) -> None:
    report = import_files(IMPORTER, inbox.desk, paths=[Path("nowhere/customers.csv")])
    assert [str(one) for one in report.refused] == [
        "customers.csv, line 0: the file cannot be opened: No such file or directory"
    ]


def test_a_byte_order_mark_crlf_and_blank_lines_do_no_harm(inbox: Inbox) -> None:
    text = b"\xef\xbb\xbfcustomer_id,name\r\n\r\nC1,Iris\r\n"
    assert counts(inbox.bring(file=text)) == {"customers": (1, 0, 0)}


def test_lines_are_counted_as_in_the_file_across_quoted_line_breaks(inbox: Inbox) -> None:
    text = 'customer_id,name,billing_address,terms_days\nC1,Iris,"1 Road\nCity\nLand",30\nC2,P,,x\n'
    (refusal,) = inbox.bring(file=text).refused
    assert (refusal.line, refusal.column) == (5, "terms_days")


def test_columns_come_in_any_order(inbox: Inbox) -> None:
    report = inbox.bring(file="name,payment_links_enabled,customer_id\nIris,false,C1\n")
    assert counts(report) == {"customers": (1, 0, 0)}


def test_one_refused_row_keeps_every_file_out(inbox: Inbox) -> None:
    report = inbox.bring(
        users="slack_user_id,name,email\nU0NEW,New,new@bloom.test\n",
        customers=CUSTOMERS + "C3,\n",
    )
    assert refusals(report) == [(4, "name", "name is empty: each row needs it")]
    assert counts(report) == {"users": (0, 0, 0), "customers": (0, 0, 0)}
    assert counts(inbox.bring(customers=CUSTOMERS)) == {"customers": (2, 0, 0)}


def test_good_rows_are_taken_when_asked(inbox: Inbox) -> None:
    report = inbox.bring(customers=CUSTOMERS + "C3,\n", accept_good=True)
    assert len(report.refused) == 1
    assert counts(report) == {"customers": (2, 0, 0)}
    assert counts(inbox.bring(customers=CUSTOMERS)) == {"customers": (0, 0, 2)}


def test_a_file_that_breaks_off_gives_no_rows_even_then(inbox: Inbox) -> None:
    report = inbox.bring(customers=CUSTOMERS + 'C3,"Lily\n', accept_good=True)
    assert counts(report) == {}


def test_a_key_given_twice_spoils_both_rows(inbox: Inbox) -> None:
    report = inbox.bring(customers=CUSTOMERS + "C1,Other\n", accept_good=True)
    assert refusals(report) == [(4, "", "C1 is already on line 2: keep one of the two")]
    assert counts(report) == {"customers": (1, 0, 0)}


def test_a_key_given_in_two_files_names_the_other_file(inbox: Inbox) -> None:
    report = inbox.bring(a=CUSTOMERS, b="customer_id,name\nC2,Poppy\n")
    assert refusals(report) == [(2, "", "C2 is already on a.csv, line 3: keep one of the two")]


def test_progress_is_told_on_long_files(inbox: Inbox) -> None:
    heard: list[str] = []
    rows = "".join(f"C{number},\n" for number in range(10_000))  # refused, so none is written
    inbox.bring(customers="customer_id,name\n" + rows, progress=heard.append)
    assert "customers.csv, rows read: 10,000" in heard


def test_the_report_prints_counts_and_refusals(inbox: Inbox) -> None:
    report = inbox.bring(customers=CUSTOMERS + "C3,\n")
    assert list(report.sentences()) == [
        "customers: 0 created, 0 updated, 0 unchanged",
        "refused: 1",
        "customers.csv, line 4, name: name is empty: each row needs it",
        "Nothing was imported: mend these rows, or use --accept-good to take the others.",
    ]


def test_text_is_stored_as_it_stands(inbox: Inbox) -> None:
    name, notes = "=1+1 <b>&'\" \U0001f339 \u0645", " two\n lines "
    quoted = name.replace('"', '""')
    inbox.bring(
        customers=f'customer_id,name\nC1,"{quoted}"\n',
        invoices="invoice_number,customer_id,issue_date,total,notes\n"
        f'INV-1,C1,2026-02-10,5,"{notes}"\n',
    )
    assert inbox.invoice("INV-1").notes == notes
    with inbox.database.reading() as session:
        found = customers.find(session, "C1")
        assert found is not None
        assert found.name == name
