import pytest

from wactorz_topics import units


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("temperature_c", "°C"), ("tempF", "°F"), ("outside.temperature_celsius", "°C"), ("power_kw", "kW"),
        ("humidity", "%"), ("battery_pct", "%"), ("duration_ms", "ms"), ("duration_seconds", "s"), ("co2", "ppm"),
        ("temperature", ""), ("c", ""), ("name", ""), ("state", ""),
    ],
)  # fmt: skip
def test_units_by_names(name, unit):
    assert units.by_name(name) == unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("float - temperature in °C", "°C"), ("float - in celsius", "°C"), ("degrees Fahrenheit", "°F"),
        ("float - power in W", "W"), ("int - 0 to 100 %", "%"), ("float - seconds since start", "s"), ("str - a name", ""),
        ("int - energy in kWh", "kWh"),
    ],
)  # fmt: skip
def test_units_by_descriptions(text, unit):
    assert units.by_text(text) == unit


def test_what_fits():
    assert units.fit("°C", "°C") is True
    assert units.fit("℃", "°C") is True
    assert units.fit("", "°C") is True
    assert units.fit("°C", "°F") is False
    assert units.fit("kW", "W") is False
    assert units.fit("°C", "W") is None
    assert units.fit("lx", "%") is None
