"""What was made last in each conversation, so that it can be taken back."""

from wactorz_common.store import Store

AUTOMATION = "automation:"
"""How a change of an automation in Home Assistant is marked, with the task behind it; a rule is marked by its id."""

_KEY = "deeds"
_MOST_PLACES, _MOST = 200, 20


class Deeds:
    """Rules made and automations changed, newest last, by conversation."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, list[str]] = {}

    def open(self) -> None:
        """Read what is kept."""
        self._kept = self._store.recall(_KEY, {})

    def last(self, place: str) -> str:
        """The id of a rule, or the mark of an automation; empty when nothing was made here."""
        return (self._kept.get(place) or [""])[-1]

    async def note(self, place: str, deed: str) -> None:
        """Something was made; noting it again makes it the last."""
        kept = [one for one in self._kept.pop(place, []) if one != deed]
        self._kept[place] = [*kept, deed][-_MOST:]
        self._kept = dict(list(self._kept.items())[-_MOST_PLACES:])
        await self._store.persist(_KEY, self._kept)

    async def forget_person(self, person: str) -> None:
        """Forget what was made in the conversations of a person; it stays as it is."""
        self._kept = {place: kept for place, kept in self._kept.items() if not place.startswith(f"{person}\n")}
        await self._store.persist(_KEY, self._kept)

    async def drop(self, place: str, deed: str) -> None:
        """Something was taken back."""
        kept = self._kept.get(place, [])
        if deed in kept:
            self._kept[place] = [one for one in kept if one != deed]
            await self._store.persist(_KEY, self._kept)
