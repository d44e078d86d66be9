"""Who sends a task: a spawned agent, whose text is never taken for a person's word, or somebody else."""

from typing import Any

from wactorz_common.agent import Agent
from wactorz_common.contracts._channel import Nothing
from wactorz_common.contracts.lifecycle import Heartbeat
from wactorz_common.contracts.spawning import LIST_SPAWNED
from wactorz_common.errors import TaskFailed, TransportError

DOORS = frozenset({"io-agent", "gateway"})
"""The shipped agents that pass on what people say; no spawned agent can have their names."""

CAREFUL = frozenset({*DOORS, "main", "notifier", "planner", "home-assistant-actuator", "home-assistant-agent"})
"""The shipped agents that must know who sends them a task, because they do more for some than for others."""

_RELEASERS = frozenset({*DOORS, "main", "home-assistant-agent"})
"""The shipped agents that pass on what people say, at a door or behind it."""

_MOST = 1_000
_ASK_SECONDS = 2.0


def may_release(sender: str) -> bool:
    """Whether a sender passes on what people say, so that it may end a stop of everything."""
    return sender in _RELEASERS


class Senders:
    """Tells spawned agents by their heartbeats, and by the monitor's list where none was heard yet."""

    def __init__(self, owner: Agent[Any]) -> None:
        self._owner = owner
        self._protected: dict[str, bool] = {}

    def note(self, beat: Heartbeat) -> None:
        """An agent lives; those that are part of Wactorz say that they are protected."""
        self._protected.pop(beat.name, None)
        self._protected[beat.name] = beat.protected
        if len(self._protected) > _MOST:
            del self._protected[next(iter(self._protected))]

    async def is_spawned(self, sender: str) -> bool:
        """Whether the sender of a task is a spawned agent; also when that cannot be found out."""
        if not sender or sender in _RELEASERS or sender == self._owner.name:
            return False
        if sender in self._protected:
            return not self._protected[sender]
        try:
            listed = await self._owner.ask(LIST_SPAWNED, Nothing(), timeout=_ASK_SECONDS)
        except (TransportError, TaskFailed):
            return True
        return any(agent.name == sender for agent in listed.agents)
