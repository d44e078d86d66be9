"""States as people say them and as Home Assistant spells them."""

from wactorz_common.contracts.home import Entity

_OPENINGS = frozenset({"door", "window", "opening", "garage_door"})
_DETECTORS = frozenset({
    "motion", "occupancy", "presence", "moving", "smoke", "gas", "moisture", "sound", "vibration", "carbon_monoxide",
    "problem", "safety", "tamper", "light", "cold", "heat",
})  # fmt: skip
_SWITCHED = frozenset({"light", "switch", "fan", "input_boolean", "humidifier", "siren", "remote", "media_player"})
_ALARMS = frozenset({"armed", "disarmed", "detected"})
_ON_OFF = frozenset({"on", "off"})

_STATES: dict[str, dict[str, str]] = {
    "cover": {"open": "open", "closed": "closed"},
    "valve": {"open": "open", "closed": "closed"},
    "lock": {"locked": "locked", "unlocked": "unlocked"},
    "media_player": {"on": "on", "off": "off", "playing": "playing", "paused": "paused"},
    "alarm_control_panel": {"disarmed": "disarmed", "detected": "triggered"},
    "person": {"home": "home", "away": "not_home"},
    "device_tracker": {"home": "home", "away": "not_home"},
}
_UNKNOWN = frozenset({"unknown", "unavailable", None})


def state_value(entity: Entity, said: str) -> str | None:
    """How Home Assistant spells a state of this entity; None when it has no such state."""
    if entity.domain == "binary_sensor":
        return _binary_words(entity).get(said)
    if entity.domain == "climate":
        modes = [mode for mode in entity.attributes.get("hvac_modes") or () if mode != "off"]
        return "off" if said == "off" else modes[0] if said == "on" and len(modes) == 1 else None
    if entity.domain in _STATES:
        return _STATES[entity.domain].get(said)
    return said if entity.domain in _SWITCHED and said in _ON_OFF else None


def can_be(entity: Entity, said: str) -> bool:
    """Whether an entity can be in a state as people say it, so that asking for it makes sense."""
    if entity.domain == "alarm_control_panel":
        return said in _ALARMS
    if entity.domain == "climate" and said in _ON_OFF:
        return True
    return state_value(entity, said) is not None


def is_state(entity: Entity, said: str) -> bool | None:
    """Whether the entity is in a state as people say it; None when it reports none."""
    if entity.state in _UNKNOWN:
        return None
    if entity.domain == "alarm_control_panel" and said == "armed":
        return str(entity.state).startswith("armed")
    if said == "on" and entity.domain in {"climate", "media_player"}:
        return entity.state not in {"off", "standby"}
    return entity.state == state_value(entity, said)


def said_state(entity: Entity) -> str:
    """The state of an entity as people say it."""
    if entity.domain == "binary_sensor":
        words = {value: said for said, value in reversed(_binary_words(entity).items())}
        return words.get(entity.state or "", entity.state or "")
    if entity.domain in {"person", "device_tracker"} and entity.state == "not_home":
        return "away"
    return entity.state or ""


def _binary_words(entity: Entity) -> dict[str, str]:
    if entity.device_class in _OPENINGS:
        return {"open": "on", "closed": "off"}
    if entity.device_class == "lock":
        return {"unlocked": "on", "locked": "off"}
    if entity.device_class in _DETECTORS:
        return {"detected": "on", "clear": "off", "on": "on", "off": "off"}
    return {"on": "on", "off": "off"}
