"""The map of devices with their entities and places, as others read it; pure."""

from collections.abc import Mapping
from typing import Any

from wactorz_common.contracts.home import Device, Entity, House


def devices_with_entities(house: House) -> tuple[dict[str, Any], ...]:
    """Devices with their entities and areas; an entity without a device stands for itself."""
    areas = {area.area_id: area.name for area in house.areas}
    known = {device.device_id for device in house.devices}
    owned: dict[str | None, list[Entity]] = {}
    for entity in house.entities:
        owned.setdefault(entity.device_id if entity.device_id in known else None, []).append(entity)
    return (
        *(_device(device, owned[device.device_id], areas) for device in house.devices if device.device_id in owned),
        *(_standing_alone(entity, areas) for entity in owned.get(None, ())),
    )


def _device(device: Device, entities: list[Entity], areas: Mapping[str, str]) -> dict[str, Any]:
    return {
        "device_id": device.device_id, "name": device.name, "manufacturer": device.manufacturer, "model": device.model,
        "area_id": device.area_id, "area": areas.get(device.area_id or ""),
        "entities": [_placed(entity, areas) for entity in entities],
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
