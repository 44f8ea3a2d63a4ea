"""Names, addresses and file names from people: none can add a header or a recipient."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from commands.deliver.addresses import BadAddress, mailbox, on_the_wire
from commands.deliver.letter import Letter
from commands.deliver.mime import Heading, build
from commands.pdf_files import PdfFile, file_name
from renderers.documents import EmailContent
from tests.builders import NOW

NASTY = [
    "Rose, Inc",
    "Rose <evil@x.test>",
    'Rose "the" Queen',
    "Rose\r\nBcc: evil@x.test",
    "Rose\nBcc: evil@x.test",
    "Rose\u2028Bcc: evil@x.test",
    "Rose\u2029Bcc: evil@x.test",
    "Rose\x85Bcc: evil@x.test",
    "Rose\x0bBcc: evil@x.test",
    "Rose\x00Bcc: evil@x.test",
    "Rose\x1b[31m",
    "Blüten, Gärten & Söhne (Großhandel) <blüten@x.test>",
    "花卉批发有限公司, 上海",
    "=?utf-8?q?Rose?= <evil@x.test>",
    "Rose\\",
    "Rose; evil@x.test",
    "Blüten " * 30,
    "\u202eesoR",
]


def composed(
    company: str = "Bloom",
    subject: str = "Hello",
    recipients: tuple[str, ...] = ("ap@iris.test", "boss@iris.test"),
    title: str = "Bloom Invoice 1",
) -> EmailMessage:
    letter = Letter(
        EmailContent(subject, "<html><body><p>Hello</p></body></html>", "Hello"),
        reply_to="sally@bloom.test",
        attachments=(PdfFile(file_name(title), b"%PDF-1.7"),),
    )
    heading = Heading(
        company, "billing@bloom.test", "", recipients, "<1@bloom.test>", NOW, trial_to=""
    )
    message = message_from_bytes(build(letter, heading), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def spec(message: EmailMessage, header: str) -> list[str]:
    return [address.addr_spec for address in message[header].addresses]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_cannot_become_a_header_or_an_address(name: str) -> None:
    message = composed(company=name)
    assert spec(message, "From") == ["billing@bloom.test"]
    assert spec(message, "To") == ["ap@iris.test", "boss@iris.test"]
    assert message["Bcc"] is None
    assert len(message.defects) == 0


@pytest.mark.parametrize("subject", NASTY)
def test_a_subject_stays_one_header(subject: str) -> None:
    message = composed(subject=subject)
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    assert spec(message, "To") == ["ap@iris.test", "boss@iris.test"]


def test_a_long_list_of_recipients_survives_folding() -> None:
    many = tuple(
        f"accounts.payable.department.{n}@a-rather-long-domain-{n}.test" for n in range(60)
    )
    assert spec(composed(recipients=many), "To") == list(many)


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("ap@iris.test", "ap@iris.test"),
        ("ap@blüten.example", "ap@xn--blten-lva.example"),
        ("ap@straße.example", "ap@xn--strae-oqa.example"),
        ("AP@IRIS.test", "AP@iris.test"),
        ("a+b.c_d'e@iris.test", "a+b.c_d'e@iris.test"),
    ],
)
def test_domains_go_out_as_a_labels(address: str, wire: str) -> None:
    assert on_the_wire(address) == wire
    assert spec(composed(recipients=(address,)), "To") == [wire]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b.test",
        "a@",
        "a@b.test, evil@x.test",
        "a@b.test evil@x.test",
        "a b@b.test",
        "a@b.test\r\nRCPT TO:<evil@x.test>",
        "a\r\n@b.test",
        "a@b..test",
        "jörg@b.test",
        "a@b.test>",
        "<a@b.test>",
        "a\x00@b.test",
        "a@b\u2028.test",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        mailbox(address)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Bloom Invoice INV-1042", "Bloom Invoice INV-1042.pdf"),
        ("A/B\\C Invoice 1", "A B C Invoice 1.pdf"),
        ('Rose "Q" Invoice\r\nX: 1', "Rose Q Invoice X 1.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ("Blüten Invoice 1", "Blüten Invoice 1.pdf"),
        ("...", "Document.pdf"),
    ],
)
def test_a_file_name_is_safe_everywhere(title: str, name: str) -> None:
    assert file_name(title) == name
    (part,) = composed(title=title).iter_attachments()
    assert part.get_filename() == name


def test_every_line_is_seven_bit_and_short_enough() -> None:
    letter = Letter(EmailContent("ü" * 200, "<p>" + "ü" * 5000 + "</p>", "ü" * 5000))
    heading = Heading("Blüten", "a@b.test", "", ("c@d.test",), "<1@b.test>", NOW)
    lines = build(letter, heading).split(b"\r\n")
    assert max(len(line) for line in lines) <= 998
    assert all(line.isascii() for line in lines)


def test_a_long_message_id_is_written_as_it_is() -> None:
    message_id = f"<{'1' * 40}@{'mail.' * 12}bloom.test>"
    letter = Letter(EmailContent("Hi", "<p>Hi</p>", "Hi"))
    heading = Heading("Bloom", "a@b.test", "", ("c@d.test",), message_id, NOW)
    assert f"Message-ID: {message_id}".encode() in build(letter, heading).replace(b"\r\n ", b" ")
