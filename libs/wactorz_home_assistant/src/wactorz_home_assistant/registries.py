"""What Home Assistant's registries say, read whole or only where something changed."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wactorz_home_assistant.client import HomeAssistant
from wactorz_home_assistant.errors import CallRefused
from wactorz_home_assistant.model import Event, rows_in, services_in

Row = Mapping[str, Any]

_SLICE = 500  # details of 1,000 entities are a megabyte, and their reader must not starve
_MOST_SINGLY = 100  # beyond that the whole list comes sooner


@dataclass(frozen=True)
class Registries:
    """What the registries said when they were read; `missing` are those that this Home Assistant does not tell."""

    areas: Sequence[Row] = ()
    floors: Sequence[Row] = ()
    labels: Sequence[Row] = ()
    devices: Sequence[Row] = ()
    entities: Sequence[Row] = ()
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    config: Row = field(default_factory=dict)
    missing: frozenset[str] = frozenset()


ALL = ("config", "floors", "labels", "areas", "devices", "entities", "services")
_BY_EVENT = {
    "area_registry_updated": ("areas",),
    "floor_registry_updated": ("floors", "areas"),
    "label_registry_updated": ("labels",),
    "device_registry_updated": ("devices",),
    "service_registered": ("services",),
    "service_removed": ("services",),
    "core_config_updated": ("config",),
    "homeassistant_started": ALL,
}
REGISTRY_EVENTS = ("entity_registry_updated", *_BY_EVENT)
"""Events after which something of the registries must be read again."""


@dataclass
class Wanted:
    """What must be read again: whole registries, and single entities."""

    registries: set[str] = field(default_factory=set)
    entities: set[str] = field(default_factory=set)

    @classmethod
    def everything(cls) -> "Wanted":
        """All registries."""
        return cls(set(ALL))

    def note(self, event: Event) -> None:
        """Add what an event of REGISTRY_EVENTS makes stale."""
        if event.event_type != "entity_registry_updated":
            self.registries.update(_BY_EVENT.get(event.event_type, ()))
            return
        named = {str(event.data[key]) for key in ("entity_id", "old_entity_id") if event.data.get(key)}
        self.entities |= named
        if not named or len(self.entities) > _MOST_SINGLY:
            self.registries.add("entities")

    def take(self) -> "Wanted":
        """All of it, leaving nothing."""
        taken = Wanted(self.registries, self.entities)
        self.registries, self.entities = set(), set()
        return taken

    def add(self, other: "Wanted") -> None:
        """Want besides what another one wants."""
        self.registries |= other.registries
        self.entities |= other.entities


async def read_registries(home: HomeAssistant, known: Registries, wanted: Wanted) -> Registries:
    """`known` with everything read again that is wanted; TransportError when Home Assistant goes away meanwhile."""
    found: dict[str, Any] = {}
    missing = set(known.missing)
    for name in (name for name in ALL if name in wanted.registries):
        missing.discard(name)
        try:
            found[name] = await _READERS[name](home)
        except CallRefused:
            missing.add(name)
    if wanted.entities and "entities" not in wanted.registries and "entities" not in missing:
        found["entities"] = await _read_some(home, known.entities, wanted.entities)
    return replace(known, **found, missing=frozenset(missing))


def _list_of(command: str) -> Callable[[HomeAssistant], Awaitable[list[Row]]]:
    async def read(home: HomeAssistant) -> list[Row]:
        return rows_in(await home.read(command))

    return read


async def _entities(home: HomeAssistant) -> list[Row]:
    """The entity registry; aliases and device classes are in the details, where this Home Assistant tells them."""
    listed = rows_in(await home.read("config/entity_registry/list"))
    return list((await _with_details(home, listed)).values())


async def _read_some(home: HomeAssistant, known: Iterable[Row], changed: set[str]) -> list[Row]:
    """The known rows with those replaced, added or dropped that changed."""
    rows = {str(row.get("entity_id")): row for row in known}
    for entity_id in changed:
        rows.pop(entity_id, None)
    try:
        rows |= await _details(home, sorted(changed))
    except CallRefused:
        return await _entities(home)
    return list(rows.values())


async def _with_details(home: HomeAssistant, listed: list[Row]) -> dict[str, Row]:
    rows = {str(row["entity_id"]): row for row in listed if row.get("entity_id")}
    try:
        return rows | await _details(home, list(rows))
    except CallRefused:
        return rows


async def _details(home: HomeAssistant, entity_ids: list[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for start in range(0, len(entity_ids), _SLICE):
        asked = entity_ids[start : start + _SLICE]
        answer = await home.read("config/entity_registry/get_entries", entity_ids=asked)
        found |= {str(row["entity_id"]): row for row in rows_in(answer) if row.get("entity_id")}
    return found


async def _services(home: HomeAssistant) -> dict[str, dict[str, Any]]:
    return services_in(await home.read("get_services"))


async def _config(home: HomeAssistant) -> Row:
    answer = await home.read("get_config")
    return answer if isinstance(answer, Mapping) else {}


_READERS: dict[str, Callable[[HomeAssistant], Awaitable[Any]]] = {
    "config": _config,
    "floors": _list_of("config/floor_registry/list"),
    "labels": _list_of("config/label_registry/list"),
    "areas": _list_of("config/area_registry/list"),
    "devices": _list_of("config/device_registry/list"),
    "entities": _entities,
    "services": _services,
}
