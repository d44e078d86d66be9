"""Approvals as browsers see them: told when they open and when they end."""

from wactorz_common.contracts.spawning import Approval
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_gateway import frames
from wactorz_gateway.approvals import Decisions
from wactorz_gateway.hub import Hub

LOOK_SECONDS = 30.0
"""How often the agents that ask are looked at while a browser is connected, in case an event was lost."""

_PATIENCE = 2.0


class ApprovalFeed:
    """Looks at what waits for a yes while somebody watches; `hint` has it look at once."""

    def __init__(self, decisions: Decisions, hub: Hub) -> None:
        self._decisions, self._hub = decisions, hub
        self._open: dict[str, tuple[str, Approval]] = {}
        self._looked_at = float("-inf")
        self._hinted = False
        self._looking = False
        decisions.on_change = self.hint

    def hint(self) -> None:
        """Something may have opened or ended."""
        self._hinted = True

    def due(self, now: float) -> bool:
        """Whether it is time to look; `now` in seconds."""
        if self._looking or not len(self._hub):
            return False
        return self._hinted or now - self._looked_at >= LOOK_SECONDS

    def greeting(self) -> list[str]:
        """What is open, for a new browser."""
        return [frames.approval(one) for _, one in self._open.values()]

    async def look(self, now: float) -> None:
        """Ask what is open, and tell all browsers what is new and what has ended."""
        self._looking, self._hinted, self._looked_at = True, False, now
        try:
            held = await self._decisions.by_holder(seconds=_PATIENCE)
            found = {one.id: (holder, one) for holder, approvals in held.items() for one in approvals}
            gone = [key for key, (holder, _) in self._open.items() if key not in found and holder in held]
            ends = await self._ends([self._open[key][0] for key in gone])
        except (TransportError, TaskFailed):
            return  # nobody can be asked now: what is open is told when somebody can
        finally:
            self._looking = False
        kept = {key: pair for key, pair in self._open.items() if pair[0] not in held}  # of those that are silent now
        for key in sorted(gone, key=lambda one: self._open[one][1].created_at):
            self._hub.broadcast(frames.approval(_ended(self._open[key][1], ends.get(key))))
        for key in sorted(found.keys() - self._open.keys(), key=lambda one: found[one][1].created_at):
            self._hub.broadcast(frames.approval(found[key][1]))
        self._open = {**kept, **found}

    async def _ends(self, holders: list[str]) -> dict[str, Approval]:
        """How the approvals of these holders ended."""
        if not holders:
            return {}
        held = await self._decisions.by_holder(sorted(set(holders)), every=True, seconds=_PATIENCE)
        return {one.id: one for approvals in held.values() for one in approvals}


def _ended(before: Approval, now: Approval | None) -> Approval:
    """The approval as it ended; one that nobody remembers counts as expired."""
    over = now is not None and now.state != "open"
    return now if now is not None and over else before.model_copy(update={"state": "expired"})
