"""Who may do what: the class of an action, computed from the verb and the entity, never by a model."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple

from wactorz_common.contracts.home import Entity, ServiceCall
from wactorz_common.german import phrase


class Risk(StrEnum):
    """How much harm an action can do; compares by letter."""

    READ = "A"
    REVERSIBLE = "B"
    OPENING = "C"


class Verdict(NamedTuple):
    """The class of an action; for class C what would happen, as a clause for a person."""

    risk: Risk
    reason: str = ""


_SAFE = Verdict(Risk.REVERSIBLE)
_MAX_DEPTH = 4
_WORD = re.compile(r"[^\W_]+")

_PLAIN_DOMAINS = frozenset({
    "air_quality", "calendar", "camera", "climate", "counter", "date", "datetime", "fan", "humidifier", "input_boolean",
    "input_datetime", "input_number", "input_select", "input_text", "lawn_mower", "light", "media_player", "notify",
    "number", "select", "siren", "switch", "text", "time", "timer", "todo", "vacuum", "water_heater",
})  # fmt: skip
_READS = frozenset({
    "calendar.get_events", "calendar.list_events", "schedule.get_schedule", "todo.get_items",
    "weather.get_forecast", "weather.get_forecasts",
})  # fmt: skip
"""Services that only answer; a name alone proves nothing, as a script may be called get_in."""

_PRESSED_DOMAINS = frozenset({"button", "input_button"})
_OPAQUE_DOMAINS = frozenset({"scene", "script", "automation", "group"})
TARGET_KEYS = frozenset({
    "entity_id", "area_id", "device_id", "floor_id", "label_id", "target", "entities", "add_entities",
    "remove_entities", "snapshot_entities", "object_id",
})  # fmt: skip
"""Keys of service data that could reach further entities than the call names."""

_SECURED_VERBS = {
    "lock": frozenset({"lock", "turn_on"}),
    "cover": frozenset({"close_cover", "close_cover_tilt", "stop_cover", "stop_cover_tilt", "turn_off"}),
    "valve": frozenset({"close_valve", "stop_valve", "turn_off"}),
    "alarm_control_panel": frozenset({
        "alarm_arm_home", "alarm_arm_away", "alarm_arm_night", "alarm_arm_vacation", "alarm_arm_custom_bypass",
        "alarm_trigger", "turn_on",
    }),
}  # fmt: skip
_OPENED = {"lock": "{name} would be unlocked", "alarm_control_panel": "{name} would be disarmed"}
_NEVER_BY_NAME = frozenset({"light", "climate", "media_player", "camera", "notify", "todo", "calendar"})
_POSITIONS = {"set_cover_position": "position", "set_valve_position": "position"}
_ENTRY_CLASSES = frozenset({"garage", "garage_door", "gate", "door"})
_ENTRY_WORDS = frozenset({"gate", "gates", "garage", "door", "doors", "tor", "tore"})
_OPENER_WORDS = frozenset({
    "gate", "gates", "opener", "unlock", "disarm", "lock", "buzzer", "strike", "barrier", "schranke", "tor", "tore",
})  # fmt: skip
_HEAT_WORDS = frozenset({"gas", "stove", "oven", "hob", "cooktop", "cooker", "stovetop"})
_HARMLESS_WORDS = frozenset({"light", "lights", "lamp", "led", "chime", "bell", "camera", "fan", "hood", "indicator"})
_AT_ENTRANCES = frozenset({"chime", "bell", "camera", "klingel", "kamera"})
"""Harmless themselves, but what is called so may open too: gate camera, open gate."""

_OPENING_WORDS = frozenset({"open", "opener", "unlock", "disarm", "release", "buzzer", "strike"})
_OPENING_PARTS = ("öffne", "oeffne", "entriegel", "entsperr", "aufschließ")
_SECURED_WORDS = frozenset({
    "locked", "armed", "secured", "closed", "shut", "verriegelt", "abgeschlossen", "verschlossen", "gesperrt",
    "scharf", "geschlossen",
})  # fmt: skip
"""On means secured: what opens is to switch it off."""
_EITHER_WAY = frozenset({"lock", "locks", "deadbolt", "bolt", "latch", "alarm"})
"""What on and off mean cannot be told from the name."""
_OPENER_PARTS = ("tür", "tuer", "schloss", "öffner", "oeffner", "riegel", "garagentor", "gartentor", "hoftor")
_ENTRY_PARTS = ("tür", "tuer", "garage", "gartentor", "hoftor", "einfahrt")
_EITHER_PARTS = ("schloss", "riegel")
_HEAT_PARTS = ("herd", "ofen", "kochfeld", "gasventil", "gashahn")
_HARMLESS_PARTS = ("licht", "lampe", "leuchte", "klingel", "kamera")
"""German compounds: one word names the place and the thing."""


def assess_all(calls: Iterable[ServiceCall], entities: Mapping[str, Entity]) -> Verdict:
    """The highest class of several calls."""
    return _highest(assess(call, entities) for call in calls)


def assess(call: ServiceCall, entities: Mapping[str, Entity]) -> Verdict:
    """The class of one call on all its entities; `entities` is the registry of the house by entity id."""
    if f"{call.domain}.{call.service}" in _READS:
        return Verdict(Risk.READ)
    hidden = sorted(TARGET_KEYS & call.data.keys())
    if hidden:
        return Verdict(
            Risk.OPENING,
            phrase(
                "{key} in the data of {service} names further targets",
                key=hidden[0],
                service=f"{call.domain}.{call.service}",
            ),
        )
    return _highest(_assess_entity(call, entity_id, entities, 0) for entity_id in call.entity_id)


def can_open(entity: Entity, entities: Mapping[str, Entity], depth: int = 0) -> bool:
    """Whether any verb on this entity is of class C, its members included."""
    domain = entity.domain
    if domain in {"lock", "valve", "alarm_control_panel"}:
        return True
    if domain in _OPAQUE_DOMAINS and not members_of(entity):
        return True
    if domain not in _PLAIN_DOMAINS | _PRESSED_DOMAINS | _OPAQUE_DOMAINS | {"cover"}:
        return True
    if _is_entry(entity) if domain == "cover" else _opens_by_name(entity):
        return True
    return any(
        depth >= _MAX_DEPTH or member not in entities or can_open(entities[member], entities, depth + 1)
        for member in members_of(entity)
    )


def secures(call: ServiceCall, entity: Entity, entities: Mapping[str, Entity]) -> bool:
    """Whether the call closes, locks or arms something that can be opened: never worth waiting for a yes."""
    closed = call.service in _POSITIONS and call.data.get(_POSITIONS[call.service]) == 0
    verbs = _SECURED_VERBS.get(entity.domain, frozenset())
    return (call.service in verbs or closed) and can_open(entity, entities)


def members_of(entity: Entity) -> tuple[str, ...]:
    """Entities that a group, scene or compound device stands for, as far as it says so."""
    members = entity.attributes.get("entity_id")
    return tuple(str(member) for member in members) if isinstance(members, list | tuple) else ()


def _assess_entity(call: ServiceCall, entity_id: str, entities: Mapping[str, Entity], depth: int) -> Verdict:
    entity = entities.get(entity_id) or Entity(entity_id=entity_id, name=entity_id)
    if depth > _MAX_DEPTH:
        return _opaque(entity)
    own = _assess_own(call, entity, entities, depth)
    if entity.domain in _OPAQUE_DOMAINS or call.domain in _OPAQUE_DOMAINS:
        return own
    return _highest([own, *(_assess_entity(call, member, entities, depth + 1) for member in members_of(entity))])


def _assess_own(call: ServiceCall, entity: Entity, entities: Mapping[str, Entity], depth: int) -> Verdict:
    domain = entity.domain
    if domain in _OPAQUE_DOMAINS:
        return _assess_opaque(call, entity, entities, depth)
    if call.domain not in {domain, "homeassistant"}:
        return Verdict(
            Risk.OPENING,
            phrase(
                "what {service} does to {name} cannot be looked into",
                service=f"{call.domain}.{call.service}",
                name=entity.name,
            ),
        )
    if domain in _SECURED_VERBS:
        return _assess_secured(call, entity)
    if domain in _PRESSED_DOMAINS:
        return _opens(entity, "{name} would be operated") if _opens_by_name(entity) else _SAFE
    if domain in _PLAIN_DOMAINS:
        return _assess_plain(call, entity)
    return _opaque(entity)


def _assess_plain(call: ServiceCall, entity: Entity) -> Verdict:
    """A helper called 'front door locked' opens when it is switched off, a 'gate relay' when it is switched on."""
    if not _opens_by_name(entity):
        return _SAFE
    words = _words(entity)
    either = bool(words & _EITHER_WAY) or _has_part(words, _EITHER_PARTS)
    secured = bool(words & _SECURED_WORDS)
    if call.service == "turn_off":
        return _opens(entity, "{name} would be switched off") if secured or either else _SAFE
    if call.service == "turn_on" and secured:
        return _SAFE
    return _opens(
        entity,
        "{name} would be switched on" if call.service in {"turn_on", "toggle"} else "{name} would be changed",
    )


def _assess_secured(call: ServiceCall, entity: Entity) -> Verdict:
    domain, service = entity.domain, call.service
    if service in _SECURED_VERBS[domain] or (domain == "cover" and not _is_entry(entity)):
        return _SAFE
    if service in _POSITIONS and call.data.get(_POSITIONS[service]) == 0:
        return _SAFE
    return _opens(entity, _OPENED.get(domain, "{name} would be opened"))


def _assess_opaque(call: ServiceCall, entity: Entity, entities: Mapping[str, Entity], depth: int) -> Verdict:
    """Scenes and groups take their members' highest class; scripts and automations cannot be looked into."""
    members = members_of(entity)
    if entity.domain == "script" and call.service == "turn_off":
        return _SAFE
    if entity.domain in {"script", "automation"} or not members:
        return _opaque(entity)
    if entity.domain == "scene":
        openers = [m for m in members if m not in entities or can_open(entities[m], entities)]
        return (
            Verdict(Risk.OPENING, phrase("{name} would set {other}", name=entity.name, other=openers[0]))
            if openers
            else _SAFE
        )
    generic = call.model_copy(update={"domain": "homeassistant"}) if call.domain == "group" else call
    return _highest(_assess_entity(generic, member, entities, depth + 1) for member in members)


def _words(entity: Entity) -> set[str]:
    text = " ".join((entity.entity_id, entity.name, *entity.aliases)).casefold()
    return set(_WORD.findall(text.replace("_", " ")))


def _is_entry(entity: Entity) -> bool:
    """A garage, gate or door; without a device class the name decides."""
    if entity.device_class:
        return entity.device_class in _ENTRY_CLASSES
    words = _words(entity)
    return bool(words & _ENTRY_WORDS) or _has_part(words, _ENTRY_PARTS)


def _opens_by_name(entity: Entity) -> bool:
    """A plain switch or button that by its name opens something, or feeds gas or a stove."""
    if entity.domain in _NEVER_BY_NAME:
        return False
    words = _words(entity)
    if _is_harmless(words):
        return False
    named = _HEAT_WORDS | _OPENER_WORDS | _SECURED_WORDS | _EITHER_WAY | {"door", "doors"}
    return bool(words & named) or _has_part(words, (*_OPENER_PARTS, *_HEAT_PARTS))


def _is_harmless(words: set[str]) -> bool:
    """A light at the door, but not the button of a door camera that opens."""
    opening = bool(words & _OPENING_WORDS) or _has_part(words, _OPENING_PARTS)
    telling = {word for word in words if not (opening and any(part in word for part in _AT_ENTRANCES))}
    return bool(telling & _HARMLESS_WORDS) or _has_part(telling, _HARMLESS_PARTS)


def _has_part(words: set[str], parts: tuple[str, ...]) -> bool:
    return any(part in word for word in words for part in parts)


def _opens(entity: Entity, clause: str) -> Verdict:
    return Verdict(Risk.OPENING, phrase(clause, name=entity.name))


def _opaque(entity: Entity) -> Verdict:
    return Verdict(
        Risk.OPENING,
        phrase("what {name} ({domain}) does cannot be looked into", name=entity.name, domain=entity.domain),
    )


def _highest(verdicts: Iterable[Verdict]) -> Verdict:
    return max(verdicts, key=lambda verdict: verdict.risk.value, default=_SAFE)
