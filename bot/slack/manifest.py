"""The Slack app's manifest: everything to be set up at Slack, for one base URL."""

from typing import Any

from commands.launcher.verbs import VERBS

# Why each is needed stands beside it; nothing is asked for in advance.
SCOPES: dict[str, str] = {
    "commands": "/pay",
    "chat:write": "cards, confirmations and notices",
    "im:write": "the card in the sender's direct messages",
    "users:read": "guests, bots and deactivated people are turned away",
    "users:read.email": "people are named by e-mail in imports and on the command line",
    "channels:read": "a card is never posted where another company reads along",
    "groups:read": "the same for private channels",
}


def manifest(base_url: str) -> dict[str, Any]:
    """`base_url` without a slash at its end."""
    events = f"{base_url}/slack/events"
    hint = "[number, PO or customer] | " + " | ".join(verb.name for verb in VERBS)
    description = "Send invoices with a link that gets them paid."
    return {
        "display_information": {
            "name": "Payment Links",
            "description": description,
            "background_color": "#1f3b2d",
        },
        "features": {
            "bot_user": {"display_name": "Payment Links", "always_online": True},
            "slash_commands": [
                {
                    "command": "/pay",
                    "url": events,
                    "description": "Send an invoice with its Payment Link",
                    "usage_hint": hint,
                    "should_escape": False,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "interactivity": {
                "is_enabled": True,
                "request_url": events,
                "message_menu_options_url": events,
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": False,
            "token_rotation_enabled": False,
        },
    }
