"""What a person does with a modal or home tab."""

from typing import Any

from bot.sandbox.slack import payloads
from bot.sandbox.slack.completeness import client_errors
from bot.sandbox.slack.composition import OPTION_ANSWER
from bot.sandbox.slack.errors import BadAnswerError, NotOnScreenError
from bot.sandbox.slack.fields import Field, choose, field_named, fields_of, option_named
from bot.sandbox.slack.input_state import FIELDS, initial_state, value_of, with_value
from bot.sandbox.slack.messages import find_button, find_overflow
from bot.sandbox.slack.schema import Place
from bot.sandbox.slack.screen import Screen
from bot.sandbox.slack.submission import Submission, apply_submission, labelled
from bot.sandbox.slack.transport import Answer

JSON = dict[str, Any]
TEXT_KINDS = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
)
PICKED_BY_VALUE = ("datepicker", "timepicker", "datetimepicker")
DIRECTORY_KINDS = ("users", "conversations", "channels")


class Modal(Screen):
    """A view that a person types into, ticks, presses and submits.

    Fields are found by label, options by their text; a beginning is enough if it is unique. Each
    act raises NotOnScreenError if a person could not do it.
    """

    def fill(self, label: str, text: str) -> Answer | None:
        """Type into a text field, replacing what is there; an Answer if the bot is told at once."""
        field = field_named(self._view, label, TEXT_KINDS)
        return self._set(field, text or None)

    def tick(self, option: str) -> Answer | None:
        return self._tick(option, wanted=True)

    def untick(self, option: str) -> Answer | None:
        return self._tick(option, wanted=False)

    def _tick(self, text: str, *, wanted: bool) -> Answer | None:
        boxes = [field for field in fields_of(self._view) if field.kind == "checkboxes"]
        pairs = [(o["text"]["text"], (f, o)) for f in boxes for o in f.options()]
        field, option = choose(pairs, text, what="check box")
        before = value_of(self._view.state[field.key])
        if (option in before) is wanted:
            return None
        after = [o for o in field.options() if (o in before) is not (o == option)]
        return self._set(field, after)

    def pick(self, label: str, choice: str, *, search: str | None = None) -> Answer | None:
        """Choose in a select, radio group or picker; several may be chosen in a multi-select.

        `choice` is an option's text, a date (YYYY-MM-DD), a time (HH:MM), a person's name or a
        "#channel"; in an external select `search` is typed first (default: the choice).
        """
        field = field_named(self._view, label)
        if field.kind in TEXT_KINDS:
            raise NotOnScreenError(f"{label!r} is to be filled, not picked")
        chosen = self._choice(field, label, choice, search)
        if not isinstance(FIELDS[field.kind][2], list):
            return self._set(field, chosen)
        before = value_of(self._view.state[field.key])
        most = field.element.get("max_selected_items")
        if most is not None and len(before) >= most:
            raise NotOnScreenError(f"no more than {most} can be chosen in {label!r}")
        return self._set(field, before if chosen in before else [*before, chosen])

    def _choice(self, field: Field, label: str, choice: str, search: str | None) -> Any:
        if field.kind in PICKED_BY_VALUE:
            return int(choice) if field.kind == "datetimepicker" else choice
        source = field.kind.removeprefix("multi_").partition("_")[0]
        if source in DIRECTORY_KINDS:
            return self._directory_id(source, choice)
        if source == "external":
            return option_named(self.search(label, search or choice), choice)
        return option_named(field.options(), choice)

    def _directory_id(self, source: str, name: str) -> str:
        workspace = self._transport.workspace
        if source == "users" or not name.startswith("#"):
            return choose(((m.name, m.id) for m in workspace.people.values()), name, what="person")
        return workspace.channel(name).id

    def unpick(self, label: str, choice: str | None = None) -> Answer | None:
        """Take one choice (default: all) out of a select."""
        field = field_named(self._view, label)
        held = value_of(self._view.state[field.key])
        if choice is None or not isinstance(held, list):
            return self._set(field, FIELDS[field.kind][2])
        gone = option_named(held, choice)
        return self._set(field, [option for option in held if option != gone])

    def search(self, label: str, typed: str) -> list[JSON]:
        """Type into an external select and return the options that the bot offers.

        BadAnswerError if Slack would show nothing: too slow, malformed, over 100 options.
        """
        field = field_named(self._view, label, ("external_select", "multi_external_select"))
        if len(typed) < field.element.get("min_query_length", 3):
            raise NotOnScreenError(f"{typed!r} is too short: Slack does not ask the bot yet")
        return self.offers(field.block, field.element, typed)

    def offers(self, block: JSON, element: JSON, typed: str) -> list[JSON]:
        """What the bot offers for `typed` in this external select; BadAnswerError as above."""
        request = payloads.suggestion(
            self._transport, self._member, self._view, (block, element), typed
        )
        return offered(self._transport.send_payload(request))

    def _set(self, field: Field, value: Any) -> Answer | None:
        """Change the state, and tell the bot where it listens."""
        self._require_open()
        with self._transport.workspace.lock:
            fresh = initial_state(field.element, None)
            state = self._view.state[field.key] = with_value(fresh, value)
            self._transport.workspace.touch()
        if not field.acts_at_once:
            return None
        return self._act(field.block, field.element, state)

    def press(self, name: str) -> Answer:
        """Press a button by its text or action_id; a link button tells its `url` too."""
        block, button = find_button(self.blocks, name)
        return self._act(block, button, {})

    def choose_overflow(self, choice: str) -> Answer:
        block, menu, option = find_overflow(self.blocks, choice)
        return self._act(block, menu, {"selected_option": option})

    def _act(self, block: JSON, element: JSON, chosen: JSON) -> Answer:
        self._require_open()
        act = payloads.action(block, element, chosen)
        payload = payloads.in_view(self._transport, self._member, self._view, act)
        link = element.get("url") or chosen.get("selected_option", {}).get("url")
        return self._transport.send_payload(payload, link=link)

    def submit(self) -> Submission:
        """Press the submit button and do to the screen what the bot answers."""
        self._require_open()
        if self.submit_text is None:
            raise NotOnScreenError("there is no submit button")
        missing = client_errors(self._view)
        if missing:
            self._view.errors = missing
            return Submission("errors", errors=labelled(self._view, missing))
        payload = payloads.submission(self._transport, self._member, self._view)
        answer = self._transport.send_payload(payload)
        return apply_submission(self._transport.workspace, self._view, answer)

    def close(self) -> Answer | None:
        """Press Cancel or Escape; the bot hears of it if it asked to (notify_on_close)."""
        self._require_open()
        cleared = bool(self._view.view.get("clear_on_close"))
        payload = payloads.closed(self._transport, self._member, self._view, is_cleared=cleared)
        with self._transport.workspace.lock:
            views = self._transport.workspace.views
            views.clear(self._member.id) if cleared else views.close(self._view)
            self._transport.workspace.touch()
        if not self._view.view.get("notify_on_close"):
            return None
        return self._transport.send_payload(payload)

    def _require_open(self) -> None:
        if not self.is_open:
            raise NotOnScreenError("this view is not on the screen any more")


def offered(answer: Answer) -> list[JSON]:
    """The options in the answer to a block_suggestion; BadAnswerError if Slack shows nothing."""
    if answer.trouble is not None:
        raise BadAnswerError(answer.trouble)
    try:
        body = answer.json()
    except ValueError as error:
        raise BadAnswerError(f"not JSON: {answer.body[:200]!r}") from error
    found = OPTION_ANSWER(body, Place("", "modal"))
    if found:
        raise BadAnswerError("; ".join(found))
    groups = body.get("option_groups", [])
    return [*body.get("options", []), *(o for group in groups for o in group["options"])]
