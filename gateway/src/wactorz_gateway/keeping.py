"""What the gateway keeps over a restart: who there is, what was said, what happened, and the charts."""

from typing import Any

from wactorz_common.store import Store
from wactorz_gateway import lately
from wactorz_gateway.historybook import HistoryBook
from wactorz_gateway.parts import Parts

_AGENTS, _CHATS, _HAPPENED, _SAID = "agents", "chats", "happened", "said"


class Keeping:
    """Loads what was kept at the start, and writes what has changed since."""

    def __init__(self, parts: Parts, store: Store) -> None:
        self._parts, self._store = parts, store
        self._book = HistoryBook(store, parts.histories)
        self._agents: list[dict[str, Any]] = []

    async def load(self) -> str:
        """Start from what was kept; a sentence about what cannot be read, which stops nothing."""
        recall, now = self._store.recall, self._parts.now()
        self._parts.registry.load(recall(_AGENTS, []), now)
        self._parts.transcripts.load(recall(_CHATS, []))
        lately.load(self._parts, recall(_HAPPENED, {}), recall(_SAID, []))
        return await self._book.start(now)

    async def who(self) -> None:
        """Keep who there is, and what was said."""
        rows = self._parts.registry.dump()
        if rows != self._agents:
            self._agents = rows
            await self._store.persist(_AGENTS, rows)
        if self._parts.transcripts.changed:
            await self._store.persist(_CHATS, self._parts.transcripts.dump())

    async def happened(self) -> None:
        """Keep what happened."""
        kept = lately.happened(self._parts)
        if kept is not None:
            await self._store.persist(_HAPPENED, kept)

    async def said(self) -> None:
        """Keep the last lines of agents, for those that write no file here."""
        if self._parts.logs.changed:
            await self._store.persist(_SAID, self._parts.logs.dump())

    async def charts(self) -> None:
        """Keep the samples that came since this was called last."""
        await self._book.keep(self._parts.now())

    async def all(self) -> None:
        """Keep everything, at the end."""
        await self.who()
        await self.happened()
        await self.said()
        await self.charts()
