"""The bolt app: no call to Slack when it is made, none for each request."""

import logging

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context import BoltContext
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped
from slack_sdk import WebClient

from bot.slack.directory import Directory
from bot.slack.middleware import identify
from commands.desk import Desk
from commands.handling import SLACK_SECONDS
from commands.register import register


def web_client(token: str, api_url: str = "") -> WebClient:
    """A client for what happens while a person waits: 1.5 s, no second try.

    `api_url` is SLACK_API_URL, or "" for Slack's own.
    """
    base = f"{api_url.rstrip('/')}/" if api_url else WebClient.BASE_URL
    seconds = SLACK_SECONDS
    return WebClient(token=token, base_url=base, timeout=seconds, retry_handlers=[])  # type: ignore[arg-type]  # urllib takes fractions


def slack_app(desk: Desk, client: WebClient) -> App:
    """`bot.slack.guard` has checked the signature before anything gets here."""
    token = client.token or ""

    def authorize(context: BoltContext) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=context.enterprise_id, team_id=context.team_id, bot_token=token
        )

    logging.getLogger("slack_bolt.App").addFilter(_is_news)
    app = App(
        name="payment-links",
        client=WebClient(base_url=client.base_url, timeout=client.timeout, retry_handlers=[]),
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        token_verification_enabled=False,
    )
    app.use(identify(desk, Directory()))
    register(app)
    return app


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt reads SLACK_BOT_TOKEN by itself, whatever it is given, to warn that it is not used."""
    return record.getMessage() != warning_client_prioritized_and_token_skipped()
