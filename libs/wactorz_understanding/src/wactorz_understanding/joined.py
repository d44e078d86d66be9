"""Areas and kinds of devices in one word ("Küchenlicht"), found in a text without a list of all such words."""

from collections.abc import Iterable

from wactorz_understanding.phrases import words_in

AreaKind = tuple[str, str]
"""Area id, and kind with number, for example light/many."""


class JoinedWords:
    """Every area with every kind, written as one word with one of the joints between."""

    def __init__(self, areas: dict[str, str], joints: Iterable[str], kinds: dict[str, str]) -> None:
        self._kinds = kinds
        self._starts: dict[str, list[tuple[str, str]]] = {}
        for area, area_id in areas.items():
            for joint in joints:
                start = f"{area}{joint}"
                self._starts.setdefault(start.rsplit(" ", 1)[-1], []).append((start, area_id))

    def within(self, text: str) -> dict[str, AreaKind]:
        """Such words in a text, with what they mean."""
        padded = f" {text.casefold()} "
        return {
            f"{start}{word[cut:]}": (area_id, self._kinds[word[cut:]])
            for word in words_in(text)
            for cut in range(1, len(word))
            if word[cut:] in self._kinds
            for start, area_id in self._starts.get(word[:cut], ())
            if f" {start}{word[cut:]} " in padded
        }
