"""The review before links are sent, as staff see and use it, over the real Slack endpoint."""

import json

import pytest
from sqlmodel import select

from bot.sandbox import loopback
from bot.sandbox.slack.person import Person
from commands import previews
from commands.approvals import service as approvals
from commands.open_invoices import mails, review, review_modal, service
from storage import bulk_sends, customers, users
from storage.approvals import Approval
from storage.bulk_sends import BulkSend, BulkSendMail
from storage.customers import Customer
from storage.invoices import Invoice
from tests.builders import ANNA, MARA, SALLY, add_customer, add_invoice
from tests.slack_room import SlackRoom

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


@pytest.fixture
def shop(stage: SlackRoom) -> SlackRoom:
    """Blue Iris owes INV-1042, Rose Garden RG-1 and RG-2, the last one in euros."""
    with stage.desk.database.writing() as session:
        add_customer(session, "C2", name="Rose Garden", emails=("pay@rose.test",))
        add_invoice(session, "RG-1", customer_id="C2", total=1000)
        add_invoice(session, "RG-2", customer_id="C2", total=2000, currency="EUR")
    return stage


@pytest.fixture
def sally(shop: SlackRoom) -> Person:
    """Sally before the review of everything."""
    person = shop.person(SALLY)
    person.command("/pay", "open")
    person.modal.press("Select all 3")
    assert person.modal.submit().action == "push"
    return person


def settle(shop: SlackRoom, number: str) -> None:
    with shop.desk.database.writing() as session:
        invoice = session.get_one(Invoice, number)
        invoice.allocated = invoice.total
        session.add(invoice)


def bulk_sends_of(shop: SlackRoom) -> list[tuple[BulkSend, list[BulkSendMail]]]:
    """Every bulk send with its mails."""
    with shop.desk.database.reading() as session:
        found = session.exec(select(BulkSend)).all()
        return [(row, bulk_sends.mails(session, row.id, limit=99)) for row in found]


def test_totals_come_first_then_a_card_for_each_customer_and_currency(sally: Person) -> None:
    text = sally.modal.text()
    assert sally.modal.title == "Send Payment Links"
    assert "*3 mails to 2 customers* · 3 invoices · *USD 135.00 and EUR 20.00*" in text
    for shown in ("INV-1042 · due 14 Mar 2026 · USD 125.00", "RG-2 · due 14 Mar 2026 · EUR 20.00"):
        assert shown in text
    assert text.index("3 mails") < text.index("INV-1042")
    assert sally.modal.value("Email addresses: Blue Iris") == "ap@iris.test"


def test_the_policy_s_answer_stands_in_words_and_on_the_button(sally: Person) -> None:
    assert "Sales Manager or Admin" in sally.modal.text()
    assert sally.modal.submit_text == "Ask for approval"


def test_one_customer_within_the_limits_goes_out_at_once(shop: SlackRoom) -> None:
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    sally.modal.tick("INV-1042")
    sally.modal.submit()
    assert "at once" in sally.modal.text()
    assert sally.modal.submit_text == "Send"


def test_nothing_ticked_is_told_on_the_list(shop: SlackRoom) -> None:
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    assert sally.modal.submit().action == "update"
    assert "Tick at least one invoice first" in sally.modal.text()
    sally.modal.tick("INV-1042")
    assert "Tick at least one" not in sally.modal.text()


def test_ticks_that_were_never_told_come_along_when_submitted(shop: SlackRoom) -> None:
    """The tick's own request was lost on the way: the submission carries it."""
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    field = next(block for block in sally.modal.blocks if block["block_id"].startswith("rows."))
    del field["dispatch_action"]
    sally.modal.tick("INV-1042")
    assert sally.modal.submit().action == "push"
    assert "*1 mail to 1 customer*" in sally.modal.text()


def test_removing_a_customer_takes_the_ticks_off(sally: Person) -> None:
    sally.modal.press(review_modal.REMOVE + mails.key_of("C1", "USD"))
    assert "*2 mails to 1 customer*" in sally.modal.text()
    sally.modal.close()
    assert "*2 invoices of 1 customer*" in sally.modal.text()
    assert sorted(sally.modal.ticked()) == ["RG-1 · USD 10.00", "RG-2 · EUR 20.00"]


def test_every_mistake_is_told_at_its_field(sally: Person) -> None:
    sally.modal.fill("Email addresses: Blue Iris", "ap@iris.test, nobody, a@@b")
    answer = sally.modal.submit()
    assert answer.action == "errors"
    [(label, said)] = answer.errors.items()
    assert label == "Email addresses: Blue Iris Florist"
    assert "nobody" in said
    assert "a@@b" in said


def test_a_mistake_that_was_mended_is_sent_at_the_next_press(
    sally: Person, shop: SlackRoom
) -> None:
    sally.modal.fill("Email addresses: Blue Iris", "ap@@iris.test")
    assert sally.modal.submit().errors
    sally.modal.fill("Email addresses: Blue Iris", "boss@iris.test")
    assert sally.modal.submit().ok
    assert sally.modal.title == "Asked for approval"
    [(_, letters)] = bulk_sends_of(shop)
    assert ["boss@iris.test"] in [mail.recipients for mail in letters]


def test_an_address_typed_for_one_customer_goes_to_no_other(sally: Person, shop: SlackRoom) -> None:
    sally.modal.fill("Email addresses: Blue Iris", "new@iris.test; Boss <boss@iris.test>")
    sally.modal.fill("Message", "Dear all")
    sally.modal.untick("Attach the invoices")
    assert sally.modal.submit().action == "update"
    [(asked, queued)] = bulk_sends_of(shop)
    assert [(mail.customer_id, mail.currency, mail.recipients) for mail in queued] == [
        ("C1", "USD", ["new@iris.test", "boss@iris.test"]),
        ("C2", "EUR", ["pay@rose.test"]),
        ("C2", "USD", ["pay@rose.test"]),
    ]
    assert (asked.message, asked.attach_pdfs) == ("Dear all", False)
    sally.command("/pay", "open")
    assert "From before" not in sally.modal.text()


def test_what_is_typed_on_one_page_is_kept_on_the_others(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        for n in range(20):
            add_customer(session, f"P{n}", name=f"Peony {n:02}", emails=(f"a{n}@p.test",))
            add_invoice(session, f"P-{n}", customer_id=f"P{n}")
    sally = shop.person(SALLY)
    sally.command("/pay", "open peony")
    sally.modal.press("Select all 20")
    sally.modal.submit()
    sally.modal.fill("Email addresses: Peony 03", "typo")
    sally.modal.press("Next")
    assert "Page 2 of 2" in sally.modal.text()
    sally.modal.fill("Email addresses: Peony 19", "new@p.test")
    answer = sally.modal.submit()
    assert answer.action == "update"
    assert "addresses on this page are to be mended" in sally.modal.text()
    assert sally.modal.value("Email addresses: Peony 03") == "typo"
    sally.modal.fill("Email addresses: Peony 03", "three@p.test")
    sally.modal.press("Next")
    assert sally.modal.value("Email addresses: Peony 19") == "new@p.test"
    assert "Not on file: new@p.test" in sally.modal.text()
    assert sally.modal.submit().action == "update"
    assert sally.modal.title == "Asked for approval"


def test_what_was_paid_since_the_review_is_shown_before_anything_is_asked(
    sally: Person, shop: SlackRoom
) -> None:
    settle(shop, "INV-1042")
    assert sally.modal.submit().action == "update"
    text = sally.modal.text()
    assert "INV-1042 of Blue Iris Florist: it is paid" in text
    assert "This changed since you looked" in text
    assert "*2 mails to 1 customer*" in text
    assert sally.modal.submit().action == "update"
    assert sally.modal.title in {"Asked for approval", "On its way"}


def test_a_customer_disabled_since_the_review_falls_out(sally: Person, shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        customer = session.get_one(Customer, "C2")
        customer.payment_links_enabled = False
        session.add(customer)
    sally.modal.submit()
    assert "payment links are disabled" in sally.modal.text()
    assert "*1 mail to 1 customer*" in sally.modal.text()


def test_nothing_left_leaves_nothing_to_submit(shop: SlackRoom) -> None:
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    sally.modal.tick("INV-1042")
    sally.modal.submit()
    sally.modal.press("Remove")
    assert "Nothing is ticked any more" in sally.modal.text()
    assert sally.modal.submit_text is None
    sally.modal.close()
    assert sally.modal.title == "Open Invoices"


def test_what_was_typed_is_kept_when_the_review_is_left(sally: Person) -> None:
    sally.modal.fill("Email addresses: Blue Iris", "new@iris.test")
    sally.modal.fill("Message", "Dear all")
    sally.modal.close()
    assert sally.modal.title == "Open Invoices"
    sally.modal.submit()
    assert sally.modal.value("Email addresses: Blue Iris") == "new@iris.test"
    assert sally.modal.value("Message") == "Dear all"


def test_what_another_window_changed_is_shown_before_it_is_sent(
    sally: Person, shop: SlackRoom
) -> None:
    """The same person has the review open on a phone too, and takes a customer out there."""
    metadata = json.loads(shop.slack.workspace.views.stacks[SALLY.id][0].view["private_metadata"])
    phone = service.open_window(SALLY, shop.desk, typed="").window_id
    assert phone != metadata["window"]
    filled = review.Filled(phone, 0, "", {mails.key_of("C2", "EUR"): "x@rose.test"}, "", True)
    review.keep(SALLY, shop.desk, filled=filled, without=mails.key_of("C1", "USD"))
    assert sally.modal.submit().action == "update"
    assert "This changed since you looked" in sally.modal.text()
    assert "*2 mails to 1 customer*" in sally.modal.text()
    assert bulk_sends_of(shop) == []


def test_what_was_rejected_is_changed_and_asked_for_again(sally: Person, shop: SlackRoom) -> None:
    sally.modal.fill("Email addresses: Blue Iris", "new@iris.test")
    sally.modal.fill("Message", "Dear all")
    sally.modal.submit()
    [(first, _)] = bulk_sends_of(shop)
    with shop.desk.database.reading() as session:
        asked = session.get_one(Approval, first.id)
    approvals.reject(
        MARA,
        shop.desk,
        approval_id=asked.id,
        content_hash=asked.content_hash,
        reason="Not <Iris>",
    )
    sally.command("/pay", "open")
    assert f"rejected by <@{MARA.id}>: Not &lt;Iris&gt;" in sally.modal.text()
    sally.modal.press("Go on")
    sally.modal.submit()
    assert sally.modal.value("Email addresses: Blue Iris") == "new@iris.test"
    assert sally.modal.value("Message") == "Dear all"
    sally.modal.press(review_modal.REMOVE + mails.key_of("C1", "USD"))
    assert sally.modal.submit().action == "update"
    again = next(row for row, _ in bulk_sends_of(shop) if row.id != first.id)
    assert (again.customers, again.invoices) == (1, 2)
    sally.command("/pay", "open")
    assert "rejected" not in sally.modal.text()


def test_the_only_admin_may_approve_alone_with_a_reason(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        users.replace_roles(session, MARA.id, [])
    anna = shop.person(ANNA)
    anna.command("/pay", "open")
    anna.modal.press("Select all 3")
    anna.modal.submit()
    assert anna.modal.submit_text == "Send"
    text = anna.modal.text()
    assert "Nobody else could give it" in text
    assert "Your reason" in anna.modal.submit().errors
    anna.modal.fill("Your reason", "Mara is on leave")
    assert anna.modal.submit().action == "update"
    assert anna.modal.title == "On its way"
    assert "3 mails with Payment Links over" in anna.modal.text()
    assert len(bulk_sends_of(shop)) == 1


def test_one_mail_carries_one_link(shop: SlackRoom) -> None:
    mara = shop.person(MARA)
    mara.command("/pay", "open INV-1042")
    mara.modal.press("Select all 1")
    mara.modal.submit()
    mara.modal.submit()
    assert "1 mail with a Payment Link over USD" in mara.modal.text()


def test_where_nobody_could_approve_there_is_nothing_to_press(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        for person in (ANNA, MARA):
            users.replace_roles(session, person.id, [])
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    sally.modal.press("Select all 3")
    sally.modal.submit()
    assert "needs an approval" in sally.modal.text()
    assert sally.modal.submit_text is None


def test_addresses_that_bounced_are_left_out_and_told(shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        customers.mark_refused(session, "C1", "ap@iris.test", "550 no such user")
    sally = shop.person(SALLY)
    sally.command("/pay", "open")
    sally.modal.tick("INV-1042")
    sally.modal.submit()
    text = sally.modal.text()
    assert "Addresses to be mended: Blue Iris Florist" in text
    assert "ap@iris.test was refused by its mail server: 550 no such user" in text
    assert "at least one" in sally.modal.submit().errors["Email addresses: Blue Iris Florist"]


def test_submitting_twice_sends_once(sally: Person, shop: SlackRoom) -> None:
    modal = sally.modal
    modal.submit()
    sally.replay()
    assert len(bulk_sends_of(shop)) == 1


def test_all_of_it_is_one_csv_for_that_person_alone(sally: Person, shop: SlackRoom) -> None:
    with shop.desk.database.writing() as session:
        customer = session.get_one(Customer, "C2")
        customer.name = '=HYPERLINK("http://evil")'
        session.add(customer)
    answer = sally.modal.press("All as CSV")
    assert answer.url is not None
    file = loopback.get(f"{shop.url}/preview/{answer.url.rpartition('/')[2]}")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["content-disposition"]
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("customer_id,customer,recipients,invoice_number")
    assert "C1,Blue Iris Florist,ap@iris.test,INV-1042,7781,2026-02-10" in lines[1] + lines[3]
    assert "'=HYPERLINK" in file.text
    assert len(lines) == 4


def test_somebody_else_s_selection_is_no_file(sally: Person, shop: SlackRoom) -> None:
    own = sally.modal.press("All as CSV").url
    assert own is not None
    asked = previews.verify(shop.desk.keyring, own.rpartition("/")[2], shop.desk.clock.real())
    assert isinstance(asked, previews.CsvLink)
    other = previews.csv_url(shop.desk, MARA, table="selection", ref=asked.ref)
    file = loopback.get(f"{shop.url}/preview/{other.rpartition('/')[2]}")
    assert file.status_code == 404
