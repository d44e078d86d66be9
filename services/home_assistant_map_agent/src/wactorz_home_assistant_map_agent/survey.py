"""From Home Assistant's registries to the house; pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from wactorz_common.contracts.home import Area, Device, Entity, Floor, House, Label
from wactorz_home_assistant import Registries, State
from wactorz_home_assistant_map_agent.service_fields import service_fields

Row = Mapping[str, Any]

_KEPT_ATTRIBUTES = (
    "brightness", "color_mode", "color_temp_kelvin", "supported_color_modes", "min_color_temp_kelvin",
    "max_color_temp_kelvin", "supported_features", "hvac_modes", "hvac_action", "min_temp", "max_temp",
    "target_temp_step", "temperature", "target_temp_high", "target_temp_low", "current_temperature", "fan_mode",
    "fan_modes", "fan_speed_list", "preset_mode", "preset_modes", "swing_mode", "swing_modes", "current_position",
    "current_tilt_position", "percentage", "percentage_step", "oscillating", "direction", "humidity",
    "current_humidity", "min_humidity", "max_humidity", "mode", "available_modes", "volume_level", "is_volume_muted",
    "source", "source_list", "sound_mode_list", "effect_list", "options", "min", "max", "step", "state_class",
    "entity_id", "code_format", "code_arm_required",
)  # fmt: skip
CHANGING_ATTRIBUTES = frozenset({
    "brightness", "color_mode", "color_temp_kelvin", "hvac_action", "temperature", "target_temp_high",
    "target_temp_low", "current_temperature", "fan_mode", "preset_mode", "swing_mode", "current_position",
    "current_tilt_position", "percentage", "oscillating", "direction", "humidity", "current_humidity", "mode",
    "volume_level", "is_volume_muted", "source",
})  # fmt: skip
"""Attributes that belong to the state of an entity rather than to what it is."""

STABLE_ATTRIBUTES = ("friendly_name", "device_class", "unit_of_measurement",
                     *(name for name in _KEPT_ATTRIBUTES if name not in CHANGING_ATTRIBUTES))  # fmt: skip
"""Attributes by which a house differs from another one."""


def survey(registries: Registries, states: Mapping[str, State], version: int) -> House:
    """The house as the registries describe it, with the states that it has now."""
    config = registries.config
    units = config.get("unit_system")
    floors = _floors(registries.floors)
    areas = tuple(_area(row, {floor.floor_id for floor in floors}) for row in _sorted(registries.areas, "area_id"))
    places = {area.area_id for area in areas}
    devices = tuple(_device(row, places) for row in _sorted(registries.devices, "id") if not row.get("disabled_by"))
    return House(
        version=version,
        name=str(config.get("location_name") or "Home"),
        language=str(config.get("language") or "en"),
        temperature_unit=str((units.get("temperature") if isinstance(units, Mapping) else "") or "°C"),
        demo=config.get("config_source") == "demo",
        time_zone=str(config.get("time_zone") or "UTC"),
        latitude=_number(config.get("latitude")),
        longitude=_number(config.get("longitude")),
        elevation=_number(config.get("elevation")) or 0.0,
        floors=floors,
        labels=tuple(
            Label(label_id=str(row["label_id"]), name=_name(row, "label_id"))
            for row in _sorted(registries.labels, "label_id")
        ),
        areas=areas,
        devices=devices,
        entities=tuple(_entities(registries, states, places, {device.device_id: device for device in devices})),
        services={domain: tuple(sorted(names)) for domain, names in sorted(registries.services.items())},
        fields=service_fields(registries.services),
    )


def digest(house: House) -> str:
    """A hash of all that a change of the house means; states and the like do not count."""
    hashed = hashlib.sha256(house.model_copy(update={"version": 0, "entities": ()}).encode())
    for entity in house.entities:
        stable = {key: value for key, value in entity.attributes.items() if not _changes(entity.domain, key)}
        hashed.update(entity.model_copy(update={"state": None, "attributes": {}}).encode())
        hashed.update(json.dumps(stable, sort_keys=True, default=str).encode())
    return hashed.hexdigest()


def is_another_thing(entity_id: str, old: Row, new: Row) -> bool:
    """Whether an entity with other attributes is another one to people: name, kind or abilities."""
    domain = entity_id.partition(".")[0]
    return old != new and any(
        old.get(name) != new.get(name) for name in STABLE_ATTRIBUTES if not _changes(domain, name)
    )


def _changes(domain: str, attribute: str) -> bool:
    """Whether an attribute belongs to the state; a player's abilities do, they are those of what it plays."""
    return attribute in CHANGING_ATTRIBUTES or (domain == "media_player" and attribute == "supported_features")


def _sorted(rows: Iterable[Row], key: str) -> list[Row]:
    return sorted((row for row in rows if row.get(key)), key=lambda row: (str(row.get("name")), str(row[key])))


def _floors(rows: Iterable[Row]) -> tuple[Floor, ...]:
    floors = (
        Floor(
            floor_id=str(row["floor_id"]), name=_name(row, "floor_id"), aliases=_words(row, "aliases"),
            level=row["level"] if isinstance(row.get("level"), int) else None,
        )
        for row in _sorted(rows, "floor_id")
    )  # fmt: skip
    return tuple(sorted(floors, key=lambda floor: (floor.level is None, floor.level or 0)))


def _area(row: Row, floors: set[str]) -> Area:
    return Area(
        area_id=str(row["area_id"]), name=_name(row, "area_id"), aliases=_words(row, "aliases"),
        floor_id=_one_of(row.get("floor_id"), floors), labels=_words(row, "labels"),
    )  # fmt: skip


def _device(row: Row, places: set[str]) -> Device:
    return Device(
        device_id=str(row["id"]), name=str(row.get("name_by_user") or row.get("name") or ""),
        area_id=_one_of(row.get("area_id"), places),
        manufacturer=_text(row.get("manufacturer")), model=_text(row.get("model")), labels=_words(row, "labels"),
    )  # fmt: skip


def _entities(
    registries: Registries, states: Mapping[str, State], places: set[str], devices: Mapping[str, Device]
) -> Iterable[Entity]:
    rows = {str(row["entity_id"]): row for row in registries.entities if row.get("entity_id")}
    for entity_id in sorted(states):
        row = rows.get(entity_id, {})
        if not row.get("disabled_by"):
            yield _entity(states[entity_id], row, places, devices.get(str(row.get("device_id"))))


def _entity(state: State, row: Row, places: set[str], device: Device | None) -> Entity:
    attributes = state.attributes
    return Entity(
        entity_id=state.entity_id,
        name=_entity_name(state, row, device),
        aliases=_words(row, "aliases"),
        area_id=_one_of(row.get("area_id"), places) or (device.area_id if device else None),
        device_class=_text(
            attributes.get("device_class") or row.get("device_class") or row.get("original_device_class")
        ),
        unit=_text(attributes.get("unit_of_measurement")),
        state=state.state,
        attributes={key: attributes[key] for key in _KEPT_ATTRIBUTES if attributes.get(key) is not None},
        registry_id=str(row.get("id") or ""),
        device_id=device.device_id if device else None,
        labels=_words(row, "labels"),
        category=_text(row.get("entity_category")),
        hidden=bool(row.get("hidden_by")),
    )


def _entity_name(state: State, row: Row, device: Device | None) -> str:
    """The name as Home Assistant shows it; one that a person gave wins."""
    shown = state.attributes.get("friendly_name")
    if state.attributes.get("restored") and row.get("has_entity_name"):
        shown = None  # until its integration has loaded, Home Assistant leaves the device's name out
    named = row.get("name") or shown
    if named:
        return str(named)
    original, owner = row.get("original_name"), device.name if device and row.get("has_entity_name") else ""
    return " ".join(str(part) for part in (owner, original) if part) or state.name


def _name(row: Row, key: str) -> str:
    return str(row.get("name") or row[key])


def _words(row: Row, key: str) -> tuple[str, ...]:
    listed = row.get(key)
    return tuple(sorted(str(word) for word in listed if word)) if isinstance(listed, list | tuple) else ()


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _one_of(value: Any, known: set[str]) -> str | None:
    """An id, unless it leads nowhere: Home Assistant keeps those of places that are gone."""
    return str(value) if str(value) in known else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
