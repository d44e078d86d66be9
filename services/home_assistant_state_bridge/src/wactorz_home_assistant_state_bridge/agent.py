"""The state bridge: what changes in Home Assistant is said on the bus."""

import asyncio
import time
from collections import Counter
from dataclasses import replace
from typing import Any, ClassVar

from wactorz_common.agent import Agent
from wactorz_common.bus import Bus
from wactorz_common.contracts import Channel
from wactorz_common.contracts.home import STATE_CHANGE, STATE_CHANGE_FLAT, StateChange
from wactorz_common.errors import ContractError, TransportError
from wactorz_common.store import Store
from wactorz_home_assistant import CallRefused, Event, HomeAssistant
from wactorz_home_assistant_state_bridge import changes
from wactorz_home_assistant_state_bridge.catchup import CatchUp
from wactorz_home_assistant_state_bridge.ledger import Ledger
from wactorz_home_assistant_state_bridge.outflow import Mark, Outflow
from wactorz_home_assistant_state_bridge.selection import Selection
from wactorz_home_assistant_state_bridge.settings import HomeAssistantStateBridgeSettings, words

_READY_SECONDS = 3600.0
_RETRY_SECONDS = 0.5
_SAVE_SECONDS = 1.0
_IDLE_SAVES = 30  # a sign of life on the disk costs more than it tells


def configured_channel(settings: HomeAssistantStateBridgeSettings) -> Channel[StateChange]:
    """The one channel that the settings ask for."""
    usual = STATE_CHANGE if settings.per_entity else STATE_CHANGE_FLAT
    if settings.output_topic == STATE_CHANGE_FLAT.address:
        return usual
    address = settings.output_topic + ("/{domain}/{entity_id}" if settings.per_entity else "")
    return Channel("STATE_CHANGE_CONFIGURED", address, StateChange, usual.qos, usual.summary)


class HomeAssistantStateBridgeAgent(Agent[HomeAssistantStateBridgeSettings]):
    """Publishes each change of state, and all states after every (re)connection to Home Assistant or the broker.

    What happened while a connection was down is taken from the recorder and said first, in order.
    """

    name = "home-assistant-state-bridge"
    description = "Publishes Home Assistant's state changes on the bus."
    publishes: ClassVar[tuple[Channel[Any], ...]] = (STATE_CHANGE, STATE_CHANGE_FLAT)

    def __init__(self, settings: HomeAssistantStateBridgeSettings, bus: Bus, store: Store) -> None:
        self._channel = configured_channel(settings)
        self._lasting = replace(self._channel, retain=True)
        self.publishes = (self._channel,)  # type: ignore[misc]  # this instance speaks on the topic of its settings
        super().__init__(settings, bus, store)
        self._allowed |= {self._lasting}
        self._home = HomeAssistant(settings.ha_url, settings.ha_token.get_secret_value())
        self._selection = Selection(
            words(settings.domains), words(settings.only), words(settings.never), words(settings.retain)
        )
        self._ledger = Ledger(store)
        self._outflow = Outflow(settings.most_waiting)
        self._losses = 0
        self._behind = True
        self.counts: Counter[str] = Counter()
        """How many changes were said, filled in from the recorder, and recognized as said before."""
        self._unsendable: set[str] = set()

    async def on_start(self) -> None:
        """Begin connecting to Home Assistant."""
        await self._ledger.load()
        self._home.subscribe("state_changed", self._on_event)
        self._home.on_lost.append(self._on_lost)
        self._home.on_away.append(self._say_away)
        self._home.on_back.append(self._say_back)
        self._home.start()
        self._publisher = self.spawn_background(self._publish_all(), "publisher")
        self.spawn_background(self._keep_ledger(), "ledger")

    async def on_connected(self) -> None:
        """Who came back with the broker has missed something: say everything again."""
        self._outflow.mark(Mark.RESYNC)

    async def on_stop(self) -> None:
        """Write down what was said; what still waits is filled in at the next start."""
        self._note_alive()
        await self._home.stop()
        self._publisher.cancel()
        await asyncio.wait({self._publisher})
        await self._ledger.save()

    # -- what comes in ------------------------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        change = changes.from_event(event, time.time())
        if change is not None and self._selection.is_published(change.entity_id):
            self._outflow.put(change)

    def _on_lost(self) -> None:
        self._losses += 1
        self._outflow.mark(Mark.GAP)

    async def _say_away(self) -> None:
        await self.alert(self._home.problem)

    async def _say_back(self) -> None:
        await self.alert("Home Assistant is back", "info")

    # -- what goes out ------------------------------------------------------------------------------------------

    async def _publish_all(self) -> None:
        await self._withdraw_unwanted()
        while True:
            item = await self._outflow.next()
            if isinstance(item, Mark):
                await self._catch_up(item)
            else:
                await self._say(item)

    async def _catch_up(self, mark: Mark) -> None:
        """Say what was missed, then how things are; begin again when Home Assistant goes away meanwhile."""
        self._behind = True
        heard: list[StateChange] = []
        try:
            await self._home.wait_ready(_READY_SECONDS)
            losses = self._losses
            states = await self._states()
            heard = self._outflow.take_events()
            if losses == self._losses:
                await self._say_missed(CatchUp(self._home, self._ledger, states, heard), mark)
                self._behind, self._ledger.alive_at = False, time.time()
                return
        except (TransportError, CallRefused) as error:
            self.log.info("catching up put off", reason=str(error))
        self._outflow.put_back(Mark.GAP if heard else mark, heard)
        await asyncio.sleep(_RETRY_SECONDS)

    async def _states(self) -> dict[str, dict[str, Any]]:
        listed = await self._home.raw_states()
        return {raw["entity_id"]: raw for raw in listed if self._selection.is_published(raw["entity_id"])}

    async def _say_missed(self, missed: CatchUp, mark: Mark) -> None:
        if mark is Mark.GAP and self._can_fill():
            async for change in missed.events():
                await self._say(change)
        else:
            for change in missed.heard():
                await self._say(change)
        for change in missed.resync(time.time()):
            await self._say(change)

    def _can_fill(self) -> bool:
        """Whether it is known what was said last, and not too long ago."""
        return self._ledger.newest > 0 and time.time() - self._ledger.alive_at <= self.settings.fill_seconds

    async def _say(self, change: StateChange) -> None:
        await self.bus.connected.wait()
        if not change.resync and self._ledger.has_said(change):
            self.counts["repeated"] += 1
            return
        entity_id = change.entity_id
        was_kept, present = self._ledger.is_kept(entity_id), change.new_state is not None
        keep = present and not change.filled and self._selection.is_kept(entity_id)
        await self._send(self._lasting if keep else self._channel, change)
        if was_kept and not present:
            await self.publish(self._lasting, None, domain=change.domain, entity_id=entity_id)
        self._ledger.note(change, kept=keep or (was_kept and present))
        self.counts["said"] += 1
        self.counts["filled"] += change.filled

    async def _send(self, channel: Channel[StateChange], change: StateChange) -> None:
        try:
            await self._send_as_it_is(channel, change)
        except ContractError:
            try:
                await self._send_as_it_is(channel, changes.trimmed(change))
            except ContractError as error:
                if change.entity_id not in self._unsendable:
                    self._unsendable.add(change.entity_id)
                    await self.report_error(error)

    async def _send_as_it_is(self, channel: Channel[StateChange], change: StateChange) -> None:
        if channel.parameters:
            await self.publish(channel, change, domain=change.domain, entity_id=change.entity_id)
        else:
            await self.publish(channel, change)

    # -- what is kept -------------------------------------------------------------------------------------------

    async def _withdraw_unwanted(self) -> None:
        """Take back what the broker keeps of entities that the settings no longer name."""
        for entity_id in [*self._ledger]:
            if self._ledger.is_kept(entity_id) and not self._selection.is_kept(entity_id):
                await self.bus.connected.wait()
                domain = entity_id.partition(".")[0]
                await self.publish(self._lasting, None, domain=domain, entity_id=entity_id)
                self._ledger.release(entity_id)
            if not self._selection.is_published(entity_id):
                self._ledger.forget(entity_id)

    def _note_alive(self) -> None:
        if self._home.ready and self.bus.connected.is_set() and not self._behind and not len(self._outflow):
            self._ledger.alive_at = time.time()

    async def _keep_ledger(self) -> None:
        """Write down what was said, and from time to time that nothing was missing."""
        idle = 0
        while True:
            await asyncio.sleep(_SAVE_SECONDS)
            self._note_alive()
            idle = 0 if self._ledger.is_changed else idle + 1
            if self._ledger.is_changed or idle % _IDLE_SAVES == 0:
                await self._ledger.save()
