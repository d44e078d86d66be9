"""The house in memory: followed by its registry and by changes of state, so that reading it asks nobody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from wactorz_common.contracts.home import Entity, House, StateChange
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_gateway.answers import etag_of
from wactorz_gateway.bodies import Body
from wactorz_gateway.house import unknown
from wactorz_gateway.rooms import (
    HouseView,
    Room,
    RoomEntity,
    Units,
    in_order,
    is_shown,
    merged,
    room_entity,
    rooms_of,
)

FRESH_SECONDS = 120.0
"""States that were confirmed no longer ago than this are not called stale."""


class LiveHouse:
    """What the house looks like now; `version` rises with every change of what is shown."""

    def __init__(self) -> None:
        self.house: House | None = None
        self.problem = ""
        self.version = 0
        self._states: dict[str, Entity] = {}
        self._policies: dict[str, EntityPolicy] = {}
        self._confirmed_at = float("-inf")
        self._shown: dict[str, RoomEntity] = {}
        self._own: dict[str, Entity] = {}
        self._merged: dict[str, Entity] = {}
        self._body: tuple[int, bool, Body] | None = None

    # -- what is heard ------------------------------------------------------------------------------------------

    def take_house(self, house: House) -> None:
        """Take in a version of the registry."""
        self.house = house
        self._own = {entity.entity_id: entity for entity in house.entities}
        self._merged = {key: merged(own, self._states.get(key)) for key, own in self._own.items()}
        self._forget_shown()

    def take_states(self, states: Iterable[Entity], now: float) -> None:
        """Take in all states as they are."""
        told = {entity.entity_id: _newer(entity, self._states.get(entity.entity_id)) for entity in states}
        changed = [key for key in told.keys() | self._states.keys() if _differ(told.get(key), self._states.get(key))]
        self._states, self._confirmed_at = told, now
        for entity_id in changed:
            self._changed(entity_id)

    def take_state(self, entity: Entity) -> None:
        """Take in one state as it is."""
        known = self._states.get(entity.entity_id)
        if _newer(entity, known) is entity and _differ(entity, known):
            self._states[entity.entity_id] = entity
            self._changed(entity.entity_id)

    def take_policies(self, policies: Iterable[EntityPolicy]) -> None:
        """Take in what people have laid down."""
        told = {policy.entity_id: policy for policy in policies}
        if told != self._policies:
            self._policies = told
            self._forget_shown()

    def take_change(self, change: StateChange, now: float) -> None:
        """Take in a change of one state."""
        self._confirmed_at = max(self._confirmed_at, min(now, change.timestamp)) if self._states else float("-inf")
        known = self._states.get(change.entity_id)
        if change.new_state is None:
            self._states.pop(change.entity_id, None)
        else:
            self.take_state(_entity_of(change, known))
            return
        self._changed(change.entity_id)

    def _changed(self, entity_id: str) -> None:
        self.version += 1
        self._shown.pop(entity_id, None)
        if entity_id in self._own:
            self._merged[entity_id] = merged(self._own[entity_id], self._states.get(entity_id))

    def _forget_shown(self) -> None:
        self.version += 1
        self._shown.clear()

    # -- what is shown ------------------------------------------------------------------------------------------

    def find(self, entity_id: str) -> Entity | None:
        """An entity with its live state; TransportError while the house is not known."""
        self._known()
        return self._merged.get(entity_id)

    def is_stale(self, now: float, *, connected: bool) -> bool:
        """Whether the states may be old."""
        return not connected or now - self._confirmed_at > FRESH_SECONDS

    def view(self, now: float, *, connected: bool) -> HouseView:
        """The house by rooms; TransportError with a sentence while it is not known."""
        house = self._known()
        by_area = self._by_area()
        rooms = [
            Room(
                id=area.area_id if area else "", name=area.name if area else "", floor=floor,
                entities=[self._entity(one, house) for one in in_order(by_area[area.area_id if area else ""])],
            )
            for area, floor in rooms_of(house)
        ]  # fmt: skip
        return HouseView(
            name=house.name, rooms=[room for room in rooms if room.id or room.entities], version=house.version,
            source="demo" if house.demo else "home_assistant", stale=self.is_stale(now, connected=connected),
            units=Units(temperature=house.temperature_unit),
        )  # fmt: skip

    def body(self, now: float, *, connected: bool) -> Body:
        """The same as JSON; made anew only when something has changed."""
        stale = self.is_stale(now, connected=connected)
        if self._body is None or self._body[:2] != (self.version, stale):
            data = to_json(self.view(now, connected=connected), inf_nan_mode="null")
            self._body = (self.version, stale, Body(data, etag_of(data)))
        return self._body[2]

    def _known(self) -> House:
        if self.house is None:
            raise unknown(self.problem)
        return self.house

    def _by_area(self) -> Mapping[str, list[Entity]]:
        house = self._known()
        areas = {area.area_id for area in house.areas}
        found: dict[str, list[Entity]] = defaultdict(list)
        for entity in house.entities:
            if is_shown(entity):
                place = entity.area_id if entity.area_id in areas else ""
                found[place or ""].append(self._merged[entity.entity_id])
        return found

    def _entity(self, entity: Entity, house: House) -> RoomEntity:
        shown = self._shown.get(entity.entity_id)
        if shown is None:
            shown = room_entity(entity, self._merged, house, self._policies)
            self._shown[entity.entity_id] = shown
        return shown


def _entity_of(change: StateChange, known: Entity | None) -> Entity:
    """The state of a change; where its attributes were left out, those that were known stay."""
    raw = change.new_state or {}
    told = raw.get("attributes")
    attributes = told if isinstance(told, dict) and not change.trimmed else dict(known.attributes) if known else {}
    return Entity(
        entity_id=change.entity_id, name=str(attributes.get("friendly_name") or change.entity_id),
        state=str(raw.get("state", "unknown")), attributes=attributes,
        device_class=_text(attributes.get("device_class")), unit=_text(attributes.get("unit_of_measurement")),
        changed_at=_moment(raw.get("last_changed")) or change.timestamp,
    )  # fmt: skip


def _newer(told: Entity, known: Entity | None) -> Entity:
    """Of two states the newer one: a redelivered or filled change may come after a newer one."""
    if known is None or known.changed_at is None or told.changed_at is None:
        return told
    return known if told.changed_at < known.changed_at else told


def _differ(one: Entity | None, other: Entity | None) -> bool:
    if one is None or other is None:
        return one is not other
    return (one.state, one.changed_at, one.attributes) != (other.state, other.changed_at, other.attributes)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except (ValueError, OverflowError):
        return None
