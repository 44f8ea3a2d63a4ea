import httpx2
import pytest

from bot.sandbox import loopback
from commands import previews
from storage import documents, users
from tests.builders import CARL, NOW, SALLY
from tests.commands.deliver.posting import drain, parsed, pdf, queue_mail
from tests.slack_room import SlackRoom

pytestmark = pytest.mark.databases("sqlite")  # words on a screen: see tests/conftest.py


def shown(stage: SlackRoom, number: str = "INV-1042") -> httpx2.Response:
    link = previews.url(stage.desk, SALLY, number=number, with_link=True)
    return fetch(stage, link.rpartition("/")[2])


def fetch(stage: SlackRoom, signed: str) -> httpx2.Response:
    return loopback.get(f"{stage.url}/preview/{signed}")


def test_the_button_of_the_form_leads_to_the_pdf(stage: SlackRoom) -> None:
    sally = stage.person(SALLY)
    sally.command("/pay", "INV-1042")
    answer = sally.modal.press("Preview PDF")
    assert answer.ok
    assert answer.url is not None
    assert answer.url.startswith("https://pay.bloom.test/preview/")
    document = fetch(stage, answer.url.rpartition("/")[2])
    assert document.status_code == 200
    assert document.content.startswith(b"%PDF")
    assert b"https://pay.bloom.test/pay/preview" in document.content


def test_a_preview_is_kept_by_nobody(stage: SlackRoom) -> None:
    headers = shown(stage).headers
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == (
        "inline; filename*=UTF-8''Preview%20Bloom%20Wholesale%20Invoice%20INV-1042.pdf"
    )


def test_a_preview_expires_after_ten_minutes(stage: SlackRoom) -> None:
    link = previews.url(stage.desk, SALLY, number="INV-1042", with_link=True)
    stage.room.clock.advance(minutes=11)
    answer = fetch(stage, link.rpartition("/")[2])
    assert answer.status_code == 410
    assert "expired" in answer.text


@pytest.mark.parametrize("signed", ["x", "a.b", "%00", "%F0%9F%8C%B7", "x" * 3000])
def test_a_forged_preview_is_a_friendly_page(stage: SlackRoom, signed: str) -> None:
    answer = fetch(stage, signed)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_a_role_taken_away_closes_the_preview(stage: SlackRoom) -> None:
    with stage.desk.database.writing() as session:
        users.replace_roles(session, SALLY.id, [])
    assert shown(stage).status_code == 403


def test_a_preview_of_nothing_is_not_found(stage: SlackRoom) -> None:
    assert shown(stage, "INV-404").status_code == 404


# -- what was sent ------------------------------------------------------------------------------


def sent(stage: SlackRoom) -> tuple[int, str]:
    """A mail that has left, and the signed part of Sally's link to it."""
    mail = queue_mail(stage.room)
    drain(stage.room)
    link = previews.sent_url(stage.desk, SALLY, delivery_id=mail)
    return mail, link.rpartition("/")[2]


def test_what_was_sent_is_shown_byte_for_byte(stage: SlackRoom) -> None:
    _, signed = sent(stage)
    answer = fetch(stage, signed)
    assert answer.content == pdf(parsed(stage.room.mailer.sent[0]))
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        "inline; filename*=UTF-8''Bloom%20Wholesale%20Invoice%20INV-1042.pdf"
    )
    assert answer.headers["cache-control"] == "no-store"


def test_what_a_colleague_sent_is_not_shown(stage: SlackRoom) -> None:
    mail, _ = sent(stage)
    link = previews.sent_url(stage.desk, CARL, delivery_id=mail)
    assert fetch(stage, link.rpartition("/")[2]).status_code == 403


def test_a_link_to_what_was_sent_expires(stage: SlackRoom) -> None:
    _, signed = sent(stage)
    stage.room.clock.advance(minutes=11)
    assert fetch(stage, signed).status_code == 410


def test_a_forgotten_document_is_a_friendly_page(stage: SlackRoom) -> None:
    _, signed = sent(stage)
    with stage.desk.database.writing() as session:
        documents.forget_before(session, NOW.replace(year=2027))
    answer = fetch(stage, signed)
    assert answer.status_code == 410
    assert "no longer kept" in answer.text
