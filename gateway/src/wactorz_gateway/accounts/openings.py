"""Connections that stay open: they end when the session or token that opened them does."""

import asyncio


class Openings:
    """The tasks that serve open connections, by the key of who opened them."""

    def __init__(self) -> None:
        self._open: dict[str, set[asyncio.Task[None]]] = {}
        self._ended: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return sum(map(len, self._open.values()))

    def enter(self, key: str, task: "asyncio.Task[None] | None" = None) -> None:
        """The running task, or this one, serves a connection of this caller."""
        task = task or asyncio.current_task()
        if key and task is not None:
            self._open.setdefault(key, set()).add(task)

    def leave(self, key: str) -> None:
        """The running task is done with it."""
        task, tasks = asyncio.current_task(), self._open.get(key)
        if tasks is None or task is None:
            return
        tasks.discard(task)
        self._ended.discard(task)
        if not tasks:
            del self._open[key]

    def end(self, key: str) -> None:
        """Close what this caller has open, but for what is just being answered."""
        for task in self._open.get(key, ()):
            if task is not asyncio.current_task():
                self._ended.add(task)
                task.cancel()

    def was_ended(self) -> bool:
        """Whether the running task was ended here; if so it may go on to say goodbye."""
        task = asyncio.current_task()
        if task is None or task not in self._ended:
            return False
        while task.uncancel():
            pass
        return True
