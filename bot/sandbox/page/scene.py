"""What the page shows: the three stand-ins, and what the demo knows of the product beside them."""

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.sandbox.mail.sandbox import MailSandbox
from bot.sandbox.page.business_time import BusinessTime
from bot.sandbox.slack.server import SlackSandbox
from bot.sandbox.stripe.sandbox import StripeSandbox

JSON = dict[str, Any]
Stage = Literal["starting", "ready", "failed"]
TOUR_LINES = 400


@dataclass
class Scene:
    """`roles` are words under people's names, by person id; `base_url` is where the product is.

    `manifest` is the app's own, empty until it is known. `version` counts what changes here.
    """

    slack: SlackSandbox
    stripe: StripeSandbox
    mail: MailSandbox
    time: BusinessTime
    base_url: str
    roles: dict[str, str] = field(default_factory=dict)
    manifest: JSON = field(default_factory=dict)
    stage: Stage = "starting"
    trouble: str = ""
    tour: list[str] = field(default_factory=list)
    touring: bool = False
    skip: threading.Event = field(default_factory=threading.Event)  # set: the tour ends early
    version: int = 0

    def tell(self, line: str) -> None:
        """One more line of what the terminal shows."""
        self.tour = [*self.tour, line][-TOUR_LINES:]
        self.version += 1

    def ready(self) -> None:
        """The product answers."""
        self.stage = "ready"
        self.version += 1

    def offers(self, manifest: JSON) -> None:
        """What the app asks Slack for is known now."""
        self.manifest = manifest
        self.version += 1

    def end_tour(self) -> None:
        self.touring = False
        self.version += 1

    def failed(self, trouble: str) -> None:
        self.stage, self.trouble = "failed", trouble
        self.version += 1

    def marks(self) -> JSON:
        """Cheap numbers, each of which changes when there is something new to show."""
        return {
            "slack": self.slack.workspace.version,
            "mail": len(self.mail.messages),
            "stripe": [
                self.stripe.books.size,
                len(self.stripe.sender.deliveries),
                len(self.stripe.sender.held),
            ],
            "stage": [self.version, self.time.version],
        }
