"""The bot behind its real Slack endpoint, and tills at which invoices are paid and refunded."""

from tests.batching import crowd
from tests.bulk_sending import sends
from tests.paying import till
from tests.refunding import counter
from tests.slack_room import stage

__all__ = ["counter", "crowd", "sends", "stage", "till"]
