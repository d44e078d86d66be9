"""Calls that run, so that they can be stopped when nobody waits for them any more."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from wactorz_common.contracts.llm import Completion
from wactorz_common.errors import STOPPED, Refused
from wactorz_common.workloop import is_being_cancelled

T = TypeVar("T")

_REMEMBER_SECONDS = 5.0
_MOST_REMEMBERED = 256


class Running:
    """Runs calls and stops them; a call that comes for a message just stopped does not begin."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tasks: dict[asyncio.Task[Any], Completion] = {}
        self._ended: set[asyncio.Task[Any]] = set()
        self._stopped: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    async def run(self, request: Completion, work: Coroutine[Any, Any, T]) -> T:
        """Do the work of a call; Refused when it was stopped."""
        if any(self._clock() - self._stopped.get(one, -1e9) < _REMEMBER_SECONDS for one in _chats(request)):
            work.close()
            raise Refused(STOPPED)
        task = asyncio.ensure_future(work)
        self._tasks[task] = request
        try:
            return await task
        except asyncio.CancelledError:
            if task in self._ended and not is_being_cancelled():
                raise Refused(STOPPED) from None
            raise
        finally:
            self._tasks.pop(task, None)
            self._ended.discard(task)

    def stop(
        self, *, stream_to: str = "", conversation_id: str = "", agent: str = "", person: str | None = None
    ) -> int:
        """Stop the calls for a message or session, of one agent or person where named; how many those were."""
        if stream_to:
            self._remember(stream_to)
        hit = [task for task, one in self._tasks.items() if _is_meant(one, stream_to, conversation_id, agent, person)]
        for task in hit:
            self._ended.add(task)
            task.cancel()
        return len(hit)

    def _remember(self, stream_to: str) -> None:
        self._stopped.pop(stream_to, None)
        self._stopped[stream_to] = self._clock()
        if len(self._stopped) > _MOST_REMEMBERED:
            del self._stopped[next(iter(self._stopped))]


def _chats(request: Completion) -> tuple[str, ...]:
    return tuple(filter(None, (request.stream_to, request.for_chat)))


def _is_meant(request: Completion, stream_to: str, conversation_id: str, agent: str, person: str | None) -> bool:
    if agent and request.agent != agent:
        return False
    named = stream_to in _chats(request)
    in_session = bool(conversation_id) and request.conversation_id == conversation_id
    return named or (in_session and person in (None, request.person))
