"""The registries of floors, labels, areas, devices and entities, as lists and as they change."""

import time
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from wactorz_demo_home.devices import Device
from wactorz_demo_home.errors import CallError, not_found
from wactorz_demo_home.groups import Groups
from wactorz_demo_home.house import Area, House
from wactorz_demo_home.targets import is_entity_id

_DETAILS = ("aliases", "capabilities", "device_class", "original_device_class", "original_icon")
_CAPABILITIES = ("supported_color_modes", "hvac_modes", "min_temp", "max_temp", "target_temp_step", "preset_modes")
_CHANGEABLE = ("area_id", "name", "aliases", "icon", "labels", "hidden_by")
_CHANGEABLE_OF_DEVICES = ("area_id", "name_by_user", "labels")
_FLOOR: dict[str, Any] = {"aliases": [], "icon": None, "level": None}
_LABEL: dict[str, Any] = {"color": None, "description": None, "icon": None}


def stable_id(name: str) -> str:
    """Return the registry id of a name: 32 hexadecimal digits, the same on every start."""
    return uuid5(NAMESPACE_OID, name).hex


class Registry:
    """What Home Assistant would know about areas, devices and entities; rows are kept in wire form."""

    def __init__(self, house: House, saved: dict[str, Any] | None = None) -> None:
        saved = {"areas": [], "entities": {}, "devices": {}, "built_in": [], **(saved or {})}
        now = time.time()
        self._built_in = [group.area_id for group in house.areas]
        self.floors = Groups("floor", _FLOOR, saved.get("floors") or _floors(house))
        self.labels = Groups("label", _LABEL, saved.get("labels") or _labels(house))
        known = {*saved["built_in"], *(area["area_id"] for area in saved["areas"])}
        areas = [*saved["areas"], *(_area_row(area, now) for area in house.areas if area.area_id not in known)]
        self.areas: dict[str, dict[str, Any]] = {area["area_id"]: area for area in areas}
        self.devices: dict[str, dict[str, Any]] = {
            device_id: row | saved["devices"].get(device_id, {}) for device_id, row in _devices(house, now).items()
        }
        rows = [_entity(device, now) for device in house.devices if device.domain != "sun"]
        rows = [row | saved["entities"].get(row["id"], {}) for row in rows]
        self.entities: dict[str, dict[str, Any]] = {row["entity_id"]: row for row in rows}

    def as_saved(self) -> dict[str, Any]:
        """Return what must be kept for the next start."""
        keys = ("entity_id", "modified_at", *_CHANGEABLE)
        kept = {row["id"]: {key: row[key] for key in keys} for row in self.entities.values()}
        ours = {row["id"]: {key: row[key] for key in _CHANGEABLE_OF_DEVICES} for row in self.devices.values()}
        return {
            "areas": list(self.areas.values()), "built_in": self._built_in, "entities": kept, "devices": ours,
            "floors": list(self.floors.rows.values()), "labels": list(self.labels.rows.values()),
        }  # fmt: skip

    def listed_entities(self) -> list[dict[str, Any]]:
        """Return the rows of the entity registry's list."""
        return [{key: row[key] for key in row if key not in _DETAILS} for row in self.entities.values()]

    def displayed_entities(self) -> dict[str, Any]:
        """Return the entity registry in its short form for display."""
        return {
            "entity_categories": {"0": "config", "1": "diagnostic"},
            "entities": [_display(row) for row in self.entities.values()],
        }

    def entity(self, entity_id: str) -> dict[str, Any]:
        """Return one row in full; raise CallError when there is none."""
        if entity_id not in self.entities:
            raise not_found("Entity not found")
        return self.entities[entity_id]

    def entries(self, entity_ids: list[str]) -> dict[str, dict[str, Any] | None]:
        """Return rows in full by entity id; None for those that are not there."""
        return {entity_id: self.entities.get(entity_id) for entity_id in entity_ids}

    def area_of(self, entity_id: str) -> str | None:
        """Return the area of an entity: its own, else its device's."""
        row = self.entities.get(entity_id)
        if row is None:
            return None
        return row["area_id"] or self.devices.get(row["device_id"], {}).get("area_id")

    def add(self, device: Device, **known: Any) -> None:
        """Add a row for an entity that came later; `known` are values that differ from a device's."""
        self.entities[device.entity_id] = _entity(device, time.time()) | known

    def drop(self, entity_id: str) -> None:
        """Drop the row of an entity."""
        self.entities.pop(entity_id, None)

    def update_entity(self, entity_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Change a row; returns the values that it had before where they differ."""
        row = self.entity(entity_id)
        wanted = {key: asked[key] for key in _CHANGEABLE if key in asked}
        if "new_entity_id" in asked:
            wanted["entity_id"] = self._free_entity_id(entity_id, asked["new_entity_id"])
        before = {key: row[key] for key, value in wanted.items() if row[key] != value}
        if before:
            self.entities.pop(entity_id)
            row |= {**wanted, "modified_at": time.time()}
            self.entities[row["entity_id"]] = row
        return before

    def _free_entity_id(self, old: str, new: str) -> str:
        if not is_entity_id(new):
            raise CallError("invalid_info", "Invalid entity ID")
        if new.split(".", maxsplit=1)[0] != old.split(".", maxsplit=1)[0]:
            raise CallError("invalid_info", "New entity ID should be same domain")
        if new != old and new in self.entities:
            raise CallError("invalid_info", "Entity with this ID is already registered")
        return new

    def update_device(self, device_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Change a device's row; returns the values that it had before where they differ."""
        row = self.devices.get(device_id)
        if row is None:
            raise CallError("unknown_error", "Unknown error")
        before = {key: row[key] for key in _CHANGEABLE_OF_DEVICES if key in asked and row[key] != asked[key]}
        if before:
            row |= {**{key: asked[key] for key in before}, "modified_at": time.time()}
        return before

    def create_area(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Add an area; raise CallError when its name is taken."""
        area_id = "_".join(asked["name"].lower().split())
        self._refuse_taken(asked["name"])
        self.areas[area_id] = _area(asked, area_id, time.time())
        return self.areas[area_id]

    def update_area(self, area_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Change an area; raise CallError when there is none or the new name is taken."""
        if area_id not in self.areas:
            raise CallError("invalid_info", "Area ID doesn't exist")
        if "name" in asked and asked["name"] != self.areas[area_id]["name"]:
            self._refuse_taken(asked["name"])
        self.areas[area_id] |= {**asked, "modified_at": time.time()}
        return self.areas[area_id]

    def delete_area(self, area_id: str) -> None:
        """Remove an area; what was in it is then nowhere."""
        if self.areas.pop(area_id, None) is None:
            raise CallError("invalid_info", "Area ID doesn't exist")
        for row in (*self.entities.values(), *self.devices.values()):
            if row["area_id"] == area_id:
                row["area_id"] = None

    def delete_floor(self, floor_id: str) -> list[str]:
        """Remove a floor; returns the areas that were on it."""
        self.floors.delete(floor_id)
        left = [area for area in self.areas.values() if area["floor_id"] == floor_id]
        for area in left:
            area["floor_id"] = None
        return [area["area_id"] for area in left]

    def delete_label(self, label_id: str) -> None:
        """Remove a label from everything."""
        self.labels.delete(label_id)
        for row in (*self.areas.values(), *self.devices.values(), *self.entities.values()):
            row["labels"] = [label for label in row["labels"] if label != label_id]

    def _refuse_taken(self, name: str) -> None:
        flat = name.lower().replace(" ", "")
        if any(area["name"].lower().replace(" ", "") == flat for area in self.areas.values()):
            raise CallError("invalid_info", f"The name {name} ({flat}) is already in use")


def _area(given: dict[str, Any], area_id: str, now: float) -> dict[str, Any]:
    empty = dict.fromkeys(("floor_id", "humidity_entity_id", "icon", "picture", "temperature_entity_id"))
    return {**empty, "aliases": [], "labels": [], **given, "area_id": area_id, "created_at": now, "modified_at": now}


def _area_row(area: Area, now: float) -> dict[str, Any]:
    given = {
        "name": area.name, "aliases": list(area.aliases), "floor_id": area.floor, "labels": list(area.labels),
    }  # fmt: skip
    return _area(given, area.area_id, now)


def _floors(house: House) -> list[dict[str, Any]]:
    empty = Groups("floor", _FLOOR, [])
    return [
        empty.row(floor.floor_id, {"name": floor.name, "aliases": list(floor.aliases), "level": floor.level})
        for floor in house.floors
    ]


def _labels(house: House) -> list[dict[str, Any]]:
    empty = Groups("label", _LABEL, [])
    return [empty.row(label.label_id, {"name": label.name}) for label in house.labels]


def _devices(house: House, now: float) -> dict[str, dict[str, Any]]:
    empty = dict.fromkeys(
        (
            "configuration_url",
            "disabled_by",
            "entry_type",
            "hw_version",
            "model_id",
            "name_by_user",
            "serial_number",
            "sw_version",
            "via_device_id",
        )
    )
    entry = stable_id("entry")
    rows = {}
    for device in house.devices:
        if device.device is None:
            continue
        device_id = stable_id(f"device {device.device}")
        rows[device_id] = {
            **empty,
            "area_id": device.area,
            "config_entries": [entry],
            "config_entries_subentries": {entry: [None]},
            "connections": [],
            "created_at": now,
            "id": device_id,
            "identifiers": [["demo", device.device]],
            "labels": [],
            "manufacturer": "Wactorz",
            "model": "Simulated device",
            "modified_at": now,
            "name": device.device,
            "primary_config_entry": entry,
        }
    return rows


def _entity(device: Device, now: float) -> dict[str, Any]:
    capabilities = {key: device.attributes[key] for key in _CAPABILITIES if key in device.attributes}
    empty = ("config_entry_id", "config_subentry_id", "disabled_by", "icon", "name")
    return {
        **dict.fromkeys((*empty, "translation_key", "device_class", "original_icon")),
        "area_id": None if device.device else device.area,
        "categories": {},
        "created_at": now,
        "device_id": stable_id(f"device {device.device}") if device.device else None,
        "entity_category": device.category,
        "entity_id": device.entity_id,
        "hidden_by": "user" if device.hidden else None,
        "has_entity_name": False,
        "id": stable_id(device.entity_id),
        "labels": list(device.labels),
        "modified_at": now,
        "options": {},
        "original_name": device.name,
        "platform": "demo",
        "unique_id": device.entity_id.replace(".", "_"),
        "aliases": list(device.aliases),
        "capabilities": capabilities or None,
        "original_device_class": device.attributes.get("device_class"),
    }


def _display(row: dict[str, Any]) -> dict[str, Any]:
    short = {
        "ei": row["entity_id"],
        "pl": row["platform"],
        "lb": row["labels"],
        "en": row["name"] or row["original_name"],
    }
    if row["area_id"]:
        short["ai"] = row["area_id"]
    if row["device_id"]:
        short["di"] = row["device_id"]
    if row["entity_category"]:
        short["ec"] = ("config", "diagnostic").index(row["entity_category"])
    if row["hidden_by"]:
        short["hb"] = True
    return short
