"""The controls as a page presses them."""

from typing import Any

import httpx2
import pytest
import stripe

from bot.sandbox.stripe.controls import ACTS
from bot.sandbox.stripe.sandbox import StripeSandbox

Till = Any  # the fixtures' own type; conftest modules are not imported


class Buttons:
    def __init__(self, gateway: StripeSandbox, browser: httpx2.Client) -> None:
        self._url = f"{gateway.api_base}/_control"
        self._browser = browser

    def press(self, act: str, **fields: str) -> Any:
        answer = self._browser.post(f"{self._url}/{act}", data=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()["done"]

    def refused(self, act: str, **fields: str) -> str:
        answer = self._browser.post(f"{self._url}/{act}", data=fields)
        assert answer.status_code in {400, 404}
        return str(answer.json()["error"])

    def state(self) -> Any:
        return self._browser.get(f"{self._url}/state").json()


@pytest.fixture
def buttons(gateway: StripeSandbox, browser: httpx2.Client) -> Buttons:
    return Buttons(gateway, browser)


def test_a_card_payment_its_refund_and_its_dispute_by_button(buttons: Buttons, till: Till) -> None:
    session = buttons.press("pay", session_id=till.open().id, method="card")
    buttons.press("refund", id=session["payment_intent"], amount="500")
    dispute = buttons.press("dispute", id=session["id"], reason="duplicate")

    assert buttons.press("win_dispute", id=dispute["id"])["status"] == "won"
    assert buttons.state()["captured"] == {"usd": 12_000}


def test_a_lost_dispute_by_button(buttons: Buttons, till: Till) -> None:
    session = buttons.press("pay", session_id=till.open().id)
    dispute = buttons.press("dispute", id=session["id"])

    assert buttons.press("lose_dispute", id=dispute["id"])["status"] == "lost"


def test_bank_debits_settle_and_fail_by_button(buttons: Buttons, till: Till) -> None:
    first, second, third = (
        buttons.press("pay", session_id=till.open().id, method="us_bank_account", outcome="fails")
        for _ in range(3)
    )

    assert buttons.press("settle", id=first["id"])["status"] == "succeeded"
    assert buttons.press("fail", id=second["id"])["status"] == "requires_payment_method"
    assert buttons.state()["bank_plans"] == {third["payment_intent"]: "fails"}
    assert buttons.press("finish_bank_debits") == 1


def test_refunds_of_bank_debits_arrive_or_fail_by_button(buttons: Buttons, till: Till) -> None:
    session = buttons.press("pay", session_id=till.open().id, method="us_bank_account")
    buttons.press("settle", id=session["id"])
    first, second = (buttons.press("refund", id=session["id"], amount="100") for _ in range(2))

    assert buttons.press("settle_refund", id=first["id"])["status"] == "succeeded"
    assert buttons.press("fail_refund", id=second["id"])["status"] == "failed"


def test_a_payout_by_button(buttons: Buttons, till: Till) -> None:
    buttons.press("pay", session_id=till.open().id)

    assert buttons.press("pay_out")["object"] == "payout"


def test_the_account_is_restricted_and_freed_by_button(buttons: Buttons) -> None:
    assert buttons.press("restrict_account")["charges_enabled"] is False
    assert buttons.state()["charges_enabled"] is False
    assert buttons.press("unrestrict_account")["charges_enabled"] is True


def test_events_are_held_released_and_repeated_by_button(buttons: Buttons, till: Till) -> None:
    buttons.press("events", mode="hold")
    buttons.press("expire", id=till.open().id)
    (held,) = buttons.state()["held"]

    assert buttons.press("release_events", id=held) == 1
    buttons.press("redeliver", id=held)
    assert buttons.state()["event_mode"]["manner"] == "hold"


def test_a_fault_by_button(buttons: Buttons, client: stripe.StripeClient) -> None:
    buttons.press("fault", kind="rate_limit", path="/v1/charges", times="1")

    with pytest.raises(stripe.RateLimitError):
        client.v1.charges.list()


@pytest.mark.parametrize(
    ("act", "fields", "sentence"),
    [
        ("settle", {}, "'id' is missing"),
        ("settle", {"id": "pi_none"}, "No such payment_intent: 'pi_none'"),
        ("pay", {"session_id": "cs_none"}, "No such checkout.session"),
        ("pay", {"session": "cs_none"}, "unexpected keyword"),
        ("events", {"mode": "maybe"}, "none of normal"),
        ("fault", {"kind": "explode"}, "none of rate_limit"),
        ("fault", {"kind": "hang", "seconds": "1e9"}, "between 0 and"),
        ("explode", {}, "no such act"),
    ],
)
def test_a_button_that_cannot_work_says_why(
    buttons: Buttons, act: str, fields: dict[str, str], sentence: str
) -> None:
    assert sentence in buttons.refused(act, **fields)


def test_no_other_site_can_press_a_button(gateway: StripeSandbox, browser: httpx2.Client) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}

    answer = browser.post(f"{gateway.api_base}/_control/restrict_account", headers=foreign)

    assert answer.status_code == 403


def test_the_state_shows_objects_calls_and_deliveries(
    buttons: Buttons, gateway: StripeSandbox, till: Till
) -> None:
    session = till.open()
    gateway.pay(session.id)

    state = buttons.state()

    assert [row["id"] for row in state["objects"]["checkout.session"]] == [session.id]
    assert state["line_items"][session.id][0]["description"] == "Invoice INV-1042"
    assert [call["path"] for call in state["calls"]] == ["/v1/checkout/sessions"]
    assert gateway.api_key not in str(state)


def test_every_method_that_acts_has_a_button() -> None:
    assert {"pay", "settle", "fail", "refund", "dispute", "expire", "fault"} <= set(ACTS)
