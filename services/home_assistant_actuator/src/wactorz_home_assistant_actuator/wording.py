"""The outcome of a call as a sentence for a person."""

from collections.abc import Mapping, Sequence

from wactorz_common.comparisons import to_number
from wactorz_common.contracts.home import ServiceCall
from wactorz_common.language import decimal
from wactorz_home_assistant import State, inline, is_or_are, join
from wactorz_home_assistant_actuator.german import phrase

_NAMES_IN_FULL = 4
_MOST_NAMED = 6
_TURNED = frozenset({"turn_on", "turn_off"})
_GERUNDS = {
    "unlock": "Unlocking", "open": "Opening", "open_cover": "Opening", "set_cover_position": "Opening",
    "open_valve": "Opening", "set_valve_position": "Opening", "open_cover_tilt": "Opening",
    "set_cover_tilt_position": "Opening", "alarm_disarm": "Disarming",
}  # fmt: skip
_IMPERATIVES = {
    "unlock": "unlock {things}", "open": "open {things}", "open_cover": "open {things}",
    "open_valve": "open {things}", "open_cover_tilt": "open {things}", "close_cover": "close {things}",
    "close_valve": "close {things}", "alarm_disarm": "disarm {things}", "lock": "lock {things}",
    "press": "press {things}", "turn_on": "turn on {things}", "turn_off": "turn off {things}",
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
        return phrase("The notice was sent to {named}; whether it arrived is not known.", named=_named(names))
    return phrase(
        "Home Assistant accepted {domain}.{service} for {named}; its effect cannot be read back.",
        domain=call.domain,
        service=call.service,
        named=_named(names),
    )


def unconfirmed(states: Sequence[State], seconds: float) -> str:
    """For a command whose effect was not seen in time."""
    names = [state.name for state in states]
    return phrase(
        "{named}: the command was sent, but not confirmed within {seconds:.0f} s.", named=_named(names), seconds=seconds
    )


def command(call: ServiceCall, names: Sequence[str]) -> str:
    """A call as a person would say it: unlock the front door."""
    things = phrase(" and ").join(phrase("the {name}", name=inline(name)) for name in names)
    if call.domain in _RUN and call.service != "turn_off":
        listed = phrase(" and ").join(names)
        return phrase("run {names}", names=listed) if call.domain != "scene" else phrase("set {names}", names=listed)
    position = to_number(call.data.get("position"))
    if position is not None:
        return phrase("open {things} to {position:.0f} %", things=things, position=position)
    if call.service in _IMPERATIVES:
        return phrase(_IMPERATIVES[call.service], things=things)
    return phrase("{service} {things}", service=call.service.replace("_", " "), things=things)


def asks(call: ServiceCall, state: State, reason: str) -> str:
    """For a call that waits for a person's yes."""
    gerund = _GERUNDS.get(call.service)
    if gerund is None or state.domain == "group":
        return phrase("{reason}; that needs your yes, so nothing was sent yet.", reason=sentence(reason))
    return phrase(
        "{doing} needs your yes; the {name} stays {state} until then.",
        doing=phrase(gerund), name=inline(state.name), state=_shown(state),
    )  # fmt: skip


def never(call: ServiceCall, state: State, reason: str) -> str:
    """For what text from outside may not bring about; the person is told what to say instead."""
    said = command(call, [state.name])
    if not reason:
        return phrase(
            "That is something that text from outside may never bring about; nothing was done. "
            "If you want it, say: {said}.", said=said,
        )  # fmt: skip
    return phrase(
        "{reason}, which text from outside may never bring about; nothing was done. If you want it, say: {said}.",
        reason=sentence(reason), said=said,
    )  # fmt: skip


def sentence(clause: str) -> str:
    """A clause with a capital."""
    return clause[:1].upper() + clause[1:]


def _shown(state: State) -> str:
    return phrase(state.state.replace("_", " "))


def _named(names: Sequence[str]) -> str:
    if len(names) <= _NAMES_IN_FULL:
        return join(names)
    more = phrase("{count} more", count=len(names) - _MOST_NAMED)
    shown = [*names[:_MOST_NAMED], more] if len(names) > _MOST_NAMED + 1 else names
    return phrase("{count} devices ({names})", count=len(names), names=join(shown))


def _predicate(call: ServiceCall, state: State, unit: str) -> str:
    if call.service == "trigger":
        return phrase("run")
    if call.domain in _DONE_TO:
        return phrase(_DONE_TO[call.domain] if call.service != "turn_off" else "stopped")
    if call.service in _TURNED and not call.data:
        return phrase("off" if call.service == "turn_off" else "on")
    special = {"light": _light, "cover": _moved, "valve": _moved, "climate": _climate, "water_heater": _climate}
    predicate = special.get(state.domain, _plain)(call.data, state, unit)
    return predicate or _shown(state)


def _light(data: Mapping[str, object], state: State, _unit: str) -> str:
    percent = to_number(data.get("brightness_pct"))
    shown = to_number(state.attributes.get("brightness"))
    if state.state == "on" and ("brightness_pct" in data or "brightness" in data):
        value = percent if percent is not None else (shown or 0.0) / 2.55
        return phrase("at {value:.0f} %", value=value)
    return ""


def _moved(data: Mapping[str, object], state: State, _unit: str) -> str:
    position = to_number(data.get("position"))
    if position is None or state.state in {"opening", "closing"}:
        return ""
    return phrase("at {value:.0f} %", value=position)


def _climate(data: Mapping[str, object], _state: State, unit: str) -> str:
    mode, low, high = data.get("hvac_mode"), data.get("target_temp_low"), data.get("target_temp_high")
    warmth = to_number(data.get("temperature"))
    parts = [phrase(str(mode).replace("_", " "))] if mode else []
    if warmth is not None:
        parts.append(f"{decimal(warmth)} {unit}")
    elif low is not None and high is not None:
        parts.append(phrase("{low} to {high} {unit}", low=_number(low), high=_number(high), unit=unit))
    return phrase("set to {value}", value=", ".join(parts)) if parts else ""


def _plain(data: Mapping[str, object], state: State, _unit: str) -> str:
    for key in ("percentage", "humidity", "value", "option", "preset_mode", "fan_mode"):
        if key in data:
            unit = " %" if key in {"percentage", "humidity"} else ""
            return phrase("set to {value}", value=f"{_number(data[key])}{unit}")
    if "is_volume_muted" in data:
        return phrase("muted") if data["is_volume_muted"] else phrase("no longer muted")
    level = to_number(data.get("volume_level"))
    if level is not None:
        return phrase("at volume {value:.0f} %", value=level * 100)
    return "" if state.state else phrase("done")


def _number(value: object) -> str:
    return decimal(value) if isinstance(value, int | float) else str(value)
