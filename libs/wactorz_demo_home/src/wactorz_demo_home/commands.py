"""The commands of the WebSocket API, each with the schema of its message."""

from typing import Any

from wactorz_demo_home.automation_commands import AUTOMATION_COMMANDS
from wactorz_demo_home.command import Client, Command, Message, reading, word
from wactorz_demo_home.config import config_of, services_of
from wactorz_demo_home.context import Context
from wactorz_demo_home.errors import malformed, not_found
from wactorz_demo_home.fields import Check, mapping, truth, whole
from wactorz_demo_home.history_commands import HISTORY_COMMANDS
from wactorz_demo_home.registry_commands import REGISTRY_COMMANDS
from wactorz_demo_home.states import Event, difference
from wactorz_demo_home.targets import FIELDS, entity_ids, ids


def _target(value: Any) -> dict[str, Any]:
    checks: dict[str, Check] = {"entity_id": entity_ids, **dict.fromkeys(FIELDS[1:], ids)}
    target = mapping(value)
    for key in target:
        if key not in checks:
            raise malformed(f"extra keys not allowed @ data['target']['{key}']. Got {target[key]!r}")
    return {key: checks[key](item) for key, item in target.items()}


def _ping(client: Client, message: Message) -> None:
    client.send({"id": message["id"], "type": "pong"})


def _supported_features(client: Client, message: Message) -> None:
    client.batches = bool(message["features"].get("coalesce_messages"))
    client.answer(message["id"])


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


_CALL: dict[str, Check] = {
    "domain": word,
    "service": word,
    "target": _target,
    "service_data": mapping,
    "return_response": truth,
}
COMMANDS: dict[str, Command] = {
    "ping": Command(_ping),
    "supported_features": Command(_supported_features, {"features": mapping}, ("features",)),
    "get_states": reading(lambda world: [state.as_dict() for state in world.states.values()]),
    "get_services": reading(services_of),
    "get_config": reading(config_of),
    "call_service": Command(_call_service, _CALL, ("domain", "service")),
    "subscribe_events": Command(_subscribe_events, {"event_type": word}),
    "subscribe_entities": Command(_subscribe_entities, {"entity_ids": entity_ids}),
    "unsubscribe_events": Command(_unsubscribe, {"subscription": whole(0)}, ("subscription",)),
    **REGISTRY_COMMANDS,
    **HISTORY_COMMANDS,
    **AUTOMATION_COMMANDS,
}
