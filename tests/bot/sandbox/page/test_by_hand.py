"""What a person does on the page reaches the bot as Slack would send it."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from bot.sandbox.slack.messages import Content
from tests.bot.sandbox.page.conftest import ANNA, NORA, Sandbox
from tests.bot.sandbox.page.gallery import BUTTON, OVERFLOW, mrkdwn, option, plain
from tests.browsers import NEEDS_CHROMIUM

pytestmark = NEEDS_CHROMIUM
JSON = dict[str, Any]


def view(title: str, *blocks: JSON, **more: Any) -> JSON:
    return {"type": "modal", "title": plain(title), "blocks": list(blocks), **more}


def text_field(block_id: str = "b", **more: Any) -> JSON:
    element = {"type": "plain_text_input", "action_id": "a"}
    block = {"type": "input", "block_id": block_id, "label": plain("Name"), "element": element}
    return {**block, **more}


def show(sandbox: Sandbox, shown: JSON) -> None:
    workspace = sandbox.slack.workspace
    with workspace.lock:
        workspace.views.open(ANNA, shown, None)
        workspace.touch()


def post(sandbox: Sandbox, *blocks: JSON) -> None:
    workspace = sandbox.slack.workspace
    workspace.post(workspace.channel("#payments"), Content("a post", blocks))


def titled(page: Page, title: str) -> Locator:
    return page.get_by_role("dialog", name=title)


def test_a_command_is_hinted_chosen_with_the_keyboard_and_sent(
    sandbox: Sandbox, page: Page
) -> None:
    sandbox.bot.answers["/pay"] = {"text": "Which *invoice*?"}
    box = page.get_by_label("Message or command")
    box.press_sequentially("/pa")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        box.press(key)
    expect(box).to_have_value("/pay invoice ")
    box.press_sequentially("7")
    box.press("Enter")
    expect(page.locator(".whisper")).to_contain_text("Which invoice?")
    sent = sandbox.bot.last("/pay")
    assert (sent["text"], sent["user_id"]) == ("invoice 7", ANNA)
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".whisper")).to_have_count(0)


def test_words_for_the_others_are_no_command(sandbox: Sandbox, page: Page) -> None:
    page.get_by_label("Message or command").fill("Good morning")
    page.keyboard.press("Enter")
    expect(page.locator(".message").last).to_contain_text("Anna Berger")
    assert sandbox.bot.heard == []


def test_a_command_of_nobody_is_refused(sandbox: Sandbox, page: Page) -> None:
    page.get_by_label("Message or command").fill("/remind me")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("/remind is not a command here")
    assert sandbox.bot.heard == []


def test_a_button_with_a_question_does_nothing_until_it_is_confirmed(
    sandbox: Sandbox, page: Page
) -> None:
    post(sandbox, {"type": "actions", "block_id": "x", "elements": [{**BUTTON, "action_id": "d"}]})
    page.get_by_role("button", name="Danger").click()
    titled(page, "Really?").get_by_role("button", name="No").click()
    assert sandbox.bot.heard == []
    page.get_by_role("button", name="Danger").click()
    titled(page, "Really?").get_by_role("button", name="Yes").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    sandbox.slack.workspace.wait_for(lambda: sandbox.bot.heard)
    assert sandbox.bot.last("block_actions")["actions"][0]["action_id"] == "d"


def test_a_menu_tells_what_was_chosen(sandbox: Sandbox, page: Page) -> None:
    menu = {**OVERFLOW, "action_id": "m"}
    post(sandbox, {"type": "section", "text": mrkdwn("Card"), "accessory": menu})
    page.get_by_label("More actions").click()
    page.get_by_role("menuitem", name="Choice 2").click()
    sandbox.slack.workspace.wait_for(lambda: sandbox.bot.heard)
    [action] = sandbox.bot.last("block_actions")["actions"]
    assert action["selected_option"]["value"] == "v2"


def test_what_is_missing_or_wrong_is_said_beside_its_field(sandbox: Sandbox, page: Page) -> None:
    show(sandbox, view("Form", text_field(), submit=plain("Send")))
    expect(titled(page, "Form")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".error")).to_have_text("Please complete this required field.")
    assert sandbox.bot.heard == []
    field = page.get_by_label("Name")
    expect(field).to_be_focused()
    sandbox.bot.answers["view_submission"] = {
        "response_action": "errors",
        "errors": {"b": "Nobody is called that."},
    }
    field.fill("Bob")
    field.press("Enter")
    expect(page.locator(".error")).to_have_text("Nobody is called that.")
    expect(field).to_have_value("Bob")
    assert field.get_attribute("aria-invalid") == "true"
    sandbox.bot.answers.clear()
    field.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_is_being_sent_is_not_closed_before_the_answer(sandbox: Sandbox, page: Page) -> None:
    refused = {"response_action": "errors", "errors": {"b": "Nobody is called that."}}
    sandbox.bot.answers["view_submission"] = refused
    sandbox.bot.seconds = 1
    show(sandbox, view("Form", text_field(), submit=plain("Save")))
    page.get_by_label("Name").fill("Bob")
    page.get_by_role("button", name="Save").click()
    for name in ("Cancel", "Close"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator(".error")).to_have_text("Nobody is called that.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_pushed_view_goes_back_to_what_was_typed(sandbox: Sandbox, page: Page) -> None:
    show(sandbox, view("First", text_field(), submit=plain("Next")))
    page.get_by_label("Name").fill("Rose")
    pushed = view("Second", {"type": "section", "text": mrkdwn("Sure?")})
    sandbox.bot.answers["view_submission"] = {"response_action": "push", "view": pushed}
    page.get_by_role("button", name="Next").click()
    expect(titled(page, "Second")).to_be_visible()
    page.keyboard.press("Escape")
    expect(titled(page, "First").get_by_label("Name")).to_have_value("Rose")


def test_a_view_that_changes_keeps_what_was_typed_and_the_focus(
    sandbox: Sandbox, page: Page
) -> None:
    show(sandbox, view("Form", text_field(), submit=plain("Send")))
    page.get_by_label("Name").fill("Ros")
    more = {"type": "section", "text": mrkdwn("Something new")}
    with sandbox.slack.workspace.lock:
        opened = sandbox.slack.workspace.views.top(ANNA)
        assert opened is not None
        opened.show(view("Form", more, text_field(), submit=plain("Send")))
        sandbox.slack.workspace.touch()
    expect(titled(page, "Form")).to_contain_text("Something new")
    page.keyboard.type("e")
    expect(page.get_by_label("Name")).to_have_value("Rose")


def test_closing_is_told_to_a_bot_that_asked_for_it(sandbox: Sandbox, page: Page) -> None:
    show(sandbox, view("Form", text_field(), submit=plain("Send"), notify_on_close=True))
    expect(titled(page, "Form")).to_be_visible()
    page.keyboard.press("Escape")
    sandbox.slack.workspace.wait_for(lambda: sandbox.bot.heard)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert sandbox.bot.last("view_closed")["is_cleared"] is False


def test_a_search_shows_what_the_bot_offers(sandbox: Sandbox, page: Page) -> None:
    element = {"type": "external_select", "action_id": "a", "min_query_length": 2}
    show(sandbox, view("Form", text_field(element=element), submit=plain("Send")))
    sandbox.bot.answers["block_suggestion"] = {"options": [option(1), option(2)]}
    box = page.get_by_role("combobox", name="Name")
    box.press_sequentially("c")
    expect(page.get_by_text("Type 1 more character")).to_be_visible()
    box.press_sequentially("h")
    expect(page.get_by_role("option", name="Choice 2")).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.locator(".chip")).to_contain_text("Choice 2")
    page.keyboard.press("Control+Enter")
    sandbox.slack.workspace.wait_for(lambda: "view_submission" in str(sandbox.bot.heard))
    values = sandbox.bot.last("view_submission")["view"]["state"]["values"]
    assert values["b"]["a"]["selected_option"]["value"] == "v2"
    assert sandbox.bot.last("block_suggestion")["value"] == "ch"


def test_a_bad_offer_is_refused_as_slack_does(sandbox: Sandbox, page: Page) -> None:
    element = {"type": "external_select", "action_id": "a", "min_query_length": 0}
    show(sandbox, view("Form", text_field(element=element), submit=plain("Send")))
    sandbox.bot.answers["block_suggestion"] = {"options": [option(1), option(1)]}
    page.get_by_role("combobox", name="Name").click()
    expect(page.locator("#notices")).to_contain_text("option values must differ")


def test_a_search_in_a_message_asks_the_bot_too(sandbox: Sandbox, page: Page) -> None:
    element = {"type": "external_select", "action_id": "a", "min_query_length": 0}
    post(sandbox, {"type": "actions", "block_id": "b", "elements": [element]})
    sandbox.bot.answers["block_suggestion"] = {"options": [option(1), option(2)]}
    page.locator("#messages").get_by_role("combobox").click()
    page.get_by_role("option", name="Choice 2").click()
    sandbox.slack.workspace.wait_for(lambda: "block_actions" in str(sandbox.bot.heard))
    [action] = sandbox.bot.last("block_actions")["actions"]
    assert action["selected_option"]["value"] == "v2"
    assert sandbox.bot.last("block_suggestion")["container"]["type"] == "message"


def test_what_somebody_else_types_into_the_same_form_is_seen(sandbox: Sandbox, page: Page) -> None:
    show(sandbox, view("Form", text_field(), submit=plain("Send")))
    expect(titled(page, "Form")).to_be_visible()
    sandbox.slack.person(ANNA).modal.fill("Name", "Typed by the tour")
    expect(page.get_by_label("Name")).to_have_value("Typed by the tour")


def test_shortcuts_are_those_of_the_manifest(sandbox: Sandbox, page: Page) -> None:
    post(sandbox, {"type": "section", "text": mrkdwn("INV-7")})
    page.get_by_label("Shortcuts").click()
    page.get_by_role("button", name="Send an invoice").click()
    page.locator(".message").first.hover()
    page.get_by_role("button", name="Find number").click()
    sandbox.slack.workspace.wait_for(lambda: len(sandbox.bot.heard) == 2)
    assert sandbox.bot.last("shortcut")["callback_id"] == "g"
    assert sandbox.bot.last("message_action")["message"]["text"] == "a post"


def test_what_is_new_elsewhere_is_marked_until_it_is_read(sandbox: Sandbox, page: Page) -> None:
    workspace = sandbox.slack.workspace
    workspace.post(workspace.direct_messages(ANNA), Content("for you"))
    workspace.post(workspace.direct_messages(NORA), Content("for somebody else"))
    direct = page.get_by_role("button", name="Payment Links")
    expect(direct).to_contain_text("1")
    direct.click()
    expect(page.locator(".message")).to_contain_text("for you")
    expect(page.locator("#channels .count")).to_have_count(0)


def test_a_thread_is_read_and_answered_beside_its_message(sandbox: Sandbox, page: Page) -> None:
    workspace = sandbox.slack.workspace
    channel = workspace.channel("#payments")
    parent = workspace.post(channel, Content("a card"))
    workspace.post(channel, Content("its news"), thread_ts=parent.ts)
    page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("its news")
    thread.get_by_label("Reply").fill("Thank you")
    page.keyboard.press("Enter")
    expect(thread.locator(".message")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(thread).to_be_hidden()
    expect(page.get_by_role("button", name="2 replies")).to_be_focused()


def test_why_slack_refuses_is_told_and_stands_in_the_strip(sandbox: Sandbox, page: Page) -> None:
    bad = {"channel": "#payments", "text": "x", "blocks": [{"type": "header"}]}
    page.request.post(
        f"{sandbox.slack.api_url}chat.postMessage",
        data=bad,
        headers={"Authorization": f"Bearer {sandbox.slack.bot_token}"},
    )
    expect(page.locator("#notices")).to_contain_text("missing required field: text")
    page.get_by_role("tab", name="Requests").click()
    refused = page.locator(".exchange.refused").first
    refused.locator("summary").click()
    expect(refused.locator("pre").first).to_contain_text('"type": "header"')


def test_a_bot_that_fails_is_shown_as_slack_would(sandbox: Sandbox, page: Page) -> None:
    sandbox.slack.events_url = f"{sandbox.url}/nothing/here"
    page.get_by_label("Message or command").fill("/pay")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("dispatch_failed")
