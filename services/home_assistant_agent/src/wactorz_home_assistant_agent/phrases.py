"""Parts of sentences about automations: times, lists and names; pure."""

from collections.abc import Mapping
from typing import Any

from wactorz_common.language import decimal
from wactorz_home_assistant_agent.german import phrase

_HOUR, _MINUTE = 3600, 60


def duration(span: Any) -> str:
    """For example 90 s, 5 min, 2 h; from seconds, HH:MM:SS or a mapping of units."""
    if isinstance(span, Mapping):
        seconds = sum(float(span.get(unit, 0)) * size for unit, size in (("days", 86_400), ("hours", _HOUR),
                      ("minutes", _MINUTE), ("seconds", 1), ("milliseconds", 0.001)))  # fmt: skip
    elif isinstance(span, str) and ":" in span:
        parts = [float(one) for one in span.split(":")]
        seconds = parts[0] * _HOUR + parts[1] * _MINUTE + (parts[2] if len(parts) > 2 else 0)  # noqa: PLR2004
    else:
        seconds = float(span)
    if seconds >= _HOUR and seconds % _HOUR == 0:
        return f"{decimal(seconds / _HOUR)} h"
    return (
        f"{decimal(seconds / _MINUTE)} min"
        if seconds >= _MINUTE and seconds % _MINUTE == 0
        else f"{decimal(seconds)} s"
    )


def offset_in_words(offset: Any) -> str:
    """For example: 30 min before, with a blank at its end; empty without an offset."""
    if not offset:
        return ""
    text = str(offset)
    span = duration(text.lstrip("+-"))
    return phrase("{span} before ", span=span) if text.startswith("-") else phrase("{span} after ", span=span)


def with_data(data: Mapping[str, Any]) -> str:
    """The data of an action in brackets, with a blank before; empty without any."""
    shown = ", ".join(_datum(key, value) for key, value in data.items())
    return f" ({shown})" if shown else ""


def _datum(key: str, value: Any) -> str:
    if key == "brightness_pct":
        return phrase("brightness {value} %", value=value)
    return f"{human(key)} {', '.join(map(str, value)) if isinstance(value, list) else value}"


def human(key: Any) -> str:
    """A name of Home Assistant without its underscores, where there is a word for it in that."""
    return phrase(str(key).replace("_", " "))


def either(states: list[Any]) -> str:
    """States in one phrase: on or off."""
    return listing([human(state) for state in states], phrase(" or "))


def listing(words: list[str], joint: str = "") -> str:
    """Words in one phrase: a, b and c."""
    return f"{', '.join(words[:-1])}{joint or phrase(' and ')}{words[-1]}" if len(words) > 1 else "".join(words)
