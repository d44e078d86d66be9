"""Whether a message means that devices shall move, and which calls it makes; pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from wactorz_common.comparisons import compare, reach
from wactorz_common.contracts.automating import DeviceAction
from wactorz_common.contracts.home import ServiceCall, StateChange
from wactorz_common.errors import ContractError

FRESH_SECONDS = 30.0
"""What is older moves nothing."""

_PAYLOAD = "$payload"
_CHANGE = StateChange.model_fields["type"].default
_OPERATORS = frozenset({"eq", "ne", "gt", "lt", "gte", "lte"})


class Filled(NamedTuple):
    """Calls to make, and a sentence for each action that is skipped."""

    calls: tuple[ServiceCall, ...]
    skipped: tuple[str, ...]


def is_past(payload: Any, now: float) -> bool:
    """Whether a message is of a state change that is no event any more; `now` is in epoch seconds."""
    if not isinstance(payload, Mapping) or payload.get("type") != _CHANGE:
        return False
    at = payload.get("timestamp")
    return payload.get("resync") is True or (isinstance(at, int | float) and now - at > FRESH_SECONDS)


def fits(wanted: Mapping[str, Any] | None, payload: Any) -> bool:
    """Whether a message passes the detection filter; a key that is missing does not fit."""
    if not wanted:
        return True
    if not isinstance(payload, Mapping):
        return False
    return all(key in payload and _fits(value, payload[key]) for key, value in wanted.items())


def _fits(wanted: Any, actual: Any) -> bool:
    if isinstance(wanted, Mapping) and wanted and set(wanted) <= _OPERATORS:
        return all(compare(actual, operator, value) for operator, value in wanted.items())
    if isinstance(wanted, bool) or isinstance(actual, bool):
        return wanted is actual
    return bool(actual == wanted)


def fill(actions: tuple[DeviceAction, ...], payload: Any) -> Filled:
    """The actions with what the message says in them; one with something that it does not say is skipped."""
    calls, skipped = [], []
    for action in actions:
        try:
            calls.append(_call(action, payload))
        except (LookupError, ContractError) as error:
            skipped.append(f"{action.domain}.{action.service} is skipped: {error}")
    return Filled(tuple(calls), tuple(skipped))


def _call(action: DeviceAction, payload: Any) -> ServiceCall:
    entity_ids: list[Any] = []
    for entity_id in action.entity_id:
        said = _said(entity_id, payload)
        entity_ids += said if isinstance(said, list) else [said]
    body = {
        "domain": action.domain, "service": action.service, "entity_id": entity_ids,
        "data": _said(action.service_data, payload),
    }  # fmt: skip
    return ServiceCall.accept(body)


def _said(value: Any, payload: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _said(item, payload) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_said(item, payload) for item in value]
    if not isinstance(value, str) or not (value == _PAYLOAD or value.startswith(f"{_PAYLOAD}.")):
        return value
    found = payload if value == _PAYLOAD else reach(payload, value.removeprefix(f"{_PAYLOAD}."))
    if found is None:
        raise KeyError(f"the message does not say {value}")
    return found
