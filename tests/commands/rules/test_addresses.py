import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.rules import addresses
from commands.rules.addresses import BadAddress


@pytest.mark.parametrize(
    ("typed", "good"),
    [
        ("a@b.test", ["a@b.test"]),
        ("a@b.test, c@d.test", ["a@b.test", "c@d.test"]),
        ("a@b.test;c@d.test", ["a@b.test", "c@d.test"]),
        ("a@b.test\r\nc@d.test\n\n", ["a@b.test", "c@d.test"]),
        ("a@b.test c@d.test", ["a@b.test", "c@d.test"]),
        ("Iris Vale <a@b.test>", ["a@b.test"]),
        ('"Vale, Iris" <a@b.test>, c@d.test', ["a@b.test", "c@d.test"]),
        ("Iris <a@b.test> Ben <c@d.test>", ["a@b.test", "c@d.test"]),
        ("<mailto:a@b.test|a@b.test>", ["a@b.test"]),
        ("A@b.test, a@B.test, a@b.test", ["A@b.test"]),
        ("x@münchen.de", ["x@xn--mnchen-3ya.de"]),
        ("o'neil+invoices@b.co.uk", ["o'neil+invoices@b.co.uk"]),
        ("root@localhost, ap@mail.local", ["root@localhost", "ap@mail.local"]),
        ("", []),
        (" ,;\n ", []),
    ],
)
def test_addresses_are_read_as_people_type_them(typed: str, good: list[str]) -> None:
    read = addresses.read(typed)
    assert (list(read.good), read.bad) == (good, ())


@pytest.mark.parametrize(
    "typed",
    [
        "iris",
        "iris@",
        "@b.test",
        "a@@b.test",
        "a..b@c.test",
        "a@b",
        "a@[127.0.0.1]",
        "ünal@b.test",
        "a@b.test\x00",
        "a\u200b@b.test",
        "a@b_c.test",
        "<>@b.test",
        f"{'a' * 65}@b.test",
        f"a@{'b' * 250}.test",
    ],
)
def test_what_is_no_address_is_named_with_a_reason(typed: str) -> None:
    read = addresses.read(typed)
    assert read.bad
    assert all(word and why for word, why in read.bad)


def test_every_bad_word_is_named_and_the_good_ones_are_kept() -> None:
    read = addresses.read("good@b.test, bad1, Iris <bad2>, other@c.test")
    assert read.good == ("good@b.test", "other@c.test")
    assert [word for word, _ in read.bad] == ["bad1", "bad2"]


def test_words_without_any_address_among_them_are_one_mistake() -> None:
    read = addresses.read("ap@iris.test, not an address; b@iris.test")
    assert read.good == ("ap@iris.test", "b@iris.test")
    assert [word for word, _ in read.bad] == ["not an address"]


def test_a_header_smuggled_in_on_a_new_line_becomes_no_header() -> None:
    read = addresses.read("a@b.test\r\nBcc: spy@evil.test")
    assert [word for word, _ in read.bad] == ["Bcc:"]
    with pytest.raises(BadAddress):
        addresses.usable("a@b.test\r\nBcc: spy@evil.test")


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("Bcc: spy@evil.test", "Bcc: "),
        ("bad1", "bad1: "),
        ("x" * 70, "x" * 59 + "…: "),
        (":", ":: "),
    ],
)
def test_a_mistake_is_named_before_one_colon(typed: str, begins: str) -> None:
    said = addresses.read(typed).mistakes
    assert said.startswith(begins)
    assert said.count("::") == (typed == ":")
    assert said.endswith(".")


def test_every_mistake_is_a_sentence_of_one_text() -> None:
    said = addresses.read("bad1, a\u200b@b.test, good@b.test").mistakes
    assert [part.split()[0] for part in said.split(". ")] == ["bad1:", "a\u200b@b.test:"]
    assert addresses.read("good@b.test").mistakes == ""


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_only_plain_usable_addresses(typed: str) -> None:
    for address in addresses.read(typed).good:
        assert re.fullmatch(r"[!-~]+@[!-~]+", address)
        assert addresses.usable(address) == address
