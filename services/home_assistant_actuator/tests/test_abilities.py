"""What devices can do."""

from typing import Any

import pytest

from wactorz_common.comparisons import to_number
from wactorz_home_assistant import State
from wactorz_home_assistant_actuator.abilities import shortfall

DIMMABLE = State("light.a", "off", {"friendly_name": "Lamp", "supported_color_modes": ["brightness"]})
PLAIN = State("light.a", "off", {"friendly_name": "Lamp", "supported_color_modes": ["onoff"]})
COLORED = State("light.a", "off", {"friendly_name": "Lamp", "supported_color_modes": ["hs"]})
WHITE = State(
    "light.a", "off",
    {"friendly_name": "Lamp", "supported_color_modes": ["color_temp"], "min_color_temp_kelvin": 2000, "max_color_temp_kelvin": 6500},
)  # fmt: skip
AIR = State(
    "climate.a", "off",
    {"friendly_name": "Air", "min_temp": 16, "max_temp": 30, "hvac_modes": ["off", "cool"], "supported_features": 385},
)  # fmt: skip
BLIND = State("cover.a", "open", {"friendly_name": "Blind", "supported_features": 3})


@pytest.mark.parametrize(
    ("service", "data", "state"),
    [
        ("turn_on", {"brightness_pct": 0}, DIMMABLE),
        ("turn_on", {"brightness_pct": 100}, DIMMABLE),
        ("turn_on", {"brightness": 255}, DIMMABLE),
        ("turn_on", {"rgb_color": [1, 2, 3]}, COLORED),
        ("turn_on", {"color_temp_kelvin": 2700}, WHITE),
        ("turn_on", {"color_temp_kelvin": 2700}, COLORED),
        ("turn_on", {"brightness_pct": 40}, State("light.a", "off")),
        ("set_temperature", {"temperature": 16}, AIR),
        ("set_temperature", {"temperature": 30, "hvac_mode": "cool"}, AIR),
        ("open_cover", {}, BLIND),
        ("set_cover_position", {"position": 50}, State("cover.a", "open")),
        ("volume_set", {"volume_level": 0.5}, State("media_player.a", "on", {"supported_features": 4})),
        ("turn_on", {"effect": "off"}, State("light.a", "on", {"supported_features": 4, "effect_list": ["x"]})),
        (
            "turn_on",
            {"tone": "fire"},
            State("siren.a", "off", {"supported_features": 3, "available_tones": {"1": "fire"}}),
        ),
        ("volume_up", {}, State("media_player.a", "on", {"supported_features": 4})),
        ("select_option", {"option": "x"}, State("select.a", "x", {"options": ["x", "y"]})),
    ],
)
def test_possible(service: str, data: dict[str, Any], state: State):
    assert shortfall(service, data, state) == ""


@pytest.mark.parametrize(
    ("service", "data", "state", "sentence"),
    [
        ("turn_on", {"brightness_pct": 101}, DIMMABLE, "Lamp takes a brightness of 0 to 100, not 101."),
        ("turn_on", {"brightness_pct": -1}, DIMMABLE, "Lamp takes a brightness of 0 to 100, not -1."),
        ("turn_on", {"brightness": 256}, DIMMABLE, "Lamp takes a brightness of 0 to 255, not 256."),
        ("turn_on", {"brightness_pct": "bright"}, DIMMABLE, "The brightness for Lamp must be a number, not 'bright'."),
        ("turn_on", {"brightness_pct": 40}, PLAIN, "Lamp cannot be dimmed; it can be turned on and off."),
        ("turn_on", {"color_name": "red"}, PLAIN, "Lamp has no colors; it can be turned on and off."),
        ("turn_on", {"color_name": "red"}, WHITE, "Lamp has no colors; it can be dimmed and made warmer or cooler."),
        ("turn_on", {"kelvin": 3000}, DIMMABLE, "Lamp has no color temperature; it can be dimmed."),
        ("turn_on", {"color_temp_kelvin": 9000}, WHITE, "Lamp takes a color temperature of 2000 to 6500, not 9000."),
        ("set_temperature", {"temperature": 31}, AIR, "Air takes a temperature of 16 to 30, not 31."),
        ("set_hvac_mode", {"hvac_mode": "heat"}, AIR, "Air has no mode 'heat'; it has: off, cool."),
        ("set_fan_mode", {"fan_mode": "low"}, AIR, "Air cannot change its fan mode; it can be set to a temperature, be turned off and be turned on."),
        ("set_cover_position", {"position": 50}, BLIND, "Blind cannot be set to a position; it can be opened and be closed."),
        ("stop_cover", {}, BLIND, "Blind cannot be stopped; it can be opened and be closed."),
        ("turn_on", {"effect": "rainbow"}, State("light.a", "on", {"supported_features": 0}), "A has no effects."),
        ("turn_on", {"effect": "x"}, State("light.a", "on", {"supported_features": 4, "effect_list": ["rainbow"]}), "A has no effect 'x'; it has: rainbow."),
        ("set_humidity", {"humidity": 90}, State("humidifier.a", "on", {"min_humidity": 30, "max_humidity": 80}), "A takes a humidity of 30 to 80, not 90."),
        ("set_mode", {"mode": "turbo"}, State("humidifier.a", "on", {"available_modes": ["eco"]}), "A has no mode 'turbo'; it has: eco."),
        ("set_mode", {"mode": "eco"}, State("humidifier.a", "on", {"supported_features": 0}), "A cannot change its mode."),
        ("set_fan_speed", {"fan_speed": "max"}, State("vacuum.a", "docked", {"fan_speed_list": ["min"]}), "A has no fan speed 'max'; it has: min."),
        ("clean_spot", {}, State("vacuum.a", "docked", {"supported_features": 8192}), "A cannot clean a spot; it can start."),
        ("start_mowing", {}, State("lawn_mower.a", "docked", {"supported_features": 4}), "A cannot mow; it can return."),
        ("set_operation_mode", {"operation_mode": "gas"}, State("water_heater.a", "eco", {"operation_list": ["eco"]}), "A has no operation mode 'gas'; it has: eco."),
        ("alarm_arm_vacation", {}, State("alarm_control_panel.a", "disarmed", {"supported_features": 2}), "A cannot be armed for the holidays; it can be armed for away."),
        ("set_temperature", {"temperature": 20}, State("climate.a", "off", {"supported_features": 128}), "A cannot be set to a temperature; it can be turned off."),
        ("shuffle_set", {"shuffle": True}, State("media_player.a", "on", {"supported_features": 1}), "A cannot shuffle; it can pause."),
        ("turn_on", {"tone": "c"}, State("siren.a", "off", {"supported_features": 3, "available_tones": {"1": "fire"}}), "A has no tone 'c'; it has: 1, fire."),
        ("set_value", {"value": 9}, State("number.a", "1", {"min": 0, "max": 5}), "A takes a value of 0 to 5, not 9."),
    ],
)  # fmt: skip
def test_impossible(service: str, data: dict[str, Any], state: State, sentence: str):
    assert shortfall(service, data, state) == sentence


@pytest.mark.parametrize(
    ("value", "number"),
    [(1, 1.0), ("2.5", 2.5), (True, None), (None, None), ("x", None), (float("inf"), None), (float("nan"), None), ([], None)],
)  # fmt: skip
def test_numbers(value: Any, number: float | None):
    assert to_number(value) == number
