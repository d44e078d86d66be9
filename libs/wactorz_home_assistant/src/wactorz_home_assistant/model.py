"""Home Assistant's states and events as small frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wactorz_common.contracts.home import Entity

ABSENT_STATES = frozenset({"unavailable", "unknown"})
"""States in which an entity tells nothing about its device."""


def moment_of(value: Any) -> float | None:
    """Epoch seconds of a time as Home Assistant words it: a number, or a date and time; None when it is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class State:
    """The state of one entity at one moment; `changed_at` is when it took it, in epoch seconds."""

    entity_id: str
    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    context_id: str = ""
    changed_at: float | None = field(default=None, compare=False)

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "State":
        """From Home Assistant's state object."""
        context, attributes = raw.get("context"), raw.get("attributes")
        context_id = context.get("id") if isinstance(context, Mapping) else context
        shown = attributes if isinstance(attributes, Mapping) else {}
        changed_at = moment_of(raw.get("last_changed"))
        return cls(str(raw["entity_id"]), str(raw["state"]), shown, str(context_id or ""), changed_at)

    @property
    def domain(self) -> str:
        """The part of the entity id before the dot."""
        return self.entity_id.partition(".")[0]

    @property
    def name(self) -> str:
        """The friendly name, or one made from the entity id."""
        friendly = self.attributes.get("friendly_name")
        return str(friendly) if friendly else self.entity_id.partition(".")[2].replace("_", " ").capitalize()

    @property
    def available(self) -> bool:
        """Whether the device behind it can be reached."""
        return self.state != "unavailable"

    @property
    def features(self) -> int | None:
        """The bits of `supported_features`; None when the entity names none."""
        bits = self.attributes.get("supported_features")
        return int(bits) if isinstance(bits, int | float) else None

    def to_entity(self) -> Entity:
        """The same in the project's own words, without area and aliases."""
        return Entity(
            entity_id=self.entity_id, name=self.name, state=self.state, attributes=dict(self.attributes),
            device_class=self.attributes.get("device_class"), unit=self.attributes.get("unit_of_measurement"),
            changed_at=self.changed_at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """An event of Home Assistant's event bus."""

    event_type: str
    data: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Event":
        """From Home Assistant's event object."""
        data, context = raw.get("data"), raw.get("context")
        return cls(
            str(raw.get("event_type", "")), data if isinstance(data, Mapping) else {},
            context if isinstance(context, Mapping) else {}, raw,
        )  # fmt: skip


def is_state(row: Any) -> bool:
    """Whether this is a state object, of which the entity and its state must be known."""
    return isinstance(row, Mapping) and "." in str(row.get("entity_id", "")) and row.get("state") is not None


def rows_in(answer: Any) -> list[Mapping[str, Any]]:
    """The rows of a registry, whether they came as a list or by id; what is no row is left out."""
    listed = answer.values() if isinstance(answer, Mapping) else answer if isinstance(answer, list) else ()
    return [row for row in listed if isinstance(row, Mapping)]


def services_in(answer: Any) -> dict[str, dict[str, Any]]:
    """Descriptions of services by domain and name, from the WebSocket's form, REST's, or plain lists of names."""
    if isinstance(answer, list):
        answer = {row.get("domain"): row.get("services") for row in rows_in(answer)}
    if not isinstance(answer, Mapping):
        return {}
    return {str(domain): _by_name(own) for domain, own in answer.items() if domain}


def _by_name(own: Any) -> dict[str, Any]:
    if isinstance(own, Mapping):
        return {str(name): described for name, described in own.items()}
    return {str(name): {} for name in own} if isinstance(own, list) else {}
