"""Posting to Slack: beside the listeners, the only importer of slack_sdk."""

from collections.abc import Callable
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from commands.errors import Refused, SlackUnavailable
from commands.ports import Posted, SlackOutcomeUnknown, SlackPost

TIMEOUT_SECONDS = 10
EVENT_TYPE = "payment_links_delivery"

_OK = 200
_SERVER_ERROR = 500
_RATE_LIMITED = 429
# Slack's own words for "not now"; fatal_error says of itself that it may have been done.
_LATER = frozenset(
    "ratelimited rate_limited message_limit_exceeded service_unavailable internal_error "
    "request_timeout team_added_to_org accesslimited".split()
)
_MAY_BE_DONE = "fatal_error"
_REINSTALL = "Install the Slack app again and put its new token in SLACK_BOT_TOKEN."
_MENDS = {
    "channel_not_found": "Slack does not know {channel}. Create it, or invite the bot to it.",
    "not_in_channel": "The bot is not in {channel}. Invite the bot to {channel}.",
    "is_archived": "{channel} is archived. Unarchive it, or name another channel.",
    "restricted_action": "Posting in {channel} is restricted. Allow the bot to post there.",
    "user_not_found": "Slack does not know {channel}: the person may have left.",
    "user_disabled": "{channel} is a deactivated member.",
    "message_not_found": "The message was deleted in Slack.",
    "cant_update_message": "The message can no longer be changed.",
    "edit_window_closed": "The message can no longer be changed.",
    "missing_scope": "The Slack app lacks a permission. Update its manifest and install it again.",
    "invalid_auth": f"Slack does not accept the bot's token. {_REINSTALL}",
    "not_authed": f"Slack does not accept the bot's token. {_REINSTALL}",
    "token_revoked": f"The bot's token was revoked. {_REINSTALL}",
    "token_expired": f"The bot's token has expired. {_REINSTALL}",
    "account_inactive": f"The bot was removed from the workspace. {_REINSTALL}",
}


class SlackAnnouncer:
    """`Announcer` for the workspace of a bot token.

    `base_url` is SLACK_API_URL, or "" for Slack's own; `timeout` in seconds. Nothing is retried
    here: that is the delivery's decision.
    """

    def __init__(self, token: str, base_url: str = "", *, timeout: int = TIMEOUT_SECONDS) -> None:
        self._client = WebClient(
            token=token,
            base_url=base_url or WebClient.BASE_URL,
            timeout=timeout,
            retry_handlers=[],
        )

    def post(self, post: SlackPost) -> Posted:
        """A person's id as the channel is a direct message."""
        return self._call(
            self._client.chat_postMessage,
            post,
            thread_ts=post.thread_ts,
            unfurl_links=False,
            unfurl_media=False,
        )

    def update(self, ts: str, post: SlackPost) -> Posted:
        return self._call(self._client.chat_update, post, ts=ts)

    def _call(
        self, method: Callable[..., SlackResponse], post: SlackPost, **options: str | bool | None
    ) -> Posted:
        try:
            answer = method(**_message(post), **options)
        except SlackApiError as error:
            raise _explained(error, post.channel) from error
        except URLError as error:
            raise _unanswered(error.reason) from error
        except (OSError, HTTPException, SlackClientError) as error:
            raise SlackOutcomeUnknown("Slack's answer was lost.") from error
        return Posted(answer["channel"], answer["ts"])


def _message(post: SlackPost) -> dict[str, Any]:
    return {
        "channel": post.channel,
        "text": post.text,
        "blocks": post.blocks,
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": post.key}},
    }


def _unanswered(reason: object) -> SlackUnavailable:
    """A URLError is what urllib says for whatever broke before the request was out."""
    return SlackUnavailable(f"Slack cannot be reached: {reason}")


def _explained(error: SlackApiError, channel: str) -> Exception:
    status, code = _status(error), _code(error)
    if status == _RATE_LIMITED or code in {"ratelimited", "rate_limited"}:
        return SlackUnavailable("Slack asks us to wait.", retry_after=_retry_after(error))
    if code == _MAY_BE_DONE or (status == _OK and " " in code):  # no JSON: the SDK's own words
        return SlackOutcomeUnknown("Slack broke off and may have posted it.")
    if status >= _SERVER_ERROR or code in _LATER:
        return SlackUnavailable(f"Slack has a problem of its own ({code or status}).")
    mend = _MENDS.get(code, "Slack refused it ({code}).")
    return Refused(mend.format(channel=channel, code=code))


def _status(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", 0) or 0)


def _code(error: SlackApiError) -> str:
    answer = getattr(error.response, "data", error.response)
    code = answer.get("error", "") if isinstance(answer, dict) else ""
    return code if isinstance(code, str) else ""


def _retry_after(error: SlackApiError) -> float:
    """Seconds; a minute when the header is missing or nonsense."""
    headers = getattr(error.response, "headers", None) or {}
    told = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    return float(told) if str(told).isdecimal() else 60.0
