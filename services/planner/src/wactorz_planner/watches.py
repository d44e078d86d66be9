"""What cameras shall look for: one retained watch for all rules that want the same; pure but for what publishes it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

from wactorz_common.contracts.rules import DetectionTrigger, Rule
from wactorz_common.contracts.vision import VisionWatch
from wactorz_planner.messages import watch_slug

Say = Callable[[str, VisionWatch | None], Awaitable[None]]
"""Declares a watch under its slug, or withdraws it."""

Keep = Callable[[list[str]], Awaitable[None]]
"""Keeps the slugs that are declared."""


def wanted(rules: Iterable[Rule]) -> dict[str, VisionWatch]:
    """The watches of all active rules, by slug; the oldest rule gives its name."""
    found: dict[str, VisionWatch] = {}
    for rule in rules:
        trigger = rule.draft.trigger
        if rule.status == "active" and isinstance(trigger, DetectionTrigger):
            slug = watch_slug(trigger)
            watch = VisionWatch(slug=slug, target=trigger.target, camera=trigger.camera, rule_id=rule.rule_id)
            found.setdefault(slug, watch)
    return found


class Watches:
    """Declares watches, and withdraws those that nobody wants, also after a crash."""

    def __init__(self, say: Say, keep: Keep, declared: Iterable[str]) -> None:
        self._say, self._keep = say, keep
        self._declared: dict[str, VisionWatch | None] = dict.fromkeys(declared)
        self._turn = asyncio.Lock()

    def differ(self, watches: Mapping[str, VisionWatch]) -> bool:
        """Whether something else is declared than is wanted."""
        return self._declared != watches

    async def declare(self, watches: Mapping[str, VisionWatch], *, anew: bool = False) -> None:
        """Declare what is wanted and withdraw the rest; `anew` says everything again."""
        async with self._turn:
            before = dict(self._declared)
            await self._keep(sorted({*before, *watches}))  # a crash may leave too much on the list, never too little
            for slug in before.keys() - watches.keys():
                await self._say(slug, None)
            for slug, watch in watches.items():
                if anew or before.get(slug) != watch:
                    await self._say(slug, watch)
            self._declared = dict(watches)
            if before.keys() != watches.keys():
                await self._keep(sorted(watches))
