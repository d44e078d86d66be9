"""One queue for each device: what is asked first is done first, and never two things at once."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager


class DeviceQueues:
    """A lock for each entity that somebody acts on or waits for."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def hold(self, entity_ids: Iterable[str]) -> AsyncIterator[None]:
        """Wait for all of them, always in the same order, so that two tasks never wait for each other."""
        wanted = sorted(set(entity_ids))
        for entity_id in wanted:
            self._locks.setdefault(entity_id, asyncio.Lock())
            self._users[entity_id] = self._users.get(entity_id, 0) + 1
        try:
            async with AsyncExitStack() as stack:
                for entity_id in wanted:
                    await stack.enter_async_context(self._locks[entity_id])
                yield
        finally:
            for entity_id in wanted:
                self._users[entity_id] -= 1
                if not self._users[entity_id]:
                    del self._users[entity_id], self._locks[entity_id]
