"""The linter has an answer to any JSON at all."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.slack.block_kinds import CHILDREN as BLOCKS
from bot.sandbox.slack.blocks import refusals
from bot.sandbox.slack.schema import Surface

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(sorted(BLOCKS)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("type", "text", "blocks", "elements", "element", "rows", "options")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None, max_examples=150)
@given(block=ANYTHING, surface=st.sampled_from(("message", "modal", "home")))
def test_the_linter_answers_whatever_it_is_given(block: Any, surface: Surface) -> None:
    assert all(sentence.startswith("[ERROR]") for sentence in refusals(block, surface=surface))
    assert refusals({"text": "a", "blocks": [block]}, surface=surface) is not None
