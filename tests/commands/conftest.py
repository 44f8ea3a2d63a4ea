"""The bot behind its real Slack endpoint, and a till at which invoices are paid."""

from tests.paying import till
from tests.slack_room import stage

__all__ = ["stage", "till"]
