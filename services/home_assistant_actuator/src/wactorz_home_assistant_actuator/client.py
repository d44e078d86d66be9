"""The devices as Home Assistant offers them: states, services, and the one way to send a command."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.risk import TARGET_KEYS
from wactorz_home_assistant import HomeAssistant, LiveStates, State


class Devices(Protocol):
    """What the writer needs of a home."""

    @property
    def states(self) -> Mapping[str, State]:
        """All states as they are now."""

    @property
    def services(self) -> Mapping[str, frozenset[str]]:
        """Names of the services by domain."""

    @property
    def required(self) -> Mapping[str, tuple[str, ...]]:
        """Fields that a service cannot do without, by domain.service."""

    @property
    def temperature_unit(self) -> str:
        """Unit that temperatures are given in."""

    @property
    def time_zone(self) -> str:
        """IANA name of the house's time zone."""

    async def wait_ready(self, seconds: float) -> None:
        """Wait for the connection; TransportError with a sentence after `seconds`."""

    async def send(self, call: ServiceCall) -> str:
        """Make the call and return the context id of its effects; TransportError, CallRefused or CallUncertain."""

    async def wait_until(self, entity_id: str, wanted: Callable[[State], bool], seconds: float) -> State | None:
        """The first state that is as wanted, or None when there is none in time."""


class HomeAssistantDevices:
    """The devices of a Home Assistant."""

    def __init__(self, url: str, token: str, call_timeout_seconds: float) -> None:
        self.home = HomeAssistant(url, token)
        self._live = LiveStates(self.home)
        self._seconds = call_timeout_seconds
        self._services: dict[str, frozenset[str]] = {}
        self._required: dict[str, tuple[str, ...]] = {}
        self._unit, self._zone = "°C", "UTC"
        self.home.on_connect.append(self._learn)
        self.services_changed = False
        for event_type in ("service_registered", "service_removed"):
            self.home.subscribe(event_type, lambda _event: self._note_change())

    @property
    def states(self) -> Mapping[str, State]:
        """All states as they are now."""
        return self._live

    @property
    def services(self) -> Mapping[str, frozenset[str]]:
        """Names of the services by domain."""
        return self._services

    @property
    def required(self) -> Mapping[str, tuple[str, ...]]:
        """Fields that a service cannot do without, by domain.service."""
        return self._required

    @property
    def temperature_unit(self) -> str:
        """Unit that temperatures are given in."""
        return self._unit

    @property
    def time_zone(self) -> str:
        """IANA name of the house's time zone."""
        return self._zone

    async def wait_ready(self, seconds: float) -> None:
        """Wait for the connection, and for what changed since in the list of services."""
        await self.home.wait_ready(seconds)
        if self.services_changed:
            await self._learn()

    async def send(self, call: ServiceCall) -> str:
        """Make the call and return the context id of its effects."""
        target = {"entity_id": list(call.entity_id)}
        return await self.home.call_service(call.domain, call.service, call.data, target, seconds=self._seconds)

    async def wait_until(self, entity_id: str, wanted: Callable[[State], bool], seconds: float) -> State | None:
        """The first state that is as wanted, or None when there is none in time."""
        return await self._live.wait_until(entity_id, wanted, seconds)

    def _note_change(self) -> None:
        self.services_changed = True

    async def _learn(self) -> None:
        self.services_changed = False
        described = await self.home.services()
        self._services = {domain: frozenset(names) for domain, names in described.items()}
        self._required = required_in(described)
        config = await self.home.config()
        self._unit = str((config.get("unit_system") or {}).get("temperature") or "°C")
        self._zone = str(config.get("time_zone") or "UTC")


def required_in(described: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The required fields of services, sections included, by domain.service."""
    found: dict[str, tuple[str, ...]] = {}
    for domain, services in described.items():
        for name, service in services.items():
            fields = service.get("fields") if isinstance(service, Mapping) else None
            needed = tuple(_required(fields))
            if needed:
                found[f"{domain}.{name}"] = needed
    return found


def _required(fields: Any) -> Iterator[str]:
    for name, described in fields.items() if isinstance(fields, Mapping) else ():
        if not isinstance(described, Mapping):
            continue
        if "fields" in described:
            yield from _required(described["fields"])
        elif described.get("required") is True and name not in TARGET_KEYS:
            yield str(name)
