"""The house as people look at it: the registry and the live states, merged."""

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, Field

from wactorz_common.contracts import Operation
from wactorz_common.contracts.home import GET_STATES, Entity, House, StateQuery
from wactorz_common.errors import HouseUnknown, TransportError

_WAIT_SECONDS = 3.0
_NOT_KNOWN = "The house is not known yet: is Home Assistant in reach? `wactorz status` shows it"

Ask = Callable[[Operation[Any, Any], Any], Awaitable[Any]]


def unknown(reason: str) -> TransportError:
    """What is raised while the house is not known; with a reason, waiting alone does not mend it."""
    return TransportError(reason) if reason else TransportError(_NOT_KNOWN, code=HouseUnknown.code)


class Device(BaseModel):
    """One entity of the house with its live state."""

    entity_id: str = Field(description="For example light.kitchen_light")
    name: str = Field(description="Name as people say it")
    area: str = Field(description="Name of the room; empty when it is in none")
    domain: str = Field(description="Kind of entity")
    state: str | None = Field(description="Live state; null when it is not known")
    unit: str | None = Field(default=None, description="Unit of measurement")
    device_class: str | None = Field(default=None, description="For example temperature or door")
    attributes: dict[str, Any] = Field(default_factory=dict, description="Live attributes")


class HomeReport(BaseModel):
    """The house."""

    name: str = Field(description="Name of the house")
    demo: bool = Field(description="The simulated house answers")
    version: int = Field(description="Version of the registry")
    areas: list[str] = Field(description="Names of the rooms")
    entities: list[Device] = Field(description="Every entity, by room and name")


class HouseReader:
    """Reads the house through the agents that hold it.

    `known` gives the registry, or None while it is not known; `problem` then says why, if somebody has told.
    """

    def __init__(
        self, ask: Ask, known: Callable[[float], Awaitable[House | None]], problem: Callable[[], str] = lambda: ""
    ) -> None:
        self._ask, self._known, self._problem = ask, known, problem

    async def house(self) -> House:
        """The registry of the house."""
        house = await self._known(_WAIT_SECONDS)
        if house is None:
            raise unknown(self._problem())
        return house

    async def report(self) -> HomeReport:
        """The house with the states of this moment."""
        house = await self.house()
        return merge(house, (await self._ask(GET_STATES, StateQuery())).states)

    async def knows(self, entity_id: str) -> bool:
        """Whether the house has this entity."""
        return any(entity.entity_id == entity_id for entity in (await self.house()).entities)


def merge(house: House, live: tuple[Entity, ...]) -> HomeReport:
    """Put live states into the registry's list; entities that only have a state come last."""
    states = {entity.entity_id: entity for entity in live}
    areas = {area.area_id: area.name for area in house.areas}
    listed = {entity.entity_id for entity in house.entities}
    devices = [device(entity, states.get(entity.entity_id), areas) for entity in house.entities]
    devices += [device(entity, entity, areas) for entity in live if entity.entity_id not in listed]
    devices.sort(key=lambda d: (not d.area, d.area, d.domain, d.name))
    return HomeReport(
        name=house.name, demo=house.demo, version=house.version, areas=[area.name for area in house.areas],
        entities=devices,
    )  # fmt: skip


def device(entity: Entity, live: Entity | None, areas: dict[str, str]) -> Device:
    """One line of the report."""
    now = live or entity
    return Device(
        entity_id=entity.entity_id, name=entity.name or entity.entity_id, area=areas.get(entity.area_id or "", ""),
        domain=entity.domain, state=now.state, unit=entity.unit or now.unit,
        device_class=entity.device_class or now.device_class, attributes=now.attributes,
    )  # fmt: skip
