"""The strip: the last requests between the product and everybody else, with their payloads."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Any

from bot.sandbox.mail.received import ReceivedMail
from bot.sandbox.page.scene import JSON, Scene
from bot.sandbox.slack.call_log import Call
from bot.sandbox.stripe.api import Call as StripeCall
from bot.sandbox.stripe.delivery import Delivery

SHOWN = 60
PAYLOAD = 12_000  # characters of one payload that are shown


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; `way` is e.g. "Slack → bot", `at` seconds since 1970."""

    id: str
    at: float
    way: str
    name: str
    ok: bool
    status: str
    request: Any
    answer: Any

    def summary(self) -> JSON:
        named = ("id", "at", "way", "name", "ok", "status")
        return {name: getattr(self, name) for name in named} | {"why": self.refusal()}

    def refusal(self) -> str:
        """Why it was refused, in the words of the one who refused."""
        if self.ok or not isinstance(self.answer, dict):
            return "" if self.ok else str(self.answer or "")[:300]
        told = self.answer.get("errors") or self.answer.get("error") or ""
        return "; ".join(told) if isinstance(told, list) else str(told)

    def whole(self) -> JSON:
        return {**self.summary(), "request": bounded(self.request), "answer": bounded(self.answer)}


def bounded(value: Any) -> str:
    """Readable JSON, cut where it gets too long."""
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    more = len(text) - PAYLOAD
    return f"{text[:PAYLOAD]}\n… {more:,} more characters" if more > 0 else text


def exchanges(scene: Scene) -> list[Exchange]:
    """The newest first."""
    found = [
        *map(_slack, _last(scene.slack.workspace.log.calls())),
        *map(_stripe, _last(scene.stripe.calls)),
        *(_event(scene, row) for row in _last(scene.stripe.deliveries)),
        *map(_mail, _last(list(enumerate(scene.mail.messages)))),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def find(scene: Scene, wanted: str) -> Exchange | None:
    return next((one for one in exchanges(scene) if one.id == wanted), None)


def _last(rows: list[Any]) -> Iterator[Any]:
    return islice(reversed(rows), SHOWN)


def _slack(call: Call) -> Exchange:
    way = "bot → Slack" if call.direction == "api" else "Slack → bot"
    name = _slack_name(call)
    status = "no answer" if call.status is None else str(call.status)
    if isinstance(call.answer, dict) and call.answer.get("ok") is False:
        status = str(call.answer.get("error"))
    timed = f"{status} · {call.seconds * 1000:.0f} ms"
    token = f"s{call.at:.6f}{call.name}"
    return Exchange(token, call.at, way, name, call.ok, timed, call.arguments, call.answer)


def _slack_name(call: Call) -> str:
    if call.direction == "api":
        return call.name
    if call.name.startswith("/"):
        return f"{call.name} {call.arguments.get('text', '')}".strip()
    actions = call.arguments.get("actions") or [{}]
    return f"{call.name} {actions[0].get('action_id', '')}".strip()


def _stripe(call: StripeCall) -> Exchange:
    ok = HTTPStatus.OK <= call.status < HTTPStatus.MULTIPLE_CHOICES
    name = f"{call.method} {call.path}"
    notes = {"idempotency_key": call.idempotency_key, "replayed": call.replayed}
    status = str(call.status or "cut off")
    token = f"c{call.at:.6f}{call.request_id}"
    return Exchange(token, call.at, "bot → Stripe", name, ok, status, call.params, notes)


def _event(scene: Scene, row: Delivery) -> Exchange:
    event = scene.stripe.books.find(row.event_id)
    ok = row.status is not None and row.status < HTTPStatus.MULTIPLE_CHOICES
    status = "no answer" if row.status is None else str(row.status)
    token = f"e{row.at:.6f}{row.event_id}"
    return Exchange(token, row.at, "Stripe → bot", row.event_type, ok, status, event, row.answer)


def _mail(numbered: tuple[int, ReceivedMail]) -> Exchange:
    number, mail = numbered
    headers = {name: str(value) for name, value in mail.message.items()}
    envelope = {"from": mail.sender, "to": mail.recipients}
    at = mail.received_at.timestamp()
    named = (f"m{number}", at, "bot → mail", mail.subject)
    return Exchange(*named, ok=True, status="250", request=envelope, answer=headers)
