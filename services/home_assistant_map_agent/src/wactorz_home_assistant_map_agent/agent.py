"""The map agent: the one source of what is in the house."""

import asyncio
import time
from typing import Any, ClassVar

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.bus import Bus
from wactorz_common.contracts import Channel, Nothing
from wactorz_common.contracts.home import GET_HOUSE, HOME_MAP, HomeMap, House
from wactorz_common.errors import Refused, TransportError
from wactorz_common.ids import clock
from wactorz_common.store import Store
from wactorz_home_assistant import Event, HomeAssistant, LiveStates
from wactorz_home_assistant_map_agent.chunks import messages_for
from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings
from wactorz_home_assistant_map_agent.survey import Registries, devices_with_entities, digest, survey

_KNOWN = "house"
_REGISTRY_EVENTS = (
    "entity_registry_updated", "area_registry_updated", "device_registry_updated", "service_registered",
    "service_removed", "core_config_updated", "homeassistant_started",
)  # fmt: skip
_FIRST_CONNECT_SECONDS = 0.7  # askers ask again; a reason that comes after one has given up helps nobody
_RETRY_SECONDS = 2.0


def configured_channel(settings: HomeAssistantMapAgentSettings) -> Channel[HomeMap]:
    """The one channel that the settings ask for."""
    if settings.output_topic == HOME_MAP.address:
        return HOME_MAP
    return Channel("HOME_MAP_CONFIGURED", settings.output_topic, HomeMap, HOME_MAP.qos, HOME_MAP.summary)


class HomeAssistantMapAgent(Agent[HomeAssistantMapAgentSettings]):
    """Keeps the registry of the house, answers questions about it, and says when it changes."""

    name = "home-assistant-map-agent"
    description = "Keeps the live registry of the house: rooms, devices, names and services."
    publishes: ClassVar[tuple[Channel[Any], ...]] = (HOME_MAP,)

    def __init__(self, settings: HomeAssistantMapAgentSettings, bus: Bus, store: Store) -> None:
        self._channel = configured_channel(settings)
        self.publishes = (self._channel,)  # type: ignore[misc]  # this instance speaks on the topic of its settings
        super().__init__(settings, bus, store)
        self._home = HomeAssistant(settings.ha_url, settings.ha_token.get_secret_value())
        self._live = LiveStates(self._home)
        self._registries: Registries | None = None
        self._version = 0
        self._cause: Event | None = None
        self._stale = asyncio.Event()

    async def on_start(self) -> None:
        """Begin connecting to Home Assistant."""
        for event_type in _REGISTRY_EVENTS:
            self._home.subscribe(event_type, self._on_registry_event)
        self._home.subscribe("state_changed", self._on_state_event)
        self._home.on_connect.append(self._read)
        self._home.on_away.append(self._say_away)
        self._home.start()
        self.spawn_background(self._follow(), "follower")

    async def on_connected(self) -> None:
        """Say the map again: it is not retained."""
        if self._registries is not None:
            await self._publish_map()

    async def on_stop(self) -> None:
        """Close the connection to Home Assistant."""
        await self._home.stop()

    @handles(GET_HOUSE)
    async def on_get_house(self, _request: Nothing, task: Task) -> House:
        """The registry of the house, with the states as they are now."""
        if self._registries is None:
            try:
                await self._home.wait_ready(max(0.0, min(_FIRST_CONNECT_SECONDS, task.remaining)))
            except TransportError as error:
                raise Refused(str(error)) from error
        return self._house()

    def _house(self) -> House:
        return survey(self._registries or Registries(), self._live, self._version)

    # -- following ----------------------------------------------------------------------------------------------

    def _on_registry_event(self, event: Event) -> None:
        self._cause = event
        self._stale.set()

    def _on_state_event(self, event: Event) -> None:
        """An entity that comes, goes, or is reached again may have brought other abilities."""
        old, new = event.data.get("old_state"), event.data.get("new_state")
        if old is None or new is None or old.get("state") == "unavailable":
            self._cause = event
            self._stale.set()

    async def _follow(self) -> None:
        while True:
            await self._stale.wait()
            await asyncio.sleep(self.settings.gather_seconds)
            self._stale.clear()
            if not self._home.ready:
                continue
            try:
                await self._read()
            except TransportError as error:
                self.log.warning("registries not read", reason=str(error))
                await asyncio.sleep(_RETRY_SECONDS)
                self._stale.set()

    async def _read(self) -> None:
        """Read everything; a house that differs from the last one gets the next version and is published."""
        home = self._home
        found = Registries(
            await home.areas(), await home.devices(), await home.entities(), await home.services(), await home.config()
        )
        known = self.recall(_KNOWN, {"version": 0, "digest": ""})
        now = digest(survey(found, self._live, 0))
        is_new = now != known["digest"]
        if is_new:
            known = {"version": known["version"] + 1, "digest": now}
            await self.persist(_KNOWN, known)
        self._registries, self._version = found, known["version"]
        if is_new:
            await self._publish_map()

    async def _publish_map(self) -> None:
        house, cause = self._house(), self._cause
        update = HomeMap(
            event_type=cause.event_type if cause else "entity_registry_updated", timestamp=time.time(),
            event=_plain(cause), version=house.version,
            devices=devices_with_entities(self._registries or Registries(), house),
        )  # fmt: skip
        for message in messages_for(update, clock.mint_message()):
            await self.publish(self._channel, message)

    async def _say_away(self) -> None:
        await self.alert(self._home.problem)


def _plain(cause: Event | None) -> dict[str, Any] | None:
    """The event that caused an update; a change of state is cut down to its entity."""
    if cause is None:
        return None
    if cause.event_type == "state_changed":
        return {"event_type": cause.event_type, "data": {"entity_id": cause.data.get("entity_id")}}
    return dict(cause.raw)
