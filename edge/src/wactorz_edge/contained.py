"""The executor of containers: one for each agent, with a volume that it keeps for good."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wactorz_common import logs
from wactorz_common.accounts import guest_slug
from wactorz_common.contracts.hosting import HostAnswer, HostOrder
from wactorz_common.contracts.spawning import Limits, SpawnSpec
from wactorz_common.errors import Refused, TransportError, WactorzError
from wactorz_edge.container_engine import AGENT, EGRESS, Container, ContainerEngine, new_id
from wactorz_edge.executor import DROP_SECONDS, EXPORT_SECONDS, Keeper, answered, patience
from wactorz_edge.host_stream import HostStream
from wactorz_edge.ledger import Guest
from wactorz_edge.shared import recoded
from wactorz_edge.warm_pool import WarmPool

_LOOK_AGAIN = 1.0
_TIDY_SECONDS = 5.0


@dataclass
class Berth:
    """The stream to the host in a guest's container, and who reads it."""

    stream: HostStream
    reading: "asyncio.Task[None]"
    watching: "asyncio.Task[None] | None" = None


class ContainerExecutor:
    """Hosts agents in containers; `save` writes a guest down before its container is given anything."""

    def __init__(self, engine: ContainerEngine, pool: WarmPool, save: Callable[[Guest], None]) -> None:
        self._engine = engine
        self._pool = pool
        self._save = save
        self._keeper: Keeper
        self._berths: dict[str, Berth] = {}
        self._orders: dict[str, HostOrder] = {}
        self._tidying: asyncio.Task[None] | None = None
        self._tidied = asyncio.Event()
        self._trouble = ""
        self._log = logs.get(__name__)

    def report_to(self, keeper: Keeper) -> None:
        """Whom to tell what happens to guests."""
        self._keeper = keeper

    async def start(self, guests: list[Guest]) -> None:
        """Containers of guests are found again when they are hosted; the others become slots or go."""
        self._tidying = asyncio.create_task(self._tidy({guest.container for guest in guests}))

    async def host(self, guest: Guest, order: HostOrder) -> None:
        """Have a guest run in its container: the one that it had, a warm one, or a new one."""
        berth = self._berths.get(guest.name)
        if berth is None:
            await self._wait_tidy()
            berth = await self._open(guest)
        try:
            await berth.stream.order(order, patience(guest))
        except (Refused, TransportError):
            await self._discard(guest)
            raise
        self._orders[guest.name] = order
        if berth.watching is None:
            berth.watching = asyncio.create_task(self._watch(guest, berth))

    async def drop(self, guest: Guest, *, delete: bool, keep_topics: bool) -> None:
        """End a guest and remove its container; its volume goes with `delete` only."""
        berth = self._berths.get(guest.name)
        if berth is not None:
            order = HostOrder(op="drop", name=guest.name, delete=delete, keep_topics=keep_topics)
            try:
                await berth.stream.order(order, DROP_SECONDS)
            except (Refused, TransportError) as error:
                self._log.warning("a guest does not end in good order", guest=guest.name, reason=str(error))
        await self._discard(guest)
        if delete and guest.volume:
            await self._engine.remove_volume(guest.volume)
            guest.volume = ""

    async def export(self, guest: Guest) -> dict[str, Any]:
        """What a guest has kept."""
        berth = self._berths.get(guest.name)
        if berth is None:
            raise TransportError(f"{guest.name} does not run just now")
        order = HostOrder(op="export", name=guest.name, hand_over=True)
        return (await berth.stream.order(order, EXPORT_SECONDS)).state or {}

    async def kill(self, guest: Guest) -> None:
        """Remove the container of a guest at once; its volume stays."""
        await self._discard(guest)

    def pid(self, guest: Guest) -> int:  # noqa: ARG002  # as every executor
        """Not known: it lives in the engine's world."""
        return 0

    async def stop(self) -> None:
        """Remove what is idle."""
        if self._tidying is not None:
            self._tidying.cancel()
        await self._pool.close()
        for name in list(self._berths):
            self._leave(name)
        await self._engine.close()

    # -- berths -------------------------------------------------------------------------------------------------

    async def _open(self, guest: Guest) -> Berth:
        if guest.container:
            berth = await self._open_known(guest)
            if berth is not None:
                return berth
        is_usual = fits_slot(guest.spec.limits) and not needs_way_out(guest.spec)
        slot = self._pool.take() if not guest.volume and is_usual else None
        if slot is None:
            return await self._open_new(guest)
        guest.container, guest.volume = slot.container, slot.volume
        self._save(guest)
        await self._engine.rename(slot.container, self._name(guest))
        return self._enter(guest, Berth(slot.stream, slot.reading))

    async def _open_known(self, guest: Guest) -> Berth | None:
        """The container that a guest had, started again if it has ended; None when it is gone."""
        found = await self._engine.show(guest.container)
        if found is None:
            guest.container = ""
            return None
        if found.name != self._name(guest):
            await self._engine.rename(found.id, self._name(guest))
        berth = await self._attach(guest)
        if not found.running:
            await self._engine.start(found.id)
        return berth

    async def _open_new(self, guest: Guest) -> Berth:
        slug = guest_slug(guest.name)
        guest.volume = guest.volume or f"{self._engine.place.project}-guest-{slug}-{new_id()}"
        self._save(guest)
        labels = {"wactorz.agent": slug, "wactorz.agent-id": guest.agent_id}
        if needs_way_out(guest.spec):
            labels[EGRESS] = "true"
        guest.container = await self._engine.make(AGENT, slug, guest.volume, guest.spec.limits, labels)
        self._save(guest)
        berth = await self._attach(guest)
        await self._engine.start(guest.container)
        return berth

    async def _attach(self, guest: Guest) -> Berth:
        stream = HostStream(await self._engine.attach(guest.container), lambda _answer: None)
        return self._enter(guest, Berth(stream, asyncio.create_task(stream.run())))

    def _enter(self, guest: Guest, berth: Berth) -> Berth:
        berth.stream.unasked = lambda answer: self._on_answer(guest, answer)
        self._berths[guest.name] = berth
        return berth

    def _leave(self, name: str) -> None:
        berth = self._berths.pop(name, None)
        self._orders.pop(name, None)
        if berth is not None:
            berth.reading.cancel()
            if berth.watching is not None and berth.watching is not asyncio.current_task():
                berth.watching.cancel()

    async def _discard(self, guest: Guest) -> None:
        self._leave(guest.name)
        if guest.container:
            await self._engine.remove(guest.container)
            guest.container = ""
            self._save(guest)

    def _name(self, guest: Guest) -> str:
        return self._engine.place.name(AGENT, guest_slug(guest.name))

    # -- what happens by itself ---------------------------------------------------------------------------------

    def _on_answer(self, guest: Guest, answer: HostAnswer) -> None:
        if answer.name != guest.name:
            return
        if answer.event == "repaired" and answer.code and guest.name in self._orders:
            self._orders[guest.name] = recoded(self._orders[guest.name], answer.code)
        answered(self._keeper, guest.name, answer)

    async def _watch(self, guest: Guest, berth: Berth) -> None:
        """The end of the stream is the end of the container, or of the way to it."""
        await berth.stream.closed.wait()
        while self._berths.get(guest.name) is berth:
            try:
                found = await self._engine.show(guest.container)
                if found is not None and found.running:
                    order = self._orders[guest.name]
                    again = await self._attach(guest)
                    if not guest.handed_over:
                        await again.stream.order(order, patience(guest))
                    self._orders[guest.name] = order
                    again.watching = asyncio.create_task(self._watch(guest, again))
                    return
            except TransportError as error:
                self._log.warning("a container is out of reach", guest=guest.name, reason=str(error))
                await asyncio.sleep(_LOOK_AGAIN)
                continue
            except Refused as error:
                self._leave(guest.name)
                self._keeper.ended(guest.name, str(error))
                return
            self._leave(guest.name)
            if found is None:
                self._keeper.ended(guest.name, "its container was removed")
            else:
                reason = "its memory ran out" if found.out_of_memory else f"its container ended ({found.exit_code})"
                self._keeper.ended(guest.name, reason, code=found.exit_code)

    async def _tidy(self, known: set[str]) -> None:
        """Sort what a killed runner has left, as soon as the engine can be reached; then fill the pool."""
        while True:
            try:
                for found in await self._engine.all():
                    if found.id in known or await self._is_adopted(found):
                        continue
                    await self._engine.remove(found.id)
                    if self._engine.place.is_slot(found.name) and found.volume:
                        await self._engine.remove_volume(found.volume)
            except WactorzError as error:
                self._log.warning("the containers cannot be looked through", reason=str(error))
                self._trouble = str(error)
                await asyncio.sleep(_LOOK_AGAIN)
            else:
                break
        self._tidied.set()
        self._pool.start()

    async def _wait_tidy(self) -> None:
        """Nothing is made while it is still being found out what there is."""
        try:
            async with asyncio.timeout(_TIDY_SECONDS):
                await self._tidied.wait()
        except TimeoutError:
            raise TransportError(self._trouble or "The node still looks through its containers") from None

    async def _is_adopted(self, found: Container) -> bool:
        return self._engine.place.is_slot(found.name) and await self._pool.adopt(found)


def needs_way_out(spec: SpawnSpec) -> bool:
    """Whether an agent reaches others than the broker: hosts that were granted, or where packages come from. Pure."""
    return bool(spec.grants.http or spec.install)


def fits_slot(limits: Limits) -> bool:
    """Whether an agent gets by with what a warm container has. Pure."""
    usual = Limits()
    return limits.memory_mb <= usual.memory_mb and limits.cpu <= usual.cpu
