"""Room in memory for files on their way: a provider's library holds several copies of what it sends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wactorz_common.errors import Refused
from wactorz_llm.german import phrase


class Room:
    """Lets so many bytes be under way at once; whoever brings more waits until there is room, or for all of it."""

    def __init__(self, size: int) -> None:
        self._size = self._left = size
        self._freed = asyncio.Event()

    @asynccontextmanager
    async def taken(self, size: int, seconds: float) -> AsyncIterator[None]:
        """Hold room for so many bytes; Refused when there is none for so long."""
        wanted = min(size, self._size)
        try:
            async with asyncio.timeout(seconds):
                while wanted > self._left:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError as error:
            raise Refused(phrase("Too many files are being looked at at the moment. Try again.")) from error
        self._left -= wanted
        try:
            yield
        finally:
            self._left += wanted
            self._freed.set()
