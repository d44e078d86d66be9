"""What is told of an actuation: pictures of states, and lines for the event and the audit log; pure."""

from collections.abc import Iterable
from typing import Any

from wactorz_home_assistant import State

_TOLD = (
    "brightness", "color_temp_kelvin", "rgb_color", "effect", "current_position", "current_tilt_position",
    "temperature", "target_temp_low", "target_temp_high", "humidity", "fan_mode", "preset_mode", "swing_mode",
    "percentage", "oscillating", "direction", "volume_level", "is_volume_muted", "source", "mode", "operation_mode",
    "last_triggered",
)  # fmt: skip


def picture(states: Iterable[State]) -> dict[str, Any]:
    """State and telling attributes by entity id."""
    return {state.entity_id: _shown(state) for state in states}


def _shown(state: State) -> dict[str, Any]:
    told = {key: state.attributes[key] for key in _TOLD if state.attributes.get(key) is not None}
    return {"state": state.state, **told}
