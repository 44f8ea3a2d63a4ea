"""What the stand-in accepts is drawn, safely, and nothing of it is out of anybody's reach."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.sandbox.slack.block_kinds import CHILDREN
from bot.sandbox.slack.element_kinds import INPUT_ELEMENTS, INTERACTIVE
from bot.sandbox.slack.messages import Content
from tests.bot.sandbox.page import gallery
from tests.bot.sandbox.page.conftest import ANNA, Sandbox
from tests.browsers import NEEDS_CHROMIUM, accessibility_faults

pytestmark = NEEDS_CHROMIUM
Evaluate = Callable[[str, str], Any]


def test_every_kind_of_block_and_element_has_a_drawing(evaluate: Evaluate) -> None:
    blocks = evaluate("blocks", "Object.keys(m.BLOCKS)")
    elements = evaluate("elements", "Object.keys(m.ELEMENTS)")
    makers = evaluate("controls", "Object.keys(m.MAKERS)")
    assert set(blocks) == {*CHILDREN, "container"}
    assert {*elements, *makers} >= {*INTERACTIVE, *INPUT_ELEMENTS}


def test_one_of_everything_in_messages_is_accessible(sandbox: Sandbox, page: Page) -> None:
    channel = sandbox.slack.workspace.channel("#payments")
    for blocks in gallery.messages():
        sandbox.slack.workspace.post(channel, Content("one of everything", tuple(blocks)))
    expect(page.get_by_text("Who owes")).to_be_visible()
    assert page.get_by_text("cannot draw").count() == 0
    assert accessibility_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_one_of_everything_in_a_modal_is_accessible(sandbox: Sandbox, page: Page) -> None:
    with sandbox.slack.workspace.lock:
        sandbox.slack.workspace.views.open(ANNA, gallery.modal(), None)
        sandbox.slack.workspace.touch()
    expect(page.get_by_role("dialog")).to_contain_text("Label of datetimepicker")
    assert page.get_by_text("cannot draw").count() == 0
    assert accessibility_faults(page) == []


def test_one_of_everything_at_home_is_accessible(sandbox: Sandbox, page: Page) -> None:
    with sandbox.slack.workspace.lock:
        sandbox.slack.workspace.views.publish(ANNA, gallery.home())
        sandbox.slack.workspace.touch()
    page.get_by_role("button", name="App home").click()
    expect(page.get_by_text("A header")).to_be_visible()
    assert accessibility_faults(page) == []
    assert sandbox.bot.last("event_callback")["event"]["type"] == "app_home_opened"


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("*bold* and _it_ and ~gone~", "<strong>bold</strong> and <em>it</em> and <s>gone</s>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("`*as typed*`", "<code>*as typed*</code>"),
        ("```a\nb```", "<pre>a\nb</pre>"),
        ("&gt; quoted\nnot", "<blockquote>quoted</blockquote>not"),
        ("a &lt;b&gt; &amp;amp;", "a &lt;b&gt; &amp;amp;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<javascript:alert(1)|click>", "&lt;javascript:alert(1)|click&gt;"),
        ("<@U1> paid", '<span class="mention">@Anna</span> paid'),
        ("in <#C1>", 'in <span class="mention">#pay</span>'),
        ("<!date^0^{date_num}|fallback>", "<time>1970-01-01</time>"),
        (":tulip: :unknown:", "🌷 :unknown:"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("*no end", "*no end"),
    ],
)
def test_mrkdwn_is_drawn_as_slack_does(page: Page, said: str, drawn: str) -> None:
    script = """said => import('/static/js/mrkdwn.js').then(m => {
        const box = document.createElement('div');
        box.append(...m.mrkdwn(said, {U1: 'Anna', C1: 'pay'}));
        return box.innerHTML;
    })"""
    assert page.evaluate(script, said) == drawn


def test_a_link_opens_elsewhere_and_tells_nothing(page: Page) -> None:
    script = """() => import('/static/js/mrkdwn.js').then(m => {
        const [a] = m.mrkdwn('<https://example.test/?a=1&amp;b=2|here>');
        return [a.href, a.target, a.rel, a.textContent];
    })"""
    expected = ["https://example.test/?a=1&b=2", "_blank", "noopener noreferrer", "here"]
    assert page.evaluate(script) == expected
