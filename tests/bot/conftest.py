"""The bot behind its real Slack endpoint, with the cast in a workspace on loopback."""

from tests.slack_room import stage

__all__ = ["stage"]
