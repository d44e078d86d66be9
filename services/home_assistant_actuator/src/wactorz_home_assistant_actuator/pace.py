"""How often an entity may be moved by what is not a person."""

from collections import deque
from collections.abc import Iterable

_WINDOW = 60.0
_MOST_ENTITIES = 5_000


class Pace:
    """Counts what rules, agents and models did to each entity in the last minute."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._done: dict[str, deque[float]] = {}

    def exceeded(self, entity_ids: Iterable[str], now: float) -> str:
        """The first entity that was moved too often in the minute before `now`; empty when none was."""
        for entity_id in entity_ids:
            done = self._done.get(entity_id)
            while done and done[0] <= now - _WINDOW:
                done.popleft()
            if done and len(done) >= self._most:
                return entity_id
        return ""

    def note(self, entity_ids: Iterable[str], now: float) -> None:
        """They are moved now."""
        for entity_id in entity_ids:
            self._done.setdefault(entity_id, deque(maxlen=self._most)).append(now)
        if len(self._done) > _MOST_ENTITIES:
            self._done = {one: done for one, done in self._done.items() if done and done[-1] > now - _WINDOW}
