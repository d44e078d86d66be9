"""The map agent: the one source of what is in the house."""

import asyncio
import time
from typing import Any, ClassVar

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.bus import Bus
from wactorz_common.contracts import Channel
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_common.contracts.home import (
    GET_HOUSE,
    HOME_MAP,
    HOUSE_VERSION,
    HomeMap,
    HousePart,
    HouseQuery,
    HouseVersion,
)
from wactorz_common.contracts.tasks import TASK, TaskRequest
from wactorz_common.errors import Refused, TransportError
from wactorz_common.ids import clock
from wactorz_common.store import Store
from wactorz_home_assistant import (
    REGISTRY_EVENTS,
    Event,
    HomeAssistant,
    LiveStates,
    Registries,
    Wanted,
    read_registries,
)
from wactorz_home_assistant_map_agent import wording
from wactorz_home_assistant_map_agent.chunks import messages_for
from wactorz_home_assistant_map_agent.german import phrase
from wactorz_home_assistant_map_agent.home_map import devices_with_entities, in_words
from wactorz_home_assistant_map_agent.known import KnownHouse, from_kept, take_survey, to_keep
from wactorz_home_assistant_map_agent.settings import HomeAssistantMapAgentSettings
from wactorz_home_assistant_map_agent.survey import is_another_thing

_KEPT = "house"
_FIRST_CONNECT_SECONDS = 0.7  # askers ask again; a reason that comes after one has given up helps nobody
_RETRY_SECONDS = 2.0
_ESSENTIAL = frozenset({"areas", "devices", "entities"})


def configured_channel(settings: HomeAssistantMapAgentSettings) -> Channel[HomeMap]:
    """The one channel that the settings ask for."""
    if settings.output_topic == HOME_MAP.address:
        return HOME_MAP
    return Channel("HOME_MAP_CONFIGURED", settings.output_topic, HomeMap, HOME_MAP.qos, HOME_MAP.summary)


class HomeAssistantMapAgent(Agent[HomeAssistantMapAgentSettings]):
    """Keeps the registry of the house, answers questions about it, and says when it changes."""

    name = "home-assistant-map-agent"
    description = "Keeps the live registry of the house: rooms, devices, names and services."
    publishes: ClassVar[tuple[Channel[Any], ...]] = (HOME_MAP, HOUSE_VERSION)

    def __init__(self, settings: HomeAssistantMapAgentSettings, bus: Bus, store: Store) -> None:
        self._channel = configured_channel(settings)
        self.publishes = (self._channel, HOUSE_VERSION)  # type: ignore[misc]  # the map goes where the settings say
        super().__init__(settings, bus, store)
        self._home = HomeAssistant(settings.ha_url, settings.ha_token.get_secret_value())
        self._live = LiveStates(self._home)
        self._registries = Registries()
        self._known: KnownHouse | None = None
        self._cause: Event | None = None
        self._wanted = Wanted()
        self._stale = asyncio.Event()
        self._reading = asyncio.Lock()
        self._changes_noticed = 0
        self._told_nothing = False

    async def on_start(self) -> None:
        """Take up the house as it was known last, and begin connecting to Home Assistant."""
        kept = self.recall(_KEPT, {})
        self._known = await asyncio.to_thread(from_kept, kept, self._home.url)
        for event_type in REGISTRY_EVENTS:
            self._home.subscribe(event_type, self._on_registry_event)
        self._home.subscribe("state_changed", self._on_state_event)
        self._home.on_connect.append(self._read_all)
        self._home.start()
        self.spawn_background(self._follow(), "follower")

    async def on_connected(self) -> None:
        """Say the version and the map again: the broker may have lost them."""
        if self._known is not None:
            await self._publish(self._known)

    async def on_stop(self) -> None:
        """Close the connection to Home Assistant."""
        await self._home.stop()

    # -- answers ------------------------------------------------------------------------------------------------

    @handles(GET_HOUSE)
    async def on_get_house(self, query: HouseQuery, task: Task) -> HousePart:
        """One part of the registry, as it was read last; while Home Assistant is away too."""
        if self._known is None:
            try:
                await self._home.wait_ready(max(0.0, min(_FIRST_CONNECT_SECONDS, task.remaining)))
            except TransportError as error:
                raise Refused(str(error)) from error
        if self._known is None:
            raise Refused(wording.unknown())
        return self._known.packed.part(query)

    @handles(CHAT)
    async def on_chat(self, request: ChatRequest, _task: Task) -> ChatAnswer:
        """Obey `status`, `refresh` and `refresh simple`, without a model."""
        words = request.text.casefold().split()
        if words == ["status"]:
            house = self._known.house if self._known else None
            return ChatAnswer(text=wording.status(house, self._home.problem, self._changes_noticed))
        if words not in (["refresh"], ["refresh", "simple"]):
            return ChatAnswer(text=phrase(wording.HELP), status="failed")
        known = await self._refresh()
        if words == ["refresh"]:
            return ChatAnswer(text=wording.read_again(known.house))
        return ChatAnswer(text=in_words(known.house))

    async def _refresh(self) -> KnownHouse:
        try:
            await self._home.wait_ready(_FIRST_CONNECT_SECONDS)
            known = await self._read(Wanted.everything())
        except TransportError as error:
            raise Refused(str(error)) from error
        await self._publish(known)
        return known

    # -- following ----------------------------------------------------------------------------------------------

    def _on_registry_event(self, event: Event) -> None:
        self._wanted.note(event)
        self._note(event)

    def _on_state_event(self, event: Event) -> None:
        """An entity that comes, goes, or has other abilities makes another house; nothing need be read for it."""
        old, new = event.data.get("old_state"), event.data.get("new_state")
        entity_id = str(event.data.get("entity_id"))
        if not old or not new or is_another_thing(entity_id, old.get("attributes") or {}, new.get("attributes") or {}):
            self._note(event)

    def _note(self, event: Event) -> None:
        self._cause = event
        self._changes_noticed += 1
        self._stale.set()

    async def _follow(self) -> None:
        while True:
            await self._stale.wait()
            await asyncio.sleep(self.settings.gather_seconds)
            self._stale.clear()
            if not self._home.ready:
                continue
            wanted = self._wanted.take()
            try:
                await self._read(wanted)
            except TransportError as error:
                self.log.warning("registries not read", reason=str(error))
                self._wanted.add(wanted)
                await asyncio.sleep(_RETRY_SECONDS)
                self._stale.set()

    async def _read_all(self) -> None:
        self._wanted.take()
        await self._read(Wanted.everything())

    async def _read(self, wanted: Wanted) -> KnownHouse:
        """Read what is wanted; a house that differs from the last one gets the next version and is published."""
        async with self._reading:
            self._registries = await read_registries(self._home, self._registries, wanted)
            last_version = int(self.recall(_KEPT, {}).get("version", 0))
            found = await asyncio.to_thread(take_survey, self._registries, dict(self._live), self._known, last_version)
            if found is not self._known:
                await self.persist(_KEPT, await asyncio.to_thread(to_keep, found, self._home.url))
                self._known = found
                await self._publish(found)
        await self._say_when_nothing_is_told()
        return found

    # -- publishing ---------------------------------------------------------------------------------------------

    async def _publish(self, known: KnownHouse) -> None:
        await self.publish(HOUSE_VERSION, HouseVersion(version=known.house.version))
        for message in await asyncio.to_thread(_map_of, known, self._cause):
            if self.settings.target_actor:
                task = TaskRequest.accept({"payload": message.to_wire(), "_sender": self.name})
                await self.bus.publish(TASK, task, agent_name=self.settings.target_actor)
            else:
                await self.publish(self._channel, message)

    async def _say_when_nothing_is_told(self) -> None:
        told_nothing = self._registries.missing >= _ESSENTIAL
        if told_nothing and not self._told_nothing:
            await self.alert(wording.nothing_told(self._home.url))
        self._told_nothing = told_nothing


def _map_of(known: KnownHouse, cause: Event | None) -> list[HomeMap]:
    update = HomeMap(
        event_type=cause.event_type if cause else "entity_registry_updated", timestamp=time.time(),
        event=_plain(cause), version=known.house.version, devices=devices_with_entities(known.house),
    )  # fmt: skip
    return messages_for(update, clock.mint_message())


def _plain(cause: Event | None) -> dict[str, Any] | None:
    """The event that caused an update; a change of state is cut down to its entity."""
    if cause is None:
        return None
    if cause.event_type == "state_changed":
        return {"event_type": cause.event_type, "data": {"entity_id": cause.data.get("entity_id")}}
    return dict(cause.raw)
