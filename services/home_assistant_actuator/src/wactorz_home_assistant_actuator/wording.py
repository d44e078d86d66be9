"""The outcome of a call as a sentence for a person."""

from collections.abc import Mapping, Sequence

from wactorz_common.comparisons import to_number
from wactorz_common.contracts.home import ServiceCall
from wactorz_home_assistant import State, inline, is_or_are, join

_NAMES_IN_FULL = 4
_MOST_NAMED = 6
_TURNED = frozenset({"turn_on", "turn_off"})
_GERUNDS = {
    "unlock": "Unlocking", "open": "Opening", "open_cover": "Opening", "set_cover_position": "Opening",
    "open_valve": "Opening", "set_valve_position": "Opening", "open_cover_tilt": "Opening",
    "set_cover_tilt_position": "Opening", "alarm_disarm": "Disarming",
}  # fmt: skip
_IMPERATIVES = {
    "unlock": "unlock", "open": "open", "open_cover": "open", "open_valve": "open", "open_cover_tilt": "open",
    "close_cover": "close", "close_valve": "close", "alarm_disarm": "disarm", "lock": "lock", "press": "press",
    "turn_on": "turn on", "turn_off": "turn off",
}  # fmt: skip
_DONE_TO = {"scene": "set", "script": "run", "button": "pressed", "input_button": "pressed"}
_RUN = frozenset({"script", "automation", "scene"})


def done(call: ServiceCall, states: Sequence[State], unit: str) -> str:
    """What is so now: one sentence for each group of entities that are alike; `unit` is that of temperatures."""
    groups: dict[str, list[str]] = {}
    for state in states:
        groups.setdefault(_predicate(call, state, unit), []).append(state.name)
    return " ".join(f"{_named(names)} {is_or_are(names)} {predicate}." for predicate, names in groups.items())


def accepted(call: ServiceCall, states: Sequence[State]) -> str:
    """For a call whose effect cannot be read back."""
    names = [state.name for state in states]
    if call.domain == "notify":
        return f"The notice was sent to {_named(names)}; whether it arrived is not known."
    return f"Home Assistant accepted {call.domain}.{call.service} for {_named(names)}; its effect cannot be read back."


def unconfirmed(states: Sequence[State], seconds: float) -> str:
    """For a command whose effect was not seen in time."""
    names = [state.name for state in states]
    return f"{_named(names)}: the command was sent, but not confirmed within {seconds:.0f} s."


def command(call: ServiceCall, names: Sequence[str]) -> str:
    """A call as a person would say it: unlock the front door."""
    things = " and ".join(f"the {inline(name)}" for name in names)
    if call.domain in _RUN and call.service != "turn_off":
        return f"run {' and '.join(names)}" if call.domain != "scene" else f"set {' and '.join(names)}"
    position = to_number(call.data.get("position"))
    if position is not None:
        return f"open {things} to {position:.0f} %"
    return f"{_IMPERATIVES.get(call.service) or call.service.replace('_', ' ')} {things}"


def asks(call: ServiceCall, state: State, reason: str) -> str:
    """For a call that waits for a person's yes."""
    gerund = _GERUNDS.get(call.service)
    if gerund is None or state.domain == "group":
        return f"{sentence(reason)}; that needs your yes, so nothing was sent yet."
    return f"{gerund} needs your yes; the {inline(state.name)} stays {_shown(state)} until then."


def never(call: ServiceCall, state: State, reason: str) -> str:
    """For what text from outside may not bring about; the person is told what to say instead."""
    clause = f"{sentence(reason)}, which" if reason else "That is something that"
    said = command(call, [state.name])
    return f"{clause} text from outside may never bring about; nothing was done. If you want it, say: {said}."


def sentence(clause: str) -> str:
    """A clause with a capital."""
    return clause[:1].upper() + clause[1:]


def _shown(state: State) -> str:
    return state.state.replace("_", " ")


def _named(names: Sequence[str]) -> str:
    if len(names) <= _NAMES_IN_FULL:
        return join(names)
    shown = [*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED + 1 else names
    return f"{len(names)} devices ({join(shown)})"


def _predicate(call: ServiceCall, state: State, unit: str) -> str:
    if call.service == "trigger":
        return "run"
    if call.domain in _DONE_TO:
        return _DONE_TO[call.domain] if call.service != "turn_off" else "stopped"
    if call.service in _TURNED and not call.data:
        return "off" if call.service == "turn_off" else "on"
    special = {"light": _light, "cover": _moved, "valve": _moved, "climate": _climate, "water_heater": _climate}
    phrase = special.get(state.domain, _plain)(call.data, state, unit)
    return phrase or state.state.replace("_", " ")


def _light(data: Mapping[str, object], state: State, _unit: str) -> str:
    percent = to_number(data.get("brightness_pct"))
    shown = to_number(state.attributes.get("brightness"))
    if state.state == "on" and ("brightness_pct" in data or "brightness" in data):
        value = percent if percent is not None else (shown or 0.0) / 2.55
        return f"at {value:.0f} %"
    return ""


def _moved(data: Mapping[str, object], state: State, _unit: str) -> str:
    position = to_number(data.get("position"))
    if position is None or state.state in {"opening", "closing"}:
        return ""
    return f"at {position:.0f} %"


def _climate(data: Mapping[str, object], _state: State, unit: str) -> str:
    mode, low, high = data.get("hvac_mode"), data.get("target_temp_low"), data.get("target_temp_high")
    warmth = to_number(data.get("temperature"))
    parts = [str(mode).replace("_", " ")] if mode else []
    if warmth is not None:
        parts.append(f"{warmth:g} {unit}")
    elif low is not None and high is not None:
        parts.append(f"{low} to {high} {unit}")
    return f"set to {', '.join(parts)}" if parts else ""


def _plain(data: Mapping[str, object], state: State, _unit: str) -> str:
    for key in ("percentage", "humidity", "value", "option", "preset_mode", "fan_mode"):
        if key in data:
            return f"set to {data[key]}" + (" %" if key in {"percentage", "humidity"} else "")
    if "is_volume_muted" in data:
        return "muted" if data["is_volume_muted"] else "no longer muted"
    level = to_number(data.get("volume_level"))
    if level is not None:
        return f"at volume {level * 100:.0f} %"
    return "" if state.state else "done"
