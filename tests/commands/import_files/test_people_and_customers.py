from storage import customers, search_terms, users
from storage.customers import Customer, Purpose
from tests.builders import SALLY
from tests.importing import CUSTOMERS, INVOICE, ONE_LINE, Inbox, counts

FULL = (
    "customer_id,name,invoice_emails,statement_emails,billing_address,tax_id,phone,group,currency,"
    "terms_days,payment_links_enabled,auto_invoice,sales_rep,preferred_method,locale\n"
    'C1,Blue Iris,AP@Iris.Test; boss@iris.test;ap@iris.test,st@iris.test,"1 Road\nCity",T1,'
    "+1 555,West,EUR,14,false,false,Sally@Bloom.test,us_bank_account,de-DE\n"
)


def customer(inbox: Inbox, customer_id: str = "C1") -> Customer:
    with inbox.database.reading() as session:
        found = customers.find(session, customer_id)
        assert found is not None
        return found


def addresses(inbox: Inbox, purpose: Purpose = "invoice") -> list[str]:
    with inbox.database.reading() as session:
        return [row.address for row in customers.contacts(session, "C1", purpose)]


def switch_links(inbox: Inbox, *, on: bool) -> None:
    """As a manager does in Slack."""
    with inbox.database.writing() as session:
        row = customers.lock(session, "C1")
        assert row is not None
        row.payment_links_enabled = on
        session.add(row)


def test_every_column_of_a_customer_arrives(inbox: Inbox) -> None:
    inbox.bring(customers=FULL)
    row = customer(inbox)
    assert (row.name, row.billing_address, row.tax_id) == ("Blue Iris", "1 Road\nCity", "T1")
    assert (row.phone, row.group, row.currency, row.terms_days) == ("+1 555", "West", "EUR", 14)
    assert (row.payment_links_enabled, row.auto_invoice) == (False, False)
    assert (row.sales_rep, row.preferred_method) == (SALLY.id, "us_bank_account")
    assert row.locale == "de_DE"


def test_addresses_are_kept_once_each_in_order(inbox: Inbox) -> None:
    inbox.bring(customers=FULL)
    assert addresses(inbox) == ["AP@iris.test", "boss@iris.test"]
    assert addresses(inbox, "statement") == ["st@iris.test"]


def test_two_columns_are_enough_and_the_rest_has_defaults(inbox: Inbox) -> None:
    inbox.bring(customers=CUSTOMERS)
    row = customer(inbox)
    assert (row.payment_links_enabled, row.auto_invoice, row.terms_days) == (True, True, 30)
    assert row.currency == "USD"


def test_importing_again_changes_nothing(inbox: Inbox) -> None:
    inbox.bring(customers=FULL)
    assert counts(inbox.bring(customers=FULL)) == {"customers": (0, 0, 1)}


def test_an_absent_column_and_an_empty_cell_leave_what_is_stored(inbox: Inbox) -> None:
    inbox.bring(customers=FULL)
    short = "customer_id,name,phone,invoice_emails,payment_links_enabled\nC1,Blue Iris,,,\n"
    assert counts(inbox.bring(customers=short)) == {"customers": (0, 0, 1)}
    assert customer(inbox).phone == "+1 555"
    assert customer(inbox).payment_links_enabled is False
    assert len(addresses(inbox)) == 2


def test_a_changed_value_is_taken_over(inbox: Inbox) -> None:
    inbox.bring(customers=FULL)
    changed = FULL.replace("Blue Iris", "Azure Iris").replace(",14,", ",7,")
    assert counts(inbox.bring(customers=changed)) == {"customers": (0, 1, 0)}
    assert (customer(inbox).name, customer(inbox).terms_days) == ("Azure Iris", 7)


def test_a_switch_set_in_slack_survives_the_same_file(inbox: Inbox) -> None:
    inbox.bring(customers=FULL)
    switch_links(inbox, on=True)
    assert counts(inbox.bring(customers=FULL)) == {"customers": (0, 0, 1)}
    assert customer(inbox).payment_links_enabled is True


def test_a_switch_set_in_slack_yields_when_the_file_changes_its_mind(inbox: Inbox) -> None:
    switched = "customer_id,name,payment_links_enabled\nC1,Blue Iris,{}\n"
    inbox.bring(customers=switched.format("true"))
    switch_links(inbox, on=True)
    inbox.bring(customers=switched.format("false"))
    assert customer(inbox).payment_links_enabled is False


def test_contacts_changed_in_slack_survive_the_same_file(inbox: Inbox) -> None:
    inbox.bring(customers=FULL)
    with inbox.database.writing() as session:
        customers.replace_contacts(session, "C1", "invoice", ["new@iris.test"])
    inbox.bring(customers=FULL)
    assert addresses(inbox) == ["new@iris.test"]
    inbox.bring(customers=FULL.replace("boss@", "chief@"))
    assert addresses(inbox) == ["AP@iris.test", "chief@iris.test"]


def test_people_arrive_with_roles_and_keep_what_slack_gave_them(inbox: Inbox) -> None:
    text = "slack_user_id,name,email,roles\nU0SUE,Sue,sue@bloom.test,Sales;Sales Allocations\n"
    assert counts(inbox.bring(users=text)) == {"users": (1, 0, 0)}
    with inbox.database.writing() as session:
        assert users.roles_of(session, "U0SUE") == ["Sales", "Sales Allocations"]
        users.replace_roles(session, "U0SUE", ["Admin"])
    assert counts(inbox.bring(users=text)) == {"users": (0, 0, 1)}
    assert counts(inbox.bring(users=text.replace("Sales;", "Cashier;"))) == {"users": (0, 1, 0)}
    with inbox.database.reading() as session:
        assert users.roles_of(session, "U0SUE") == ["Cashier", "Sales Allocations"]


def test_a_representative_may_come_in_the_same_call(inbox: Inbox) -> None:
    report = inbox.bring(
        customers="customer_id,name,sales_rep\nC1,Iris,sue@bloom.test\n",
        users="slack_user_id,name,email\nU0SUE,Sue,sue@bloom.test\n",
    )
    assert not report.refused
    assert customer(inbox).sales_rep == "U0SUE"


def test_an_address_that_two_people_share_names_nobody(inbox: Inbox) -> None:
    report = inbox.bring(
        users="slack_user_id,name,email\nU0SUE,Sue,sally@bloom.test\n",
        customers="customer_id,name,sales_rep\nC1,Iris,sally@bloom.test\n",
    )
    (refusal,) = report.refused
    assert refusal.reason.startswith("sally@bloom.test is shared by several people")


def test_orders_are_created_updated_and_left_alone(inbox: Inbox) -> None:
    text = "order_number,customer_id,order_date,po_number,status\n88213,C1,2026-02-09,7781,open\n"
    assert counts(inbox.bring(customers=CUSTOMERS, orders=text))["orders"] == (1, 0, 0)
    assert counts(inbox.bring(orders=text)) == {"orders": (0, 0, 1)}
    short = "order_number,customer_id,order_date,status\n88213,C1,2026-02-09,{}\n"
    assert counts(inbox.bring(orders=short.format(""))) == {"orders": (0, 0, 1)}
    assert counts(inbox.bring(orders=short.format("shipped"))) == {"orders": (0, 1, 0)}


def test_customers_and_invoices_can_be_searched_at_once(inbox: Inbox) -> None:
    po = INVOICE.replace("issue_date", "issue_date,po_number").replace("-10\n", "-10,7781\n")
    inbox.bring(customers=CUSTOMERS, invoices=po, lines=ONE_LINE)
    with inbox.database.reading() as session:
        for typed in ("INV-1", "778", "iris"):
            found = search_terms.find_invoices(session, typed, 10)
            assert [invoice.number for invoice, _ in found] == ["INV-1"]
    inbox.bring(customers="customer_id,name\nC1,Azure Lily\n")
    with inbox.database.reading() as session:
        assert len(search_terms.find_invoices(session, "lily", 10)) == 1
        assert search_terms.find_invoices(session, "iris", 10) == []


def test_an_address_is_kept_as_forms_and_the_mail_server_take_it(inbox: Inbox) -> None:
    inbox.bring(customers="customer_id,name,invoice_emails\nC1,Iris,ap@bücher.test\n")
    assert addresses(inbox) == ["ap@xn--bcher-kva.test"]
