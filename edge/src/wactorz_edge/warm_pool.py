"""Idle containers, ready to take an agent: they hide the time that a container needs to start."""

import asyncio
from dataclasses import dataclass

from wactorz_common import logs
from wactorz_common.contracts.spawning import Limits
from wactorz_common.errors import TransportError, WactorzError
from wactorz_edge.container_engine import SLOT, Container, ContainerEngine, new_id
from wactorz_edge.host_stream import HostStream

_READY_SECONDS = 60.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0


@dataclass
class Slot:
    """A running container with a fresh volume, and the stream to the host in it."""

    container: str
    volume: str
    stream: HostStream
    reading: "asyncio.Task[None]"


class WarmPool:
    """Keeps so many idle containers; with a size of 0 there are none."""

    def __init__(self, engine: ContainerEngine, size: int) -> None:
        self._engine = engine
        self._size = size
        self._slots: list[Slot] = []
        self._left: dict[str, str] = {}
        self._wanted = asyncio.Event()
        self._filling: asyncio.Task[None] | None = None
        self._log = logs.get(__name__)

    def start(self) -> None:
        """Begin to fill it in the background."""
        if self._size and self._filling is None:
            self._filling = asyncio.create_task(self._fill())
            self._wanted.set()

    def take(self) -> Slot | None:
        """A slot to be given out, if there is one; another one is made in the background."""
        living = next((slot for slot in self._slots if not slot.stream.closed.is_set()), None)
        if living is not None:
            self._slots.remove(living)
            self._wanted.set()
        return living

    async def adopt(self, found: Container) -> bool:
        """Take over a slot that a runner before this one has made; False when it is of no use."""
        if len(self._slots) >= self._size or not found.running or not found.volume:
            return False
        self._slots.append(await self._open(found.id, found.volume))
        return True

    async def close(self) -> None:
        """Remove every slot."""
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)
        await asyncio.gather(*(self._discard(slot.container, slot.volume, slot) for slot in self._slots))
        self._slots.clear()
        await self._remove_left()

    async def _fill(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._clear()
                while len(self._slots) < self._size:
                    self._slots.append(await self._make())
                    pause = _FIRST_PAUSE
            except WactorzError as error:
                self._log.warning("no warm container could be made", reason=str(error), again_after=pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                self._wanted.set()

    async def _clear(self) -> None:
        """Remove the slots that have died, and what could not be removed before."""
        await self._remove_left()
        for slot in [slot for slot in self._slots if slot.stream.closed.is_set()]:
            self._slots.remove(slot)
            await self._discard(slot.container, slot.volume, slot)

    async def _make(self) -> Slot:
        number = new_id()
        volume = f"{self._engine.place.project}-guest-{number}"
        container, slot = self._engine.place.name(SLOT, number), None
        try:
            container = await self._engine.make(SLOT, number, volume, Limits(), {"wactorz.slot": number})
            slot = await self._open(container, volume)
            await self._engine.start(container)
            async with asyncio.timeout(_READY_SECONDS):
                await slot.stream.ready.wait()
        except TimeoutError:
            await self._discard(container, volume, slot)
            raise TransportError(f"no host began in it within {_READY_SECONDS:g} s") from None
        except BaseException:
            await self._discard(container, volume, slot)
            raise
        return slot

    async def _open(self, container: str, volume: str) -> Slot:
        stream = HostStream(await self._engine.attach(container), lambda _answer: None)
        reading = asyncio.create_task(stream.run())
        reading.add_done_callback(lambda _done: self._wanted.set())
        return Slot(container, volume, stream, reading)

    async def _discard(self, container: str, volume: str, slot: Slot | None) -> None:
        if slot is not None:
            slot.reading.cancel()
        try:
            await self._engine.remove(container)
            await self._engine.remove_volume(volume)
        except WactorzError as error:
            self._left[container] = volume
            self._log.warning("a warm container is left for now", container=container, reason=str(error))

    async def _remove_left(self) -> None:
        """Try again what could not be removed while the engine was out of reach."""
        left, self._left = self._left, {}
        for container, volume in left.items():
            await self._discard(container, volume, None)
