"""The commands of the WebSocket API, each with the schema of its message."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from wactorz_demo_home.config import config_of, services_of
from wactorz_demo_home.context import Context
from wactorz_demo_home.errors import malformed, not_found
from wactorz_demo_home.fields import Check, Wrong, mapping, truth, whole
from wactorz_demo_home.states import Event, difference
from wactorz_demo_home.targets import FIELDS, entity_ids, ids
from wactorz_demo_home.world import World

Message = dict[str, Any]


class Client(Protocol):
    """The side of a connection that commands see."""

    world: World
    subscriptions: dict[int, Callable[[], None]]

    def send(self, message: Message) -> None:
        """Send a message, in order."""

    def answer(self, message_id: int, result: Any = None) -> None:
        """Send the result of a command."""


Handler = Callable[[Client, Message], None]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what its message may hold, and what answers it."""

    handler: Handler
    fields: Mapping[str, Check] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def clean(self, message: Message) -> Message:
        """Return the message, checked; raise CallError on the first thing that is wrong with it."""
        cleaned = {"id": message["id"], "type": message["type"]}
        for key, value in message.items():
            if key in cleaned:
                continue
            if key not in self.fields:
                where = f" @ data['{key}']. Got {value!r}" if self.fields else f". Got {message!r}"
                raise malformed(f"extra keys not allowed{where}")
            try:
                cleaned[key] = self.fields[key](value)
            except Wrong as error:
                raise malformed(f"{error} for dictionary value @ data['{key}']. Got {value!r}") from error
        for key in self.required:
            if key not in cleaned:
                raise malformed(f"required key not provided @ data['{key}']. Got None")
        return cleaned


def _word(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong("expected str")
    return value


def _word_or_nothing(value: Any) -> str | None:
    return None if value is None else _word(value)


def _words(value: Any) -> list[str]:
    return ids(value)


def _target(value: Any) -> dict[str, Any]:
    checks: dict[str, Check] = {"entity_id": entity_ids, **dict.fromkeys(FIELDS[1:], ids)}
    target = mapping(value)
    for key in target:
        if key not in checks:
            raise malformed(f"extra keys not allowed @ data['target']['{key}']. Got {target[key]!r}")
    return {key: checks[key](item) for key, item in target.items()}


def _ping(client: Client, message: Message) -> None:
    client.send({"id": message["id"], "type": "pong"})


def _nothing(client: Client, message: Message) -> None:
    client.answer(message["id"])


def _read(read: Callable[[World], Any]) -> Command:
    return Command(lambda client, message: client.answer(message["id"], read(client.world)))


def _call_service(client: Client, message: Message) -> None:
    data = {**message.get("service_data", {}), **message.get("target", {})}
    outcome = client.world.call(
        message["domain"],
        message["service"],
        data,
        Context(user_id=client.world.owner_id),
        return_response=message.get("return_response", False),
    )
    if outcome.error is None:
        result: dict[str, Any] = {"context": outcome.context.as_dict()}
        if message.get("return_response"):
            result["response"] = outcome.response
        client.answer(message["id"], result)
    else:
        error = outcome.error.as_dict()
        client.send({"id": message["id"], "type": "result", "success": False, "error": error})
    outcome.report()


def _subscribe_events(client: Client, message: Message) -> None:
    message_id = message["id"]

    def forward(event: Event) -> None:
        client.send({"id": message_id, "type": "event", "event": event.as_dict()})

    client.subscriptions[message_id] = client.world.bus.listen(message.get("event_type", "*"), forward)
    client.answer(message_id)


def _subscribe_entities(client: Client, message: Message) -> None:
    message_id, wanted = message["id"], set(message.get("entity_ids") or ())

    def forward(event: Event) -> None:
        if event.change is None or (wanted and event.data["entity_id"] not in wanted):
            return
        client.send({"id": message_id, "type": "event", "event": _entity_event(event)})

    client.subscriptions[message_id] = client.world.bus.listen("state_changed", forward)
    client.answer(message_id)
    now = {one: state.compressed() for one, state in client.world.states.items() if not wanted or one in wanted}
    client.send({"id": message_id, "type": "event", "event": {"a": now}})


def _entity_event(event: Event) -> dict[str, Any]:
    entity_id = event.data["entity_id"]
    old, new = event.change or (None, None)
    if new is None:
        return {"r": [entity_id]}
    return {"a": {entity_id: new.compressed()}} if old is None else {"c": {entity_id: difference(old, new)}}


def _unsubscribe(client: Client, message: Message) -> None:
    stop = client.subscriptions.pop(message["subscription"], None)
    if stop is None:
        raise not_found("Subscription not found.")
    stop()
    client.answer(message["id"])


def _get_entity(client: Client, message: Message) -> None:
    client.answer(message["id"], client.world.registry.entity(message["entity_id"]))


def _update_entity(client: Client, message: Message) -> None:
    asked = {key: value for key, value in message.items() if key not in ("id", "type", "entity_id")}
    client.answer(message["id"], {"entity_entry": client.world.update_entity(message["entity_id"], asked)})


def _create_area(client: Client, message: Message) -> None:
    area = client.world.registry.create_area(message["name"], message.get("aliases", []))
    client.world.change_area("create", area["area_id"])
    client.answer(message["id"], area)


def _update_area(client: Client, message: Message) -> None:
    asked: dict[str, Any] = {key: message[key] for key in ("name", "aliases") if key in message}
    area = client.world.registry.update_area(message["area_id"], asked)
    client.world.change_area("update", area["area_id"])
    client.answer(message["id"], area)


def _delete_area(client: Client, message: Message) -> None:
    client.world.registry.delete_area(message["area_id"])
    client.world.change_area("remove", message["area_id"])
    client.answer(message["id"], "success")


_CALL: dict[str, Check] = {
    "domain": _word,
    "service": _word,
    "target": _target,
    "service_data": mapping,
    "return_response": truth,
}
_ROW: dict[str, Check] = {
    "entity_id": _word,
    "name": _word_or_nothing,
    "area_id": _word_or_nothing,
    "icon": _word_or_nothing,
    "aliases": _words,
    "labels": _words,
    "new_entity_id": _word,
}

COMMANDS: dict[str, Command] = {
    "ping": Command(_ping),
    "supported_features": Command(_nothing, {"features": mapping}, ("features",)),
    "get_states": _read(lambda world: [state.as_dict() for state in world.states.values()]),
    "get_services": _read(services_of),
    "get_config": _read(config_of),
    "call_service": Command(_call_service, _CALL, ("domain", "service")),
    "subscribe_events": Command(_subscribe_events, {"event_type": _word}),
    "subscribe_entities": Command(_subscribe_entities, {"entity_ids": entity_ids}),
    "unsubscribe_events": Command(_unsubscribe, {"subscription": whole(0)}, ("subscription",)),
    "config/area_registry/list": _read(lambda world: list(world.registry.areas.values())),
    "config/area_registry/create": Command(_create_area, {"name": _word, "aliases": _words}, ("name",)),
    "config/area_registry/update": Command(
        _update_area, {"area_id": _word, "name": _word, "aliases": _words}, ("area_id",)
    ),
    "config/area_registry/delete": Command(_delete_area, {"area_id": _word}, ("area_id",)),
    "config/device_registry/list": _read(lambda world: list(world.registry.devices.values())),
    "config/entity_registry/list": _read(lambda world: world.registry.listed_entities()),
    "config/entity_registry/list_for_display": _read(lambda world: world.registry.displayed_entities()),
    "config/entity_registry/get": Command(_get_entity, {"entity_id": _word}, ("entity_id",)),
    "config/entity_registry/update": Command(_update_entity, _ROW, ("entity_id",)),
    "config/floor_registry/list": _read(lambda _world: []),
    "config/label_registry/list": _read(lambda _world: []),
}
