"""Configurations of automations: one form for all spellings, YAML, differences, and what is in them; pure."""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from wactorz_common.contracts._channel import Payload
from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.risk import Risk, Verdict, assess_all, members_of, secures
from wactorz_home_assistant_agent.german import phrase

Config = dict[str, Any]
"""An automation as Home Assistant keeps it."""

SECTIONS = ("triggers", "conditions", "actions")
_OLD_SECTIONS = {"trigger": "triggers", "condition": "conditions", "action": "actions"}
_ORDER = ("alias", "description", *SECTIONS, "mode")
_OLD_KEYS = {"triggers": ("platform", "trigger"), "actions": ("service", "action")}
_ENTITY_ID = re.compile(r"^[a-z0-9_]+\.[a-z0-9_]+$")
_REGISTRY_ID = re.compile(r"^[0-9a-f]{32}$")
_NESTED = ("sequence", "then", "else", "default", "parallel", "choose", "if", "repeat", "conditions", "condition")
_HARMLESS_STEPS = (
    "delay", "wait_template", "wait_for_trigger", "condition", "stop", "variables",
    "set_conversation_response", "if", "choose", "repeat", "parallel", "sequence",
)  # fmt: skip
_TELLING_DOMAINS = frozenset({"notify", "persistent_notification", "logbook", "system_log", "tts"})
_DEVICE_VERBS = frozenset({"turn_on", "turn_off", "toggle", "lock", "close", "open", "unlock"})


def normal(config: Mapping[str, Any]) -> Config:
    """The configuration in today's spelling: triggers, conditions, actions as lists, `trigger:` and `action:` keys."""
    renamed = {_OLD_SECTIONS.get(key, key): value for key, value in config.items() if key != "id"}
    for section in SECTIONS:
        if section in renamed or "use_blueprint" not in renamed:
            renamed[section] = [_modern(step, section) for step in listed(renamed.get(section))]
    return {key: renamed[key] for key in sorted(renamed, key=_place)}


def listed(value: Any) -> list[Any]:
    """A list of it, when it is not one yet; empty for nothing."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None or value == {} else [value]


def dump(config: Mapping[str, Any] | None) -> str:
    """The configuration as YAML; empty for none."""
    if config is None:
        return ""
    return yaml.safe_dump(_plain(dict(config)), sort_keys=False, allow_unicode=True, width=110)


def difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """Unified diff of the YAML; empty when nothing differs."""
    old, new = dump(before).splitlines(), dump(after).splitlines()
    return "\n".join(difflib.unified_diff(old, new, "before", "after", lineterm=""))


def same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two configurations say the same in any spelling."""
    if one is None or other is None:
        return one is other
    return json.dumps(normal(one), sort_keys=True) == json.dumps(normal(other), sort_keys=True)


def in_old_spelling(config: Mapping[str, Any]) -> Config:
    """For a Home Assistant before 2024.10, which knows only `trigger`, `platform` and `service`."""
    new_sections = {new: old for old, new in _OLD_SECTIONS.items()}
    return {
        new_sections.get(key, key): [_older(step, key) for step in value] if key in SECTIONS else value
        for key, value in normal(config).items()
    }


def entities_in(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Every entity that is named in it, scenes and templates' texts not included."""
    return tuple(dict.fromkeys(_named(normal(config))))


def services_in(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Every service that it calls by name."""
    steps = _steps(normal(config).get("actions", ()))
    return tuple(dict.fromkeys(str(step["action"]) for step in steps if "action" in step))


def risk_of(config: Mapping[str, Any], house: House) -> Verdict:
    """The highest class of what it does; what cannot be looked into opens."""
    if "use_blueprint" in config:
        path = dict(config["use_blueprint"] or {}).get("path", "")
        return Verdict(Risk.OPENING, phrase("what the blueprint {path} does cannot be looked into", path=path))
    entities = {entity.entity_id: entity for entity in house.entities}
    calls: list[ServiceCall] = []
    for step in _steps(normal(config).get("actions", ())):
        made = _calls_of(step, house)
        if isinstance(made, str):
            return Verdict(Risk.OPENING, made)
        calls += made
    return assess_all(calls, entities)


def held_back(config: Mapping[str, Any], house: House, laid: Iterable[EntityPolicy]) -> str:
    """What people have laid down against it, as a clause; empty when nothing."""
    entities = {entity.entity_id: entity for entity in house.entities}
    policies = {policy.entity_id: policy for policy in laid}
    for step in _steps(normal(config).get("actions", ())):
        made = _calls_of(step, house)
        for call in made if not isinstance(made, str) else ():
            named = [one for one in call.entity_id if one in entities]
            members = [member for one in named for member in members_of(entities[one])]
            for one in (*named, *members):
                reason = _against(policies.get(one), call, entities.get(one), entities)
                if reason:
                    return reason
    return ""


def _against(
    policy: EntityPolicy | None, call: ServiceCall, entity: Entity | None, entities: Mapping[str, Entity]
) -> str:
    if policy is None or entity is None:
        return ""
    if policy.risk == "A":
        return phrase("{name} is set to be left alone", name=entity.name)
    if secures(call, entity, entities):
        return ""
    if policy.persons:
        return phrase("Only {persons} may change {name}", persons=", ".join(policy.persons), name=entity.name)
    if policy.pin:
        return phrase("{name} asks for a PIN", name=entity.name)
    return phrase("{name} is set to ask each time", name=entity.name) if policy.risk == "C" else ""


def _calls_of(step: Mapping[str, Any], house: House) -> list[ServiceCall] | str:
    """The calls of one step, or why nobody can know them."""
    if "action" not in step:
        return _other_step(step, house)
    domain, _, service = str(step["action"]).partition(".")
    if not _ENTITY_ID.match(str(step["action"])):
        return phrase("it chooses what to call by a template ({action})", action=step["action"])
    if domain in _TELLING_DOMAINS:
        return []
    data = _data_of(step)
    named = None if data is None else _targets(step, data, domain, house)
    if named is None or data is None:
        return phrase("it chooses by a template what {domain}.{service} is for", domain=domain, service=service)
    if not named:
        return phrase("what {domain}.{service} does cannot be looked into", domain=domain, service=service)
    kept = {key: value for key, value in data.items() if key != "entity_id"}
    return [ServiceCall(domain=domain, service=service, entity_id=tuple(named), data=kept)]


def _data_of(step: Mapping[str, Any]) -> Config | None:
    """The data of a call, with those of the old spelling, which win; None when a template makes all of it."""
    parts = [step.get(key) or {} for key in ("data", "data_template")]
    return {**parts[0], **parts[1]} if all(isinstance(part, Mapping) for part in parts) else None


def _other_step(step: Mapping[str, Any], house: House) -> list[ServiceCall] | str:
    if "scene" in step:
        return [ServiceCall(domain="scene", service="turn_on", entity_id=(str(step["scene"]),))]
    if "device_id" in step and "domain" in step:
        return _device_call(step, house)
    return [] if any(key in step for key in _HARMLESS_STEPS) else phrase("one of its steps cannot be looked into")


def _device_call(step: Mapping[str, Any], house: House) -> list[ServiceCall] | str:
    entity_id = str(step.get("entity_id", ""))
    if _REGISTRY_ID.match(entity_id):
        entity_id = next((e.entity_id for e in house.entities if e.registry_id == entity_id), "")
    verb = str(step.get("type", ""))
    if not entity_id or verb not in _DEVICE_VERBS:
        return phrase("what it does with a device cannot be looked into")
    domain = str(step["domain"])
    service = f"{verb}_{domain}" if domain in {"cover", "valve"} and verb in {"open", "close"} else verb
    return [ServiceCall(domain=domain, service=service, entity_id=(entity_id,))]


def _targets(step: Mapping[str, Any], data: Config, domain: str, house: House) -> list[str] | None:
    """The entities that a call is for; None when a template chooses them, none when a place is not known."""
    if isinstance(step.get("target"), str):
        return None
    wanted = {**data, **(step.get("target") or {})}
    asked = _split(step.get("entity_id")) + _split(wanted.get("entity_id"))
    places = {key: set(_split(wanted.get(key))) for key in ("area_id", "device_id", "floor_id", "label_id")}
    if any("{" in text for text in (*asked, *(text for texts in places.values() for text in texts))):
        return None
    within = {entity.entity_id: _places_of(entity, house) for entity in house.entities}
    known = _all_places(house, within.values())
    if any(places[key] - known[key] for key in places):
        return []
    found = [
        entity.entity_id for entity in house.entities
        if domain in (entity.domain, "homeassistant")
        and ("all" in asked or any(places[key] & within[entity.entity_id][key] for key in places))
    ]  # fmt: skip
    by_registry = {e.registry_id: e.entity_id for e in house.entities if e.registry_id}
    return [*(by_registry.get(one, one) for one in asked if one != "all"), *found]


def _places_of(entity: Entity, house: House) -> dict[str, set[str]]:
    """By which targets Home Assistant finds an entity: labels of its device and area count too."""
    area = next((area for area in house.areas if area.area_id == entity.area_id), None)
    device = next((one for one in house.devices if one.device_id == entity.device_id), None)
    labels = {*entity.labels, *(device.labels if device else ()), *(area.labels if area else ())}
    floor = area.floor_id if area is not None else None
    return {
        "area_id": _given(entity.area_id), "device_id": _given(entity.device_id), "floor_id": _given(floor),
        "label_id": labels,
    }  # fmt: skip


def _all_places(house: House, within: Iterable[Mapping[str, set[str]]]) -> dict[str, set[str]]:
    """Every target that is known, those without entities too."""
    known = {
        "area_id": {area.area_id for area in house.areas}, "device_id": {one.device_id for one in house.devices},
        "floor_id": {floor.floor_id for floor in house.floors}, "label_id": {one.label_id for one in house.labels},
    }  # fmt: skip
    for places in within:
        for key, found in places.items():
            known[key] |= found
    return known


def _given(value: str | None) -> set[str]:
    return {value} if value else set()


def _split(value: Any) -> list[str]:
    return [part.strip() for one in listed(value) for part in str(one).split(",") if part.strip()]


def _steps(steps: Any) -> Iterator[Mapping[str, Any]]:
    """Every step of a list of actions, those inside of others too."""
    for step in listed(steps):
        if isinstance(step, list):
            yield from _steps(step)
        if not isinstance(step, Mapping):
            continue
        yield step
        for key in ("sequence", "then", "else", "default", "parallel", "choose", "repeat"):
            if key in step:
                yield from (inner for inner in _steps(step[key]) if not _only_holds(inner))


def _only_holds(step: Mapping[str, Any]) -> bool:
    """A choice of `choose` or the body of `repeat`: it is no step itself, its sequence is."""
    return "sequence" in step and "action" not in step and set(step) <= {
        "sequence", "conditions", "alias", "count", "while", "until", "for_each", "enabled",
    }  # fmt: skip


def _named(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _named(inner, str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _named(inner, key)
    elif key in {"entity_id", "scene", "zone"} and isinstance(value, str):
        yield from (part for part in _split(value) if _ENTITY_ID.match(part))


def _modern(step: Any, section: str) -> Any:
    return _renamed(step, *_OLD_KEYS.get(section, ("", "")))


def _older(step: Any, section: str) -> Any:
    old, new = _OLD_KEYS.get(section, ("", ""))
    return _renamed(step, new, old)


def _renamed(step: Any, old: str, new: str) -> Any:
    """The step with one key renamed, inside of nested steps too."""
    if isinstance(step, list):
        return [_renamed(one, old, new) for one in step]
    if not isinstance(step, Mapping) or not old:
        return step
    return {
        new if key == old and new not in step else key: _renamed(value, old, new) if key in _NESTED else value
        for key, value in step.items()
    }


def _place(key: str) -> tuple[int, str]:
    return (_ORDER.index(key), "") if key in _ORDER else (len(_ORDER), key)


def _plain(value: Any) -> Any:
    """The value in types that YAML writes without tags."""
    if isinstance(value, Payload):
        return _plain(value.to_wire())
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
