"""Signed requests from Slack to the bot."""

import json
import time
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2
from slack_sdk.signature import SignatureVerifier

from bot.sandbox import loopback
from bot.sandbox.slack.call_log import Call, parsed
from bot.sandbox.slack.messages import Message
from bot.sandbox.slack.workspace import Workspace

JSON = dict[str, Any]
PATIENCE_SECONDS = 3.0
FORM = "application/x-www-form-urlencoded"
TIMEOUT = "operation_timeout"
FAILED = "dispatch_failed"


@dataclass(frozen=True)
class SignedRequest:
    """The very bytes of a request; `name` is the command or payload type."""

    name: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """How the bot answered one request, and what a person sees of it.

    `status` is None without an answer; `trouble` is the error that Slack shows instead of a
    result; `shown` are the ephemeral messages that appeared for the person meanwhile; `url` is
    where a link button leads.
    """

    request: SignedRequest
    status: int | None
    seconds: float
    body: str = ""
    trouble: str | None = None
    shown: list[Message] = field(default_factory=list)
    url: str | None = None

    @property
    def ok(self) -> bool:
        return self.trouble is None

    @property
    def text(self) -> str:
        """All that the ephemeral messages say."""
        return "\n".join(message.visible_text() for message in self.shown)

    def json(self) -> Any:
        return json.loads(self.body)


class Transport:
    """Sends what people do to `events_url`; safe to use from any thread."""

    def __init__(
        self, workspace: Workspace, signing_secret: str, own_url: str, events_url: str | None
    ) -> None:
        self.workspace = workspace
        self.events_url = events_url
        self.own_url = own_url
        self.patience = PATIENCE_SECONDS
        self.verification_token = "sandbox-verification-token"
        self.last_requests: dict[str, SignedRequest] = {}  # by person
        self._verifier = SignatureVerifier(signing_secret)
        # A fresh connection each time: a bot that restarts leaves no dead one behind.
        self._client = loopback.client(limits=httpx2.Limits(max_keepalive_connections=0))

    def close(self) -> None:
        self._client.close()

    def sign(self, name: str, body: bytes, content_type: str = FORM) -> SignedRequest:
        """Sign a body as Slack does, with the time of now."""
        timestamp = str(int(time.time()))
        signature = self._verifier.generate_signature(timestamp=timestamp, body=body)
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature or "",
        }
        return SignedRequest(name, body, headers)

    def send_command(self, values: dict[str, str]) -> Answer:
        request = self.sign(values["command"], urlencode(values).encode())
        return self.send(request, values["user_id"])

    def send_payload(self, payload: JSON, *, link: str | None = None) -> Answer:
        """Send an interactive payload: a form whose field `payload` holds JSON.

        `link` is where the pressed button leads.
        """
        body = urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()
        request = self.sign(payload["type"], body)
        return replace(self.send(request, payload["user"]["id"]), url=link)

    def send_event(self, event: JSON, *, event_id: str, retry: int = 0) -> Answer:
        """Send an Events API callback; `retry` above 0 marks a repetition."""
        team_id = self.workspace.team.id
        payload = {
            "token": self.verification_token,
            "team_id": team_id,
            "api_app_id": "A0SANDBOX",
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(time.time()),
            "authorizations": [{"team_id": team_id, "user_id": "U0SANDBOX", "is_bot": True}],
        }
        request = self.sign(event["type"], json.dumps(payload).encode(), "application/json")
        marks = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        return self.send(replace(request, headers={**request.headers, **(marks if retry else {})}))

    def send(self, request: SignedRequest, person_id: str | None = None) -> Answer:
        """Send these very bytes; nothing is raised for what the bot does wrong."""
        if person_id is not None:
            self.last_requests[person_id] = request
        seen = self._whispered_to(person_id)
        answer = self._post(request)
        self._remember(answer)
        now = self._whispered_to(person_id)
        return replace(answer, shown=[message for key, message in now.items() if key not in seen])

    def _whispered_to(self, person_id: str | None) -> dict[tuple[str, str | None], Message]:
        """Return ephemeral messages by their version: one that was replaced counts as new."""
        with self.workspace.lock:
            mine = [m for m in self.workspace.ephemerals if m.only_for == person_id]
            return {(message.ts, message.edited): message for message in mine}

    def _post(self, request: SignedRequest) -> Answer:
        if self.events_url is None:
            raise RuntimeError("set events_url before people act")
        began = time.monotonic()
        try:
            reply = self._client.post(
                self.events_url,
                content=request.body,
                headers=request.headers,
                timeout=self.patience,
            )
        except httpx2.TimeoutException:
            return Answer(request, None, time.monotonic() - began, trouble=TIMEOUT)
        except httpx2.TransportError as error:
            return Answer(request, None, time.monotonic() - began, str(error), FAILED)
        return self._judged(request, reply, time.monotonic() - began)

    def _judged(self, request: SignedRequest, reply: httpx2.Response, seconds: float) -> Answer:
        trouble = None if reply.is_success else FAILED
        if seconds > self.patience:
            trouble = TIMEOUT
        return Answer(request, reply.status_code, seconds, reply.text, trouble)

    def _remember(self, answer: Answer) -> None:
        request = answer.request
        sent = readable(request.body)
        said = parsed(answer.body) if answer.trouble is None else answer.trouble
        call = Call("event", request.name, sent, answer.status, said, answer.seconds)
        self.workspace.log.add(call)
        self.workspace.touch()


def readable(body: bytes) -> JSON:
    """The arguments inside a request body, for people to look at."""
    text = body.decode(errors="replace")
    whole = parsed(text)
    if isinstance(whole, dict):
        return whole
    values = dict(parse_qsl(text, keep_blank_values=True))
    inner = parsed(values.get("payload", ""))
    return inner if isinstance(inner, dict) else {**values}
