"""Typing errors anywhere in a sentence: what was probably meant is proposed, and read only after a yes."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice, product

from wactorz_understanding.language import load_language
from wactorz_understanding.naming import Names
from wactorz_understanding.phrases import words_in
from wactorz_understanding.turn import Turn

_WORD = re.compile(r"[^\W\d_]+")
_NO_WORDS = re.compile(r"\{[^}]*\}|<[^>]*>")
_SHORTEST, _LONG = 3, 7
_MOST_WRONG, _MOST_TRIED = 3, 4


def corrected(turn: Turn) -> Iterable[str]:
    """Sentences with the words put right that are spelt almost right, the likeliest first; none when all are known."""
    language, known = turn.place.language, _known(turn.place.names)
    text = turn.text
    for slip, right in language.slips:
        text = slip.sub(right, text)
    ours, wrong = words_of_commands(language.code), dict[str, list[str]]()
    for word in dict.fromkeys(_WORD.findall(text)):
        folded = word.casefold()
        if folded not in known and folded not in ours:
            wrong[word] = _nearest(folded, known) or _nearest(folded, ours)
    meant = {word: near for word, near in wrong.items() if near}
    if len(meant) > _MOST_WRONG:
        return
    for chosen in islice(product(*meant.values()), _MOST_TRIED):
        put = dict(zip(meant, chosen, strict=True))
        said = _WORD.sub(lambda found, put=put: put.get(found[0], found[0]), text)  # type: ignore[misc]
        if said != turn.text:
            yield said


def _known(names: Names) -> frozenset[str]:
    """Words of the house."""
    said: Iterable[str] = (*names.variants, *names.areas, *names.floors, *names.labels)
    return frozenset(word for name in said for word in words_in(name))


@lru_cache(maxsize=16)
def words_of_commands(code: str) -> frozenset[str]:
    """Words that commands and questions are made of."""
    data = load_language(code).data
    parts = (data["templates"], data["rules"], data["kinds"], data["lists"], data["words"]["verb"])
    return frozenset(word.casefold() for text in _texts(parts) for word in _WORD.findall(_NO_WORDS.sub(" ", text)))


def _texts(data: object) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in {"members", "out"}:
                yield from _texts(value)
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _texts(item)


def _nearest(word: str, known: Iterable[str]) -> list[str]:
    """The words that are nearest, if they are near enough."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415  # needed only for a sentence that is not understood

    if len(word) < _SHORTEST:
        return []
    most = 1 if len(word) < _LONG else 2
    near = sorted((OSA.distance(word, one, score_cutoff=most), one) for one in known if len(one) >= _SHORTEST)
    return [one for distance, one in near if distance == near[0][0] <= most][:_MOST_TRIED]
