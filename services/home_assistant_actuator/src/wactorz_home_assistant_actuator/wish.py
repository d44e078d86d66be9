"""Who wants a call, and what a person has already said to it; pure."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wactorz_common.contracts.home import Actuation, ServiceCall
from wactorz_common.handlers import Task

GATEWAY = "gateway"
"""The door that authenticates people: only it passes on what they decide."""

PLANNER = "planner"
HOME_ASSISTANT_AGENT = "home-assistant-agent"
_VEIL = "***"
_CODES = frozenset({"code", "pin", "usercode", "password", "passcode", "token", "secret", "key"})
"""Last words of the names of service data that nobody else may read."""

_SPEAK_FOR_PEOPLE = frozenset({GATEWAY, "main", "io-agent", HOME_ASSISTANT_AGENT})


@dataclass(frozen=True)
class Wish:
    """Who is behind a call. `granted` is a standing yes to a rule, `approved` a yes to exactly this."""

    origin: str = "person"
    person: str = ""
    tainted: bool = False
    rule_id: str = ""
    granted: bool = False
    approved: bool = False

    @property
    def is_personal(self) -> bool:
        """Whether a person said it, or said yes to it, just now."""
        return self.approved or (self.origin == "person" and not self.tainted)

    @property
    def speaker(self) -> str:
        """The person who speaks now, be it through a model; a rule speaks for nobody."""
        return self.person if self.origin in {"person", "model"} else ""

    @property
    def may_open(self) -> bool:
        """Whether a person has said yes to what opens; never for what text from outside brought about."""
        return (self.approved or self.granted) and not self.tainted


def wish_of(request: Actuation, task: Task, *, granted: bool) -> Wish:
    """What a request says of itself, as far as its sender is believed: other agents speak for nobody."""
    person = request.person
    if task.sender == PLANNER:
        origin = "rule"
    elif task.sender in _SPEAK_FOR_PEOPLE:
        origin = request.origin
    else:
        origin, person = "agent", ""
    rule_id = request.rule_id if task.sender == PLANNER else ""
    return Wish(origin, person, request.tainted, rule_id, granted and origin == "rule")


def may_release(task: Task) -> bool:
    """Whether the sender of a task passes on what people say."""
    return task.sender in _SPEAK_FOR_PEOPLE


def as_wire(calls: Iterable[ServiceCall]) -> list[dict[str, Any]]:
    """Calls in one spelling, whatever order their data came in."""
    return [
        {"domain": call.domain, "service": call.service, "entity_id": list(call.entity_id), "data": call.data}
        for call in calls
    ]


def as_told(calls: Iterable[ServiceCall]) -> list[dict[str, Any]]:
    """The same for logs and listeners: without codes."""
    return [{**call, "data": _veiled(call["data"])} for call in as_wire(calls)]


def without_codes(text: str, calls: Iterable[ServiceCall]) -> str:
    """A sentence without the codes that were given with the calls."""
    for call in calls:
        for key, value in call.data.items():
            if _is_code(key) and str(value).strip():
                text = text.replace(str(value), _VEIL)
    return text


def _veiled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _VEIL if _is_code(key) else _veiled(inner) for key, inner in value.items()}
    return [_veiled(inner) for inner in value] if isinstance(value, list | tuple) else value


def _is_code(key: str) -> bool:
    return str(key).casefold().rpartition("_")[2] in _CODES


def hash_of(calls: Iterable[ServiceCall]) -> str:
    """A hash that changes with every change of the calls."""
    text = json.dumps(as_wire(calls), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
