"""The Block Kit linter: one case for each thing that Slack refuses."""

from typing import Any

import pytest

from bot.sandbox.slack.blocks import refusals

JSON = dict[str, Any]


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> JSON:
    return {"type": "mrkdwn", "text": text}


def option(text: str = "Rose", value: str = "rose", **extra: Any) -> JSON:
    return {"text": plain(text), "value": value, **extra}


def section(text: str = "Hello", **extra: Any) -> JSON:
    return {"type": "section", "text": mrkdwn(text), **extra}


def button(text: str = "Undo", **extra: Any) -> JSON:
    return {"type": "button", "text": plain(text), **extra}


def actions(*elements: JSON, **extra: Any) -> JSON:
    return {"type": "actions", "elements": list(elements), **extra}


def entry(element: JSON, **extra: Any) -> JSON:
    return {"type": "input", "label": plain("Label"), "element": element, **extra}


def boxes(count: int, **extra: Any) -> JSON:
    offered = [option(f"Rose {n}", f"r{n}") for n in range(count)]
    return {"type": "checkboxes", "options": offered, **extra}


def select(*options: JSON, **extra: Any) -> JSON:
    return {"type": "static_select", "options": list(options or [option()]), **extra}


def table(*rows: list[str], **extra: Any) -> JSON:
    cells = [[{"type": "raw_text", "text": text} for text in row] for row in rows]
    return {"type": "table", "rows": cells, **extra}


def message(*blocks: Any, **extra: Any) -> JSON:
    return {"text": "Hello", "blocks": list(blocks), **extra}


def modal(*blocks: Any, **extra: Any) -> JSON:
    return {"type": "modal", "title": plain("Send"), "submit": plain("Send"), **extra} | {
        "blocks": list(blocks)
    }


TEXT_INPUT: JSON = {"type": "plain_text_input", "action_id": "a"}
MARKED = {"text": mrkdwn("*Rose*"), "value": "rose"}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [{"type": "text", "text": "paid", "style": {"bold": True}}],
        }
    ],
}
GROUPED = {
    "type": "static_select",
    "option_groups": [{"label": plain("Reds"), "options": [option()]}],
    "initial_option": option(),
}
NUMBER = {"type": "number_input", "is_decimal_allowed": True, "initial_value": "12.50"}
DATA_TABLE: JSON = table(["Name"], ["Rose"]) | {"type": "data_table", "caption": "Failed"}

GOOD_MESSAGES = {
    "text alone": {"text": "Paid"},
    "section with button": message(section(accessory=button(action_id="go", value="7"))),
    "fields": message({"type": "section", "fields": [mrkdwn("*Due*"), plain("14 Mar")]}),
    "header, context, divider": message(
        {"type": "header", "text": plain("Paid")},
        {"type": "context", "elements": [mrkdwn("by Iris")]},
        {"type": "divider"},
    ),
    "buttons and menu": message(
        actions(
            button(action_id="a", url="https://a.test", style="primary"),
            {"type": "overflow", "action_id": "b", "options": [option(url="https://b.test")]},
        )
    ),
    "same action_id in two blocks": message(
        actions(button(action_id="a")), actions(button(action_id="a"))
    ),
    "table": message(table(["Invoice", "Due"], ["INV-1", "USD 5.00"])),
    "data table": message(DATA_TABLE | {"page_size": 5}),
    "rich text": message(RICH),
    "posted with its channel": message(section(), channel="C1", thread_ts="1.1", metadata={}),
    "card": message({"type": "carousel", "elements": [{"type": "card", "title": plain("Rose")}]}),
}
GOOD_MODALS = {
    "text input": modal(entry(TEXT_INPUT, hint=plain("one per line"), optional=True)),
    "check boxes, ticked": modal(entry(boxes(10, initial_options=boxes(10)["options"][:2]))),
    "check boxes with mrkdwn": modal(entry({"type": "checkboxes", "options": [MARKED]})),
    "grouped select": modal(entry(GROUPED)),
    "external select": modal(entry({"type": "external_select", "min_query_length": 1})),
    "number and date": modal(
        entry(NUMBER), entry({"type": "datepicker", "initial_date": "2026-03-14"})
    ),
    "alert": modal({"type": "alert", "text": plain("Links are off"), "level": "warning"}),
    "no input needs no submit": {"type": "modal", "title": plain("Help"), "blocks": [section()]},
    "e-mail input": modal(entry({"type": "email_text_input"})),
}


@pytest.mark.parametrize("payload", GOOD_MESSAGES.values(), ids=GOOD_MESSAGES.keys())
def test_a_good_message_passes(payload: JSON) -> None:
    assert refusals(payload, surface="message") == []


@pytest.mark.parametrize("payload", GOOD_MODALS.values(), ids=GOOD_MODALS.keys())
def test_a_good_modal_passes(payload: JSON) -> None:
    assert refusals(payload, surface="modal") == []


def test_a_good_home_tab_passes() -> None:
    assert (
        refusals({"type": "home", "blocks": [section(), actions(button())]}, surface="home") == []
    )


BAD_MESSAGES: dict[str, tuple[JSON, str]] = {
    "no text": ({"blocks": [section()]}, "missing required field: text"),
    "blank text": (message(section(), text="  "), "/text"),
    "51 blocks": (message(*[{"type": "divider"}] * 51), "no more than 50 items"),
    "block is null": (message(None), "/blocks/0"),
    "unknown block": (message({"type": "sektion"}), "unsupported type: 'sektion'"),
    "unknown key": (message(section(colour="red")), "invalid additional property: colour"),
    "unknown top-level key": (message(section(), blcks=[]), "blcks"),
    "section without text": (message({"type": "section"}), "needs text or fields"),
    "section text empty": (message(section("")), "more than 0 characters"),
    "section text 3001": (message(section("a" * 3001)), "less than 3001"),
    "11 fields": (message({"type": "section", "fields": [plain("a")] * 11}), "no more than 10"),
    "field 2001": (message({"type": "section", "fields": [plain("a" * 2001)]}), "/fields/0/text"),
    "text is a string": (message(section() | {"text": "Hello"}), "/blocks/0/text"),
    "text object of unknown type": (
        message(section() | {"text": {"type": "markdown", "text": "a"}}),
        "markdown",
    ),
    "mrkdwn with emoji": (message(section() | {"text": mrkdwn("a") | {"emoji": True}}), "emoji"),
    "header in mrkdwn": (message({"type": "header", "text": mrkdwn("Paid")}), "'mrkdwn'"),
    "header 151": (message({"type": "header", "text": plain("a" * 151)}), "less than 151"),
    "26 buttons": (message(actions(*[button()] * 26)), "no more than 25"),
    "no buttons": (message(actions()), "no fewer than 1"),
    "button text 76": (message(actions(button("a" * 76))), "less than 76"),
    "button text mrkdwn": (message(actions(button() | {"text": mrkdwn("a")})), "'mrkdwn'"),
    "button value 2001": (message(actions(button(value="a" * 2001))), "less than 2001"),
    "button url 3001": (message(actions(button(url="https://a.test/" + "a" * 3000))), "/url"),
    "button url without scheme": (message(actions(button(url="a.test"))), "/url"),
    "button style": (message(actions(button(style="green"))), "primary, danger"),
    "button label 76": (message(actions(button(accessibility_label="a" * 76))), "less than 76"),
    "action_id 256": (message(actions(button(action_id="a" * 256))), "less than 256"),
    "action_id twice": (
        message(actions(button(action_id="a"), button(action_id="a"))),
        "action_id 'a'",
    ),
    "block_id 256": (message(section(block_id="a" * 256)), "less than 256"),
    "block_id twice": (message(section(block_id="a"), section(block_id="a")), "block_id 'a'"),
    "11 context elements": (
        message({"type": "context", "elements": [plain("a")] * 11}),
        "no more than 10",
    ),
    "button in context": (message({"type": "context", "elements": [button()]}), "'button'"),
    "6 menu entries": (
        message(actions({"type": "overflow", "options": [option(value=str(n)) for n in range(6)]})),
        "no more than 5",
    ),
    "text input in actions": (message(actions(TEXT_INPUT)), "'plain_text_input'"),
    "multi-select in actions": (
        message(actions({"type": "multi_external_select"})),
        "not supported inside actions",
    ),
    "image without alt text": (
        message({"type": "image", "image_url": "https://a.test/a.png"}),
        "alt_text",
    ),
    "alert in a message": (
        message({"type": "alert", "text": plain("a")}),
        "not supported in a message",
    ),
    "two tables": (message(table(["a"]), table(["a"])), "only_one_table_allowed"),
    "ragged table": (message(table(["a", "b"], ["a"])), "same length"),
    "empty cell": (message(table(["a", ""])), "/rows/0/1/text"),
    "101 rows": (message(table(*[["a"]] * 101)), "no more than 100"),
    "21 columns": (message(table(["a"] * 21)), "no more than 20"),
    "data table without caption": (
        message({k: v for k, v in DATA_TABLE.items() if k != "caption"}),
        "caption",
    ),
    "text over the budget": (message(*[section("a" * 2800)] * 4), "msg_blocks_too_long"),
    "confirm without deny": (
        message(
            actions(
                button(confirm={"title": plain("a"), "text": plain("a"), "confirm": plain("a")})
            )
        ),
        "deny",
    ),
    "style in rich text": (
        message(
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [{"type": "text", "text": "a", "style": "bold"}],
                    }
                ],
            }
        ),
        "/style",
    ),
}
BAD_MODALS: dict[str, tuple[JSON, str]] = {
    "no title": ({"type": "modal", "blocks": [section()]}, "title"),
    "title 25": (modal(section(), title=plain("a" * 25)), "less than 25"),
    "title mrkdwn": (modal(section(), title=mrkdwn("a")), "/title"),
    "submit 25": (modal(section(), submit=plain("a" * 25)), "/submit"),
    "close 25": (modal(section(), close=plain("a" * 25)), "/close"),
    "not a modal": (modal(section(), type="home"), "/type"),
    "unknown key": (modal(section(), notify=True), "notify"),
    "101 blocks": (modal(*[section()] * 101), "no more than 100"),
    "no blocks": (modal(), "no fewer than 1"),
    "private_metadata 3001": (modal(section(), private_metadata="a" * 3001), "less than 3001"),
    "callback_id 256": (modal(section(), callback_id="a" * 256), "less than 256"),
    "input without submit": (
        {"type": "modal", "title": plain("a"), "blocks": [entry(TEXT_INPUT)]},
        "submit",
    ),
    "view too large": (modal(*[section("ä" * 1500)] * 90), "view_too_large"),
    "label mrkdwn": (modal(entry(TEXT_INPUT) | {"label": mrkdwn("a")}), "/label"),
    "no label": (modal({"type": "input", "element": TEXT_INPUT}), "label"),
    "button as input": (modal(entry(button())), "'button'"),
    "11 check boxes": (modal(entry(boxes(11))), "no more than 10"),
    "ticked is not an option": (
        modal(entry(boxes(2, initial_options=[option("Tulip", "t")]))),
        "not among the options",
    ),
    "ticked differs in its text": (
        modal(entry(boxes(2, initial_options=[option("Rose", "r0")]))),
        "not among the options",
    ),
    "nothing ticked as empty list": (modal(entry(boxes(2, initial_options=[]))), "no fewer than 1"),
    "11 radio buttons": (modal(entry(boxes(11) | {"type": "radio_buttons"})), "no more than 10"),
    "101 options": (
        modal(entry(select(*[option(value=str(n)) for n in range(101)]))),
        "no more than 100",
    ),
    "no options": (modal(entry({"type": "static_select", "options": []})), "no fewer than 1"),
    "options and groups": (modal(entry(GROUPED | {"options": [option()]})), "exactly one of"),
    "option text 76": (modal(entry(select(option("a" * 76)))), "less than 76"),
    "option value 151": (modal(entry(select(option(value="a" * 151)))), "less than 151"),
    "option value twice": (modal(entry(select(option(), option("Rosa")))), "must differ"),
    "option description 76": (
        modal(entry(select(option(description=plain("a" * 76))))),
        "/description",
    ),
    "option mrkdwn in select": (modal(entry(select(MARKED))), "'mrkdwn'"),
    "placeholder 151": (
        modal(entry(TEXT_INPUT | {"placeholder": plain("a" * 151)})),
        "less than 151",
    ),
    "initial_value 3001": (
        modal(entry(TEXT_INPUT | {"initial_value": "a" * 3001})),
        "less than 3001",
    ),
    "initial_value over max_length": (
        modal(entry(TEXT_INPUT | {"max_length": 3, "initial_value": "four"})),
        "/initial_value",
    ),
    "number without decimal choice": (modal(entry({"type": "number_input"})), "is_decimal_allowed"),
    "number as a number": (modal(entry(NUMBER | {"initial_value": 12})), "must be a string"),
    "date in another form": (
        modal(entry({"type": "datepicker", "initial_date": "14.03.2026"})),
        "/initial_date",
    ),
    "two in focus": (
        modal(*[entry({"type": "plain_text_input", "focus_on_load": True})] * 2),
        "focus_on_load",
    ),
    "table in a modal": (modal(table(["a"])), "not supported in a modal"),
    "card in a modal": (modal({"type": "card", "title": plain("a")}), "not supported in a modal"),
    "alert 201": (modal({"type": "alert", "text": plain("a" * 201)}), "less than 201"),
    "optional as text": (modal(entry(TEXT_INPUT, optional="true")), "must be a boolean"),
}


@pytest.mark.parametrize(("payload", "sentence"), BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
def test_a_bad_message_is_refused(payload: JSON, sentence: str) -> None:
    assert sentence in "\n".join(refusals(payload, surface="message"))


@pytest.mark.parametrize(("payload", "sentence"), BAD_MODALS.values(), ids=BAD_MODALS.keys())
def test_a_bad_modal_is_refused(payload: JSON, sentence: str) -> None:
    assert sentence in "\n".join(refusals(payload, surface="modal"))


@pytest.mark.parametrize("kind", ["email_text_input", "file_input", "url_text_input"])
def test_a_home_tab_refuses_inputs_that_only_modals_have(kind: str) -> None:
    home = {"type": "home", "blocks": [entry({"type": kind})]}
    assert "not supported in a home" in "\n".join(refusals(home, surface="home"))


def test_a_refusal_points_at_its_place() -> None:
    found = refusals(message(section(), actions(button("a" * 76))), surface="message")
    (sentence,) = found
    assert sentence.startswith("[ERROR] must be less than 76 characters, is 76")
    assert sentence.endswith("[json-pointer:/blocks/1/elements/0/text/text]")


def test_all_refusals_are_told_at_once() -> None:
    found = refusals(modal(section(""), section(""), title=plain("a" * 25)), surface="modal")
    assert len(found) == 3
