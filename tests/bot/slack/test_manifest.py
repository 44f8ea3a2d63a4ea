import json

from bot.slack.manifest import SCOPES, manifest

BASE = "https://pay.bloom.test"


def test_the_manifest_keeps_slack_s_limits() -> None:
    made = manifest(BASE)
    shown = made["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    [command] = made["features"]["slash_commands"]
    assert len(command["command"]) <= 32
    assert len(command["usage_hint"]) <= 1000
    assert len(command["description"]) <= 2000
    assert json.loads(json.dumps(made)) == made


def test_everything_goes_to_the_one_endpoint() -> None:
    made = manifest(BASE)
    url = f"{BASE}/slack/events"
    assert made["features"]["slash_commands"][0]["url"] == url
    assert made["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": url,
        "message_menu_options_url": url,
    }


def test_every_scope_has_its_reason_and_none_reads_messages() -> None:
    assert manifest(BASE)["oauth_config"]["scopes"]["bot"] == list(SCOPES)
    assert all(SCOPES.values())
    assert not [scope for scope in SCOPES if "history" in scope or scope.startswith("files")]
