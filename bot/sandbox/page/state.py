"""Everything that the page draws for one person, as JSON."""

from bot.sandbox.page import gateway, mailbox, wire
from bot.sandbox.page.scene import JSON, Scene
from bot.sandbox.slack.snapshot import snapshot

MESSAGES = 200  # of each channel


def state(scene: Scene, person_id: str) -> JSON:
    """`slack` holds the very objects that Slack would send; see `slack.snapshot`."""
    slack = snapshot(scene.slack.workspace, person_id)
    del slack["calls"]  # the strip has them, without their payloads
    for channel in slack["channels"]:
        channel["messages"] = channel["messages"][-MESSAGES:]
    return {
        "marks": scene.marks(),
        "slack": slack,
        "mails": mailbox.listed(scene.mail),
        "gateway": gateway.gateway(scene.stripe),
        "wire": [one.summary() for one in wire.exchanges(scene)],
        "time": scene.time.choices(),
        "stage": _stage(scene),
    }


def _stage(scene: Scene) -> JSON:
    return {
        "is": scene.stage,
        "trouble": scene.trouble,
        "roles": scene.roles,
        "base_url": scene.base_url,
        "features": scene.manifest.get("features", {}),
        "tour": scene.tour,
        "touring": scene.touring,
    }
