"""From Home Assistant's registries to the house and its map; pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_home_assistant import State

_KEPT_ATTRIBUTES = (
    "brightness", "color_mode", "color_temp_kelvin", "supported_color_modes", "min_color_temp_kelvin",
    "max_color_temp_kelvin", "supported_features", "hvac_modes", "hvac_action", "min_temp", "max_temp",
    "target_temp_step", "temperature", "target_temp_high", "target_temp_low", "current_temperature", "fan_mode",
    "fan_modes", "preset_mode", "preset_modes", "swing_modes", "current_position", "percentage", "percentage_step",
    "humidity", "current_humidity", "min_humidity", "max_humidity", "volume_level", "is_volume_muted", "source",
    "source_list", "options", "min", "max", "step", "state_class", "entity_id",
)  # fmt: skip
_CHANGING_ATTRIBUTES = frozenset({
    "brightness", "color_mode", "color_temp_kelvin", "hvac_action", "temperature", "target_temp_high",
    "target_temp_low", "current_temperature", "fan_mode", "preset_mode", "current_position", "percentage", "humidity",
    "current_humidity", "volume_level", "is_volume_muted", "source",
})  # fmt: skip


@dataclass(frozen=True)
class Registries:
    """What Home Assistant's registries said when they were read."""

    areas: Sequence[Mapping[str, Any]] = ()
    devices: Sequence[Mapping[str, Any]] = ()
    entities: Sequence[Mapping[str, Any]] = ()
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)


def survey(registries: Registries, states: Mapping[str, State], version: int) -> House:
    """The house as the registries describe it, with the states as they are now."""
    entries = {str(entry["entity_id"]): entry for entry in registries.entities}
    device_areas = {str(device["id"]): device.get("area_id") for device in registries.devices}
    config = registries.config
    return House(
        version=version,
        name=str(config.get("location_name") or "Home"),
        language=str(config.get("language") or "en"),
        temperature_unit=str((config.get("unit_system") or {}).get("temperature") or "°C"),
        demo=config.get("config_source") == "demo",
        areas=tuple(_area(area) for area in sorted(registries.areas, key=lambda area: str(area.get("name")))),
        entities=tuple(
            _entity(states[entity_id], entries.get(entity_id, {}), device_areas) for entity_id in sorted(states)
        ),
        services={domain: tuple(sorted(names)) for domain, names in sorted(registries.services.items())},
    )


def digest(house: House) -> str:
    """A hash of all that a change of the house means; states and the like do not count."""
    plain = house.to_wire()
    plain.pop("version")
    for entity in plain["entities"]:
        entity.pop("state", None)
        attributes = entity.get("attributes", {})
        entity["attributes"] = {k: v for k, v in attributes.items() if k not in _CHANGING_ATTRIBUTES}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def devices_with_entities(registries: Registries, house: House) -> tuple[dict[str, Any], ...]:
    """The map: devices with their entities and areas; an entity without a device stands for itself."""
    names = {area.area_id: area.name for area in house.areas}
    owner = {str(entry["entity_id"]): entry.get("device_id") for entry in registries.entities}
    by_device: dict[str | None, list[Entity]] = {}
    for entity in house.entities:
        by_device.setdefault(owner.get(entity.entity_id), []).append(entity)
    found = [
        _device(device, [_placed(entity, names) for entity in by_device[str(device["id"])]], names)
        for device in registries.devices
        if str(device["id"]) in by_device
    ]
    known = {str(device["id"]) for device in registries.devices}
    alone = [entity for owner_id, owned in by_device.items() if owner_id not in known for entity in owned]
    return (*found, *(_standing_alone(entity, names) for entity in alone))


def _area(area: Mapping[str, Any]) -> Area:
    return Area(area_id=str(area["area_id"]), name=str(area.get("name") or area["area_id"]), aliases=_aliases(area))


def _aliases(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(alias) for alias in entry.get("aliases") or () if alias)


def _entity(state: State, entry: Mapping[str, Any], device_areas: Mapping[str, Any]) -> Entity:
    attributes = state.attributes
    return Entity(
        entity_id=state.entity_id,
        name=str(entry.get("name") or attributes.get("friendly_name") or entry.get("original_name") or state.name),
        aliases=_aliases(entry),
        area_id=entry.get("area_id") or device_areas.get(str(entry.get("device_id"))),
        device_class=attributes.get("device_class") or entry.get("device_class") or entry.get("original_device_class"),
        unit=attributes.get("unit_of_measurement"),
        state=state.state,
        attributes={key: attributes[key] for key in _KEPT_ATTRIBUTES if attributes.get(key) is not None},
    )


def _device(device: Mapping[str, Any], entities: list[dict[str, Any]], areas: Mapping[str, str]) -> dict[str, Any]:
    return {
        "device_id": device["id"], "name": device.get("name_by_user") or device.get("name") or "",
        "manufacturer": device.get("manufacturer"), "model": device.get("model"), "area_id": device.get("area_id"),
        "area": areas.get(str(device.get("area_id"))), "entities": entities,
    }  # fmt: skip


def _standing_alone(entity: Entity, areas: Mapping[str, str]) -> dict[str, Any]:
    placed = _placed(entity, areas)
    return {
        "device_id": None, "name": entity.name, "manufacturer": None, "model": None, "area_id": placed["area_id"],
        "area": placed["area"], "entities": [placed],
    }  # fmt: skip


def _placed(entity: Entity, areas: Mapping[str, str]) -> dict[str, Any]:
    return {
        "entity_id": entity.entity_id, "name": entity.name, "domain": entity.domain,
        "device_class": entity.device_class, "area_id": entity.area_id, "area": areas.get(entity.area_id or ""),
    }  # fmt: skip
