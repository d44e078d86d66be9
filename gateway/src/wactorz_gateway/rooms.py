"""The house by rooms, as the house view shows it: what is where, how it is, and what can be done with it; pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field

from wactorz_common.contracts.home import Area, Entity, House, ServiceCall
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.risk import Risk, assess, can_open, secures
from wactorz_gateway.deeds import DEEDS, GONE, actions_of

_CODES = frozenset({"code", "pin", "usercode", "password", "passcode", "token", "secret", "key"})
"""Last words of the names of attributes that nobody may read."""


class RoomEntity(BaseModel):
    """One entity with its live state and what can be done with it."""

    entity_id: str = Field(description="For example light.kitchen_light", examples=["light.kitchen_light"])
    name: str = Field(description="Name as people say it", examples=["Kitchen light"])
    domain: str = Field(description="Kind of entity", examples=["light"])
    device_class: str | None = Field(description="For example temperature or door")
    state: str | None = Field(description="Live state; null when it is not known", examples=["on"])
    unit: str | None = Field(description="Unit of measurement")
    attributes: dict[str, Any] = Field(description="Live attributes, without codes and tokens")
    risk: Literal["A", "B", "C"] = Field(
        description="A: only shows something; B: its actions are done at once; C: some of them wait for a yes"
    )
    actions: list[str] = Field(description="What can be done: verbs for POST /api/house/{entity_id}/actions")
    asks: list[str] = Field(description="Those of the actions that wait for a person's yes")
    available: bool = Field(description="Its device can be reached")
    last_changed: float | None = Field(description="When it took its state, in epoch seconds")


class Room(BaseModel):
    """A room with what is in it."""

    id: str = Field(description="Id of the area; empty for what is in no room", examples=["kitchen"])
    name: str = Field(description="Name as people say it; empty for what is in no room", examples=["Kitchen"])
    floor: str = Field(description="Name of its floor; empty when that is not known", examples=["Ground floor"])
    entities: list[RoomEntity] = Field(description="By kind and name")


class Units(BaseModel):
    """The units that people of the house read."""

    temperature: str = Field(description="°C or °F", examples=["°C"])


class HouseView(BaseModel):
    """The house by rooms."""

    name: str = Field(description="Name of the house")
    rooms: list[Room] = Field(description="By floor, lowest first, and name; what is in no room comes last")
    version: int = Field(description="Version of the registry")
    source: Literal["demo", "home_assistant"] = Field(description="Whose house it is")
    stale: bool = Field(description="The states may be old: Home Assistant or the broker is away")
    units: Units = Field(description="The units that people of the house read")


def is_shown(entity: Entity) -> bool:
    """Whether the house view has the entity: not what is hidden, for settings or for diagnosis."""
    return not entity.hidden and entity.category is None


def merged(entity: Entity, live: Entity | None) -> Entity:
    """What the registry says of an entity, with its live state."""
    if live is None:
        return entity
    attributes = live.attributes or entity.attributes
    update = {
        "state": live.state, "attributes": attributes, "unit": entity.unit or live.unit, "changed_at": live.changed_at,
        "device_class": entity.device_class or live.device_class, "name": entity.name or live.name,
    }  # fmt: skip
    return entity.model_copy(update=update)


def room_entity(
    entity: Entity, entities: Mapping[str, Entity], house: House, policies: Mapping[str, EntityPolicy]
) -> RoomEntity:
    """One entity, with its live state already in it."""
    policy = policies.get(entity.entity_id)
    locked = policy is not None and policy.risk == "A"
    actions = () if locked else actions_of(entity, house.services)
    asks = [action for action in actions if _asks(entity, action, entities, policy)]
    return RoomEntity(
        entity_id=entity.entity_id, name=entity.name or entity.entity_id, domain=entity.domain,
        device_class=entity.device_class, state=entity.state, unit=entity.unit, attributes=shown(entity.attributes),
        risk=_risk(entity, actions, asks, entities), actions=list(actions), asks=asks,
        available=entity.state is not None and entity.state not in GONE, last_changed=entity.changed_at,
    )  # fmt: skip


def _risk(
    entity: Entity, actions: tuple[str, ...], asks: list[str], entities: Mapping[str, Entity]
) -> Literal["A", "B", "C"]:
    if not actions:
        return "A"
    return "C" if asks or can_open(entity, entities) else "B"


def _asks(entity: Entity, action: str, entities: Mapping[str, Entity], policy: EntityPolicy | None) -> bool:
    """Whether an action waits for a yes; what a person has laid down comes before the class of the verb."""
    deed = DEEDS[entity.domain].get(action)
    service = deed.service if deed else "turn_on"
    domain = "homeassistant" if entity.domain == "group" else entity.domain
    call = ServiceCall(domain=domain, service=service, entity_id=(entity.entity_id,))
    if policy is not None and policy.risk == "C":
        return not secures(call, entity, entities)
    if policy is not None and policy.risk == "B":
        return False
    return assess(call, entities).risk is Risk.OPENING


def shown(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes without codes, tokens and addresses that carry one."""
    return {key: value for key, value in attributes.items() if not _is_secret(key, value)}


def _is_secret(key: str, value: Any) -> bool:
    return key.casefold().rpartition("_")[2] in _CODES or (isinstance(value, str) and "token=" in value)


def rooms_of(house: House) -> list[tuple[Area | None, str]]:
    """The rooms with the name of their floor, as they are shown; None stands for no room."""
    floors = {floor.floor_id: (place, floor.name) for place, floor in enumerate(house.floors)}
    last = (len(floors), "")
    found = [(*floors.get(area.floor_id or "", last), area) for area in house.areas]
    found.sort(key=lambda row: (row[0], row[2].name.casefold()))
    return [*((area, floor) for _, floor, area in found), (None, "")]


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """Entities of a room, by kind and name."""
    return sorted(entities, key=lambda entity: (entity.domain, entity.name.casefold(), entity.entity_id))
