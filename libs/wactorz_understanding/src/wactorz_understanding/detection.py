"""Which language a sentence is in: by the words that only one of the languages in use has. Pure, no model."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from wactorz_understanding.language import available, load_language
from wactorz_understanding.phrases import words_in
from wactorz_understanding.sentences import plain_signs

_NO_WORDS = re.compile(r"\{[^}]*\}|<[^>]*>|[\[\](|)]")
_ENOUGH = 2
_NAME = 4
_READ = ("templates", "rules", "lists", "kinds")


class Detector:
    """Tells the languages in use apart; the words of a house's names count for none, unless they are sentences."""

    def __init__(self, codes: Iterable[str], names: Iterable[str] = ()) -> None:
        words = {code: words_of_language(code) for code in dict.fromkeys(codes)}
        named = {word for name in names if len(said := words_in(plain_signs(name))) <= _NAME for word in said}
        self._own = {
            code: own - named - {word for other, theirs in words.items() if other != code for word in theirs}
            for code, own in words.items()
        }

    def detect(self, text: str, current: str) -> str:
        """The language of a text; the current one unless another one shows clearly."""
        said = words_in(plain_signs(text))
        if len(said) < _ENOUGH:
            return current
        found = {code: sum(word in own for word in said) for code, own in self._own.items()}
        ours = found.pop(current, 0)
        likeliest = max(found, key=lambda code: found[code], default=current)
        others = [count for code, count in found.items() if code != likeliest]
        clear = found.get(likeliest, 0) > max(ours, *others, 0) and (ours == 0 or found[likeliest] >= ours + _ENOUGH)
        return likeliest if clear else current


@lru_cache(maxsize=16)
def words_of_language(code: str) -> frozenset[str]:
    """Words that sentences to a house are made of: of our own templates, else of the shared pack's."""
    if code in available():
        data: Mapping[str, Any] = {part: load_language(code).data[part] for part in _READ}
    else:
        from home_assistant_intents import get_intents  # noqa: PLC0415  # read only for a language without a file

        pack = get_intents(code) or {}
        data = {part: pack.get(part, {}) for part in ("intents", "expansion_rules", "lists")}
    return frozenset(word for text in _texts(data) for word in words_in(plain_signs(_NO_WORDS.sub(" ", text))))


def _texts(data: Any) -> Iterator[str]:
    """Everything that is said in templates and lists; what it means is in English everywhere."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in {"out", "members", "metadata", "context", "slots", "requires_context", "response"}:
                yield from _texts(value)
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item)
