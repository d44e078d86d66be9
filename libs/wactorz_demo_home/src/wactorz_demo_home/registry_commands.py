"""The commands that read and change the registries."""

from collections.abc import Mapping
from typing import Any

from wactorz_demo_home.command import Client, Command, Handler, Message, reading, word, word_or_nothing, words
from wactorz_demo_home.fields import Check, whole
from wactorz_demo_home.groups import Groups
from wactorz_demo_home.targets import entity_ids


def _asked(message: Message, *keys: str) -> dict[str, Any]:
    """Return what a message wants changed: everything but its own words and the key of the row."""
    return {key: value for key, value in message.items() if key not in ("id", "type", *keys)}


def _whole_or_nothing(value: Any) -> int | None:
    return None if value is None else int(whole()(value))


# -- entities and devices ----------------------------------------------------------------------------------------


def _get_entity(client: Client, message: Message) -> None:
    client.answer(message["id"], client.world.registry.entity(message["entity_id"]))


def _get_entries(client: Client, message: Message) -> None:
    client.answer(message["id"], client.world.registry.entries(message["entity_ids"]))


def _update_entity(client: Client, message: Message) -> None:
    row = client.world.update_entity(message["entity_id"], _asked(message, "entity_id"))
    client.answer(message["id"], {"entity_entry": row})


def _update_device(client: Client, message: Message) -> None:
    row = client.world.update_device(message["device_id"], _asked(message, "device_id"))
    client.answer(message["id"], row)


# -- areas -------------------------------------------------------------------------------------------------------


def _create_area(client: Client, message: Message) -> None:
    area = client.world.registry.create_area(_asked(message))
    client.world.change_registry("area", "create", area["area_id"])
    client.answer(message["id"], area)


def _update_area(client: Client, message: Message) -> None:
    area = client.world.registry.update_area(message["area_id"], _asked(message, "area_id"))
    client.world.change_registry("area", "update", area["area_id"])
    client.answer(message["id"], area)


def _delete_area(client: Client, message: Message) -> None:
    client.world.registry.delete_area(message["area_id"])
    client.world.change_registry("area", "remove", message["area_id"])
    client.answer(message["id"], "success")


# -- floors and labels -------------------------------------------------------------------------------------------


def _groups(client: Client, kind: str) -> Groups:
    return client.world.registry.floors if kind == "floor" else client.world.registry.labels


def _creating(kind: str) -> Handler:
    def create(client: Client, message: Message) -> None:
        row = _groups(client, kind).create(_asked(message))
        client.world.change_registry(kind, "create", row[f"{kind}_id"])
        client.answer(message["id"], row)

    return create


def _updating(kind: str) -> Handler:
    def update(client: Client, message: Message) -> None:
        row = _groups(client, kind).update(message[f"{kind}_id"], _asked(message, f"{kind}_id"))
        client.world.change_registry(kind, "update", row[f"{kind}_id"])
        client.answer(message["id"], row)

    return update


def _delete_floor(client: Client, message: Message) -> None:
    areas = client.world.registry.delete_floor(message["floor_id"])
    client.world.change_registry("floor", "remove", message["floor_id"])
    for area_id in areas:
        client.world.change_registry("area", "update", area_id)
    client.answer(message["id"])


def _delete_label(client: Client, message: Message) -> None:
    client.world.registry.delete_label(message["label_id"])
    client.world.change_registry("label", "remove", message["label_id"])
    client.answer(message["id"])


def _of(kind: str, fields: Mapping[str, Check], delete: Handler) -> dict[str, Command]:
    """Return the commands of floors or labels."""
    key = f"{kind}_id"
    return {
        f"config/{kind}_registry/list": Command(
            lambda client, message: client.answer(message["id"], list(_groups(client, kind).rows.values()))
        ),
        f"config/{kind}_registry/create": Command(_creating(kind), fields, ("name",)),
        f"config/{kind}_registry/update": Command(_updating(kind), {key: word, **fields}, (key,)),
        f"config/{kind}_registry/delete": Command(delete, {key: word}, (key,)),
    }


_ROW: dict[str, Check] = {
    "entity_id": word,
    "name": word_or_nothing,
    "area_id": word_or_nothing,
    "icon": word_or_nothing,
    "aliases": words,
    "labels": words,
    "hidden_by": word_or_nothing,
    "new_entity_id": word,
}
_DEVICE: dict[str, Check] = {
    "device_id": word,
    "area_id": word_or_nothing,
    "name_by_user": word_or_nothing,
    "labels": words,
}
_AREA: dict[str, Check] = {"name": word, "aliases": words, "floor_id": word_or_nothing, "labels": words}
_FLOOR: dict[str, Check] = {"name": word, "aliases": words, "icon": word_or_nothing, "level": _whole_or_nothing}
_LABEL: dict[str, Check] = {
    "name": word,
    "color": word_or_nothing,
    "description": word_or_nothing,
    "icon": word_or_nothing,
}

REGISTRY_COMMANDS: dict[str, Command] = {
    "config/area_registry/list": reading(lambda world: list(world.registry.areas.values())),
    "config/area_registry/create": Command(_create_area, _AREA, ("name",)),
    "config/area_registry/update": Command(_update_area, {"area_id": word, **_AREA}, ("area_id",)),
    "config/area_registry/delete": Command(_delete_area, {"area_id": word}, ("area_id",)),
    "config/device_registry/list": reading(lambda world: list(world.registry.devices.values())),
    "config/device_registry/update": Command(_update_device, _DEVICE, ("device_id",)),
    "config/entity_registry/list": reading(lambda world: world.registry.listed_entities()),
    "config/entity_registry/list_for_display": reading(lambda world: world.registry.displayed_entities()),
    "config/entity_registry/get": Command(_get_entity, {"entity_id": word}, ("entity_id",)),
    "config/entity_registry/get_entries": Command(_get_entries, {"entity_ids": entity_ids}, ("entity_ids",)),
    "config/entity_registry/update": Command(_update_entity, _ROW, ("entity_id",)),
    **_of("floor", _FLOOR, _delete_floor),
    **_of("label", _LABEL, _delete_label),
}
"""What answers about the registries."""
