"""Which states are published, and where."""

import pytest
from pydantic import ValidationError

from wactorz_home_assistant_state_bridge.settings import HomeAssistantStateBridgeSettings, words


def test_defaults(monkeypatch: pytest.MonkeyPatch):
    for name in ("OUTPUT_TOPIC", "DOMAINS", "PER_ENTITY", "ONLY", "NEVER", "RETAIN"):
        monkeypatch.delenv(f"HA_STATE_BRIDGE_{name}", raising=False)
    settings = HomeAssistantStateBridgeSettings()
    assert (settings.output_topic, settings.per_entity) == ("homeassistant/state_changes", True)
    assert (settings.domains, settings.only, settings.never, settings.retain) == ("", "", "", "")
    assert settings.fill_seconds == 600


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HA_STATE_BRIDGE_OUTPUT_TOPIC", "/custom/states/")
    monkeypatch.setenv("HA_STATE_BRIDGE_DOMAINS", "light, lock,,")
    monkeypatch.setenv("HA_STATE_BRIDGE_PER_ENTITY", "0")
    settings = HomeAssistantStateBridgeSettings()
    assert (settings.output_topic, settings.per_entity) == ("custom/states", False)
    assert words(settings.domains) == ("light", "lock")


@pytest.mark.parametrize("topic", ["a/#", "+", "a/{b}", "/"])
def test_a_topic_that_cannot_be_published_on(topic: str):
    with pytest.raises(ValidationError, match="without wildcards"):
        HomeAssistantStateBridgeSettings(output_topic=topic)


def test_one_topic_keeps_no_values():
    with pytest.raises(ValidationError, match="needs a topic for each entity"):
        HomeAssistantStateBridgeSettings(per_entity=False, retain="light")
    assert HomeAssistantStateBridgeSettings(retain="light").retain == "light"
