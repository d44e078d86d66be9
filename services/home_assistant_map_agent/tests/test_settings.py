"""Where the map is published."""

import pytest
from pydantic import ValidationError

from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings


def test_the_topic_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HA_MAP_AGENT_OUTPUT_TOPIC", raising=False)
    assert HomeAssistantMapAgentSettings().output_topic == "homeassistant/map/entities_with_location"
    monkeypatch.setenv("HA_MAP_AGENT_OUTPUT_TOPIC", "custom/map")
    assert HomeAssistantMapAgentSettings().output_topic == "custom/map"


@pytest.mark.parametrize("topic", ["a/#", "+", "a/{b}", "/"])
def test_a_topic_that_cannot_be_published_on(topic: str):
    with pytest.raises(ValidationError, match="without wildcards"):
        HomeAssistantMapAgentSettings(output_topic=topic)
