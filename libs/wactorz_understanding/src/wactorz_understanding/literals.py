"""Parts of a sentence that are meant letter by letter: topics and quoted texts, taken out before the rest is read."""

import re
from typing import NamedTuple

_QUOTED = re.compile(r'["“„”«»]([^"“„”«»]{1,500})["“”«»]')
_TOPIC = re.compile(r"(?<![\w@/.])(?:[\w$+#-][\w$+#.:-]*/)+[\w$+#-](?:[\w$+#.:-]*[\w$+#-])?")
_LETTERS = "abcdefghij"
_SHORTEST_PART = 2
_WILD = frozenset({"+", "#"})
_NO_TOPICS = frozenset({"and/or", "on/off", "und/oder", "an/aus", "ein/aus", "he/she", "km/h"})
TOPIC, QUOTE = "mqtttopic", "quotedtext"
"""Words that stand for them, followed by a letter."""


class Lifted(NamedTuple):
    """A text with words in the place of what is meant letter by letter, and what each stands for."""

    text: str
    literals: dict[str, str]


def lift_literals(text: str) -> Lifted:
    """Take topics and quoted texts out of a text."""
    literals: dict[str, str] = {}

    def put(kind: str, said: str) -> str:
        word = f"{kind}{_LETTERS[len(literals)]}"
        literals[word] = said
        return word

    def quote(found: re.Match[str]) -> str:
        return f" {put(QUOTE, found[1].strip())} " if found[1].strip() and len(literals) < len(_LETTERS) else found[0]

    def topic(found: re.Match[str]) -> str:
        return put(TOPIC, found[0]) if _is_topic(found[0]) and len(literals) < len(_LETTERS) else found[0]

    return Lifted(_TOPIC.sub(topic, _QUOTED.sub(quote, text)), literals)


def _is_topic(said: str) -> bool:
    parts = said.split("/")
    if said.casefold() in _NO_TOPICS or not any(sign.isalpha() for sign in said):
        return False
    return len(parts) > _SHORTEST_PART or all(len(part) >= _SHORTEST_PART or part in _WILD for part in parts)
