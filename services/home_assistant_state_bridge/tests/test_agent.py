"""Where the bridge may speak."""

from wactorz_common.contracts.home import STATE_CHANGE, STATE_CHANGE_FLAT, StateChange
from wactorz_home_assistant_state_bridge.agent import configured_channel
from wactorz_home_assistant_state_bridge.settings import HomeAssistantStateBridgeSettings


def make_settings(**values: object) -> HomeAssistantStateBridgeSettings:
    return HomeAssistantStateBridgeSettings.model_validate(values)


def test_the_usual_channels():
    assert configured_channel(make_settings()) == STATE_CHANGE
    assert configured_channel(make_settings(per_entity=False)) == STATE_CHANGE_FLAT


def test_only_the_configured_topic():
    channel = configured_channel(make_settings(output_topic="custom/states"))
    assert channel.topic(domain="light", entity_id="light.a") == "custom/states/light/light.a"
    assert (channel.payload, channel.qos) == (StateChange, 1)
    flat = configured_channel(make_settings(output_topic="custom/states", per_entity=False))
    assert flat.topic() == "custom/states"
