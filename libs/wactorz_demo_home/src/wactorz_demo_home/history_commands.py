"""The commands that look back: what the recorder answers, in Home Assistant's short form."""

import re
from datetime import UTC, datetime
from typing import Any

from wactorz_demo_home.command import Client, Command, Message, word
from wactorz_demo_home.errors import CallError
from wactorz_demo_home.fields import Check, Wrong, truth
from wactorz_demo_home.recorder import Point, Recorder
from wactorz_demo_home.states import Event

_ALWAYS_SIGNIFICANT = ("climate", "device_tracker", "humidifier", "thermostat", "water_heater")
_ENTITY_ID = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
Answer = dict[str, list[dict[str, Any]]]


def _many(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Wrong("expected list of str")
    return value


_SPAN: dict[str, Check] = {
    "start_time": word, "end_time": word, "entity_ids": _many, "include_start_time_state": truth,
    "significant_changes_only": truth, "minimal_response": truth, "no_attributes": truth,
}  # fmt: skip


def _moment(message: Message, key: str) -> float | None:
    text = message.get(key)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CallError(f"invalid_{key}", f"Invalid {key}") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _recorder(client: Client) -> Recorder:
    if client.world.recorder is None:
        raise CallError("unknown_command", "Unknown command.")
    return client.world.recorder


def look_back(recorder: Recorder, message: Message, start: float, end: float) -> Answer:
    """What the entities of a message were from start to end; empty when the recorder knows nothing so old."""
    oldest = recorder.oldest()
    if oldest is None or end < oldest:
        return {}
    return {entity_id: _history(recorder, entity_id, message, start, end) for entity_id in message["entity_ids"]}


def _history(recorder: Recorder, entity_id: str, message: Message, start: float, end: float) -> list[dict[str, Any]]:
    attributes = not message.get("no_attributes", False)
    points = recorder.between(entity_id, start, end, attributes=attributes)
    if message.get("significant_changes_only", True) and not entity_id.startswith(_ALWAYS_SIGNIFICANT):
        points = [point for point in points if point.changed_at == point.at]
    if message.get("include_start_time_state", True):
        before = recorder.before(entity_id, start, attributes=attributes)
        points = [before, *points] if before else points
    if message.get("minimal_response", False):
        points = [point for number, point in enumerate(points) if not number or point.state != points[number - 1].state]
    return [_short(point, attributes=attributes) for point in points]


def _short(point: Point, *, attributes: bool) -> dict[str, Any]:
    short: dict[str, Any] = {"s": point.state or None}
    if attributes:
        short["a"] = point.attributes
    short["lu"] = point.at
    if point.changed_at not in (None, point.at):
        short["lc"] = point.changed_at
    return short


def _during_period(client: Client, message: Message) -> None:
    recorder = _recorder(client)
    start, end = _moment(message, "start_time"), _moment(message, "end_time")
    if any(not _ENTITY_ID.fullmatch(entity_id) for entity_id in message["entity_ids"]):
        raise CallError("invalid_entity_ids", "Invalid entity_ids")
    now = datetime.now(UTC).timestamp()
    known = start is not None and start <= now
    client.answer(message["id"], look_back(recorder, message, start or 0, end or now) if known else {})


def _stream(client: Client, message: Message) -> None:
    """Answer with the past, then with what happens; here nothing waits to be written."""
    recorder = _recorder(client)
    start, now = _moment(message, "start_time"), datetime.now(UTC).timestamp()
    if start is None or start > now:
        raise CallError("invalid_start_time", "Invalid start_time")
    wanted = set(message["entity_ids"])

    def tell(states: Answer, since: float, until: float) -> None:
        event = {"states": states, "start_time": since, "end_time": until}
        client.send({"id": message["id"], "type": "event", "event": event})

    def forward(event: Event) -> None:
        _, new = event.change or (None, None)
        if new is not None and new.entity_id in wanted:
            at = new.last_updated.timestamp()
            point = Point(new.entity_id, at, new.condition.state, new.condition.attributes)
            tell({new.entity_id: [_short(point, attributes=True)]}, at, at)

    client.subscriptions[message["id"]] = client.world.bus.listen("state_changed", forward)
    client.answer(message["id"])
    past = look_back(recorder, message, start, now)
    tell(past, start, now)
    if not any(past.values()):
        tell({}, start, now)


HISTORY_COMMANDS: dict[str, Command] = {
    "history/history_during_period": Command(_during_period, _SPAN, ("start_time", "entity_ids")),
    "history/stream": Command(_stream, _SPAN, ("start_time", "entity_ids")),
}
