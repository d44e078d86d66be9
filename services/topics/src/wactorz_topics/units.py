"""Units of measurement: read from names and descriptions, and what can be converted into what; pure."""

import re

_BY_SUFFIX = {
    "c": "°C", "celsius": "°C", "degc": "°C", "f": "°F", "fahrenheit": "°F", "degf": "°F", "k": "K", "kelvin": "K",
    "pct": "%", "percent": "%", "percentage": "%", "w": "W", "watt": "W", "watts": "W", "kw": "kW", "wh": "Wh",
    "kwh": "kWh", "v": "V", "volt": "V", "volts": "V", "mv": "mV", "a": "A", "amps": "A", "ma": "mA", "hz": "Hz",
    "ms": "ms", "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "minutes": "min", "hours": "h",
    "mm": "mm", "cm": "cm", "m": "m", "meters": "m", "km": "km", "hpa": "hPa", "pa": "Pa", "lux": "lx", "lx": "lx",
    "ppm": "ppm", "kmh": "km/h", "mps": "m/s", "bytes": "B", "kb": "kB", "mb": "MB", "db": "dB", "deg": "°",
    "eur": "EUR", "usd": "USD", "liters": "L",
}  # fmt: skip
_BY_WORD = {"humidity": "%", "battery": "%", "brightness_pct": "%", "lux": "lx", "illuminance": "lx", "co2": "ppm"}
_QUANTITIES = {
    "temperature": ("°C", "°F", "K"), "power": ("W", "kW"), "energy": ("Wh", "kWh"), "voltage": ("V", "mV"),
    "current": ("A", "mA"), "time": ("ms", "s", "min", "h"), "length": ("mm", "cm", "m", "km"),
    "pressure": ("hPa", "Pa"), "speed": ("km/h", "m/s"), "data": ("B", "kB", "MB"),
}  # fmt: skip
_QUANTITY = {unit: quantity for quantity, units in _QUANTITIES.items() for unit in units}
_WRITTEN = re.compile(
    r"°\s?[CF]|\bdegrees? (?:celsius|fahrenheit)\b|\bcelsius\b|\bfahrenheit\b|\bpercent\b|%|\bkWh\b|\bkW\b|\bWh\b|"
    r"\bwatts?\b|\bvolts?\b|\bhPa\b|\blux\b|\bppm\b|\bmilliseconds?\b|\bseconds?\b|\bminutes?\b|\bhours?\b|\bkm/h\b|"
    r"\bm/s\b|\bin (?:W|V|A|K|C|F|s|ms|min|h|m|cm|mm|km)\b",
    re.IGNORECASE,
)
_SAID = {
    "celsius": "°C", "fahrenheit": "°F", "percent": "%", "watt": "W", "watts": "W", "volt": "V", "volts": "V",
    "lux": "lx", "millisecond": "ms", "milliseconds": "ms", "second": "s", "seconds": "s", "minute": "min",
    "minutes": "min", "hour": "h", "hours": "h", "c": "°C", "f": "°F",
}  # fmt: skip
_SAME = {"℃": "°C", "C": "°C", "F": "°F", "℉": "°F", "degC": "°C", "degF": "°F", "lux": "lx", "sec": "s"}
_LONGEST = 12


def by_name(name: str) -> str:
    """The unit that a field's name tells, such as °C for temperature_c; empty when it tells none."""
    leaf = name.rsplit(".", 1)[-1]
    words = re.sub(r"([a-z])([A-Z])", r"\1_\2", leaf).lower().split("_")
    if len(words) > 1 and words[-1] in _BY_SUFFIX:
        return _BY_SUFFIX[words[-1]]
    return _BY_WORD.get(words[-1], "")


def by_text(text: str) -> str:
    """The unit that a description names; empty when it names none."""
    found = _WRITTEN.search(text)
    if found is None:
        return ""
    said = found[0].replace(" ", "")
    word = found[0].lower().split()[-1]
    return _SAID.get(word) or ("°" + said[-1].upper() if said.startswith("°") else found[0].split()[-1])


def plain(unit: str) -> str:
    """One spelling per unit."""
    unit = unit.strip()
    return _SAME.get(unit, unit)[:_LONGEST]


def fit(given: str, wanted: str) -> bool | None:
    """Whether a unit is the wanted one: True, False where it has to be converted, None where it never fits."""
    given, wanted = plain(given), plain(wanted)
    if not given or not wanted or given == wanted:
        return True
    quantity = _QUANTITY.get(given)
    return False if quantity is not None and quantity == _QUANTITY.get(wanted) else None
