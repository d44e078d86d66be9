"""The state bridge: what changes in Home Assistant is said on the bus."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, ClassVar

from wactorz_common.agent import Agent
from wactorz_common.bus import Bus
from wactorz_common.contracts import Channel
from wactorz_common.contracts.home import STATE_CHANGE, STATE_CHANGE_FLAT, StateChange
from wactorz_common.errors import ContractError, TransportError
from wactorz_common.store import Store
from wactorz_home_assistant import Event, HomeAssistant
from wactorz_home_assistant_state_bridge import changes
from wactorz_home_assistant_state_bridge.settings import HomeAssistantStateBridgeSettings

_QUEUE = 10_000


def configured_channel(settings: HomeAssistantStateBridgeSettings) -> Channel[StateChange]:
    """The one channel that the settings ask for."""
    usual = STATE_CHANGE if settings.per_entity else STATE_CHANGE_FLAT
    if settings.output_topic == STATE_CHANGE_FLAT.address:
        return usual
    address = settings.output_topic + ("/{domain}/{entity_id}" if settings.per_entity else "")
    return Channel("STATE_CHANGE_CONFIGURED", address, StateChange, usual.qos, usual.summary)


class HomeAssistantStateBridgeAgent(Agent[HomeAssistantStateBridgeSettings]):
    """Publishes each change of state, and all states after every (re)connection to Home Assistant or the broker."""

    name = "home-assistant-state-bridge"
    description = "Publishes Home Assistant's state changes on the bus."
    publishes: ClassVar[tuple[Channel[Any], ...]] = (STATE_CHANGE, STATE_CHANGE_FLAT)

    def __init__(self, settings: HomeAssistantStateBridgeSettings, bus: Bus, store: Store) -> None:
        self._channel = configured_channel(settings)
        self.publishes = (self._channel,)  # type: ignore[misc]  # this instance speaks on the topic of its settings
        super().__init__(settings, bus, store)
        self._home = HomeAssistant(settings.ha_url, settings.ha_token.get_secret_value())
        self._domains = settings.allowed_domains
        self._waiting: asyncio.Queue[Sequence[StateChange]] = asyncio.Queue(_QUEUE)
        self._known: frozenset[str] = frozenset()
        self._overflowed = False

    async def on_start(self) -> None:
        """Begin connecting to Home Assistant."""
        self._home.subscribe("state_changed", self._on_event)
        self._home.on_connect.append(self._resynchronise)
        self._home.on_away.append(self._say_away)
        self._home.start()
        self.spawn_background(self._publish_all(), "publisher")

    async def on_connected(self) -> None:
        """What was published while the broker was away is lost: say everything again."""
        if self._home.ready:
            try:
                await self._resynchronise()
            except TransportError as error:  # the next connection to Home Assistant does it
                self.log.warning("resynchronisation put off", reason=str(error))

    async def on_stop(self) -> None:
        """Close the connection to Home Assistant."""
        await self._home.stop()

    def _on_event(self, event: Event) -> None:
        change = changes.from_event(event, time.time())
        if change is None or not self._is_allowed(change.domain):
            return
        try:
            self._waiting.put_nowait((change,))
        except asyncio.QueueFull:
            self._overflowed = True

    async def _resynchronise(self) -> None:
        now = time.time()
        states = [
            changes.from_state(raw, now)
            for raw in await self._home.raw_states()
            if self._is_allowed(raw["entity_id"].partition(".")[0])
        ]
        present = frozenset(state.entity_id for state in states)
        lost = [changes.gone(entity_id, now) for entity_id in sorted(self._known - present)]
        self._known = present
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait((*states, *lost))

    async def _publish_all(self) -> None:
        while True:
            for change in await self._waiting.get():
                await self._say(change)
            if self._overflowed and self._waiting.empty() and self._home.ready:
                self._overflowed = False
                await self.on_connected()

    async def _say(self, change: StateChange) -> None:
        if not self.bus.connected.is_set():
            return  # everything is said again when the broker is back
        try:
            if self._channel.parameters:
                await self.publish(self._channel, change, domain=change.domain, entity_id=change.entity_id)
            else:
                await self.publish(self._channel, change)
        except ContractError as error:
            await self.report_error(error)

    def _is_allowed(self, domain: str) -> bool:
        return not self._domains or domain in self._domains

    async def _say_away(self) -> None:
        await self.alert(self._home.problem)
