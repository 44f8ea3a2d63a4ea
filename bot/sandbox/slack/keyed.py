"""A modal or home tab whose elements are named by block_id and action_id, as on a drawn page."""

from typing import Any

from bot.sandbox.slack.blocks import elements_of
from bot.sandbox.slack.errors import NotOnScreenError
from bot.sandbox.slack.fields import Field, fields_of
from bot.sandbox.slack.input_state import initial_state, with_value
from bot.sandbox.slack.messages import elements_in
from bot.sandbox.slack.modal import Modal
from bot.sandbox.slack.transport import Answer

JSON = dict[str, Any]
Key = tuple[str, str]  # block_id, action_id


class KeyedModal(Modal):
    """The same acts as `Modal` has, without looking for labels."""

    def hold(self, values: dict[str, dict[str, Any]]) -> None:
        """What was typed and chosen so far, by block_id and action_id; the bot is told nothing.

        Fields that are gone by now are passed over, as the screen may be older than the view.
        """
        with self._transport.workspace.lock:
            for field in fields_of(self._view):
                block_id, action_id = field.key
                if action_id in values.get(block_id, {}):
                    self._hold(field, values[block_id][action_id])

    def _hold(self, field: Field, value: Any) -> None:
        if field.options() and not _offered(field, value):
            raise NotOnScreenError(f"{value!r} is not offered in {field.label!r}")
        fresh = initial_state(field.element, None)
        self._view.state[field.key] = with_value(fresh, value)

    def tell(self, key: Key, chosen: JSON | None = None) -> Answer:
        """Press the element, or tell the bot what it holds; `chosen` is an overflow's option."""
        self._require_open()
        block, element = element_at(self.blocks, key)
        held = self._view.state.get(key, {}) if chosen is None else {"selected_option": chosen}
        return self._act(block, element, held)

    def suggestions(self, key: Key, typed: str) -> list[JSON]:
        """The options that the bot offers for what was typed into an external select."""
        self._require_open()
        block, element = element_at(self.blocks, key)
        return self.offers(block, element, typed)


def element_at(blocks: list[JSON], key: Key) -> tuple[JSON, JSON]:
    """The element with this block_id and action_id; NotOnScreenError if it is gone."""
    for block in blocks:
        for element in elements_of(block):
            if (block.get("block_id"), element.get("action_id")) == key:
                return block, element
    return _deeper(blocks, key)


def _deeper(blocks: list[JSON], key: Key) -> tuple[JSON, JSON]:
    """Buttons of cards and of containers."""
    for block, element in elements_in(blocks, "button"):
        if (block.get("block_id"), element.get("action_id")) == key:
            return block, element
    raise NotOnScreenError("this is not on the screen any more")


def _offered(field: Field, value: Any) -> bool:
    chosen = value if isinstance(value, list) else [] if value is None else [value]
    return all(option in field.options() for option in chosen)
