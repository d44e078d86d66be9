"""Which phrases of a large set stand in a text: one look-up for each run of words, however large the set is."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 12


def words_in(text: str) -> tuple[str, ...]:
    """The words of a text in one case, without the signs between them."""
    return tuple(_WORD.findall(text.casefold()))


class Phrases:
    """A set of phrases, found by their words."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_words: dict[tuple[str, ...], list[str]] = {}
        for phrase in phrases:
            words = words_in(phrase)
            if 0 < len(words) <= _MOST_WORDS:
                self._by_words.setdefault(words, []).append(phrase)
        self._lengths: dict[str, tuple[int, ...]] = {}
        for words in self._by_words:
            self._lengths[words[0]] = tuple({*self._lengths.get(words[0], ()), len(words)})

    def within(self, text: str) -> list[str]:
        """Phrases whose words stand in the text, one after the other."""
        words = words_in(text)
        found: dict[str, None] = {}
        for start, first in enumerate(words):
            for length in self._lengths.get(first, ()):
                found.update(dict.fromkeys(self._by_words.get(words[start : start + length], ())))
        return list(found)
