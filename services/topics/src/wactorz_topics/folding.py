"""Like topics made one pattern, so that a thousand devices are one line; pure."""

import re
from collections import OrderedDict, defaultdict
from functools import lru_cache

from wactorz_common.contracts.guests import AGENT_LEAF, OF_AGENTS
from wactorz_common.contracts.home import STATE_CHANGE_FLAT

STATE_CHANGES = STATE_CHANGE_FLAT.address
"""Topics below are one per domain."""

LIKE = 20
"""So many topics that differ in one level only, with the same fields, become one pattern."""

_LEAST_DEPTH = 3
_MOST_KEYS = 20_000
_MOST_PATTERNS = 500
_PARAM = re.compile(r"\{\w+\}")
_ENTITY = re.compile(r"[a-z_]+\.[a-z0-9_]+")


class Folding:
    """Says which pattern a topic belongs to."""

    def __init__(self) -> None:
        self.patterns: set[str] = set()
        self._likes: OrderedDict[tuple[str, int, frozenset[str]], set[str]] = OrderedDict()
        self._by_depth: dict[int, list[tuple[str, re.Pattern[str]]]] = defaultdict(list)

    def declare(self, pattern: str) -> bool:
        """A pattern with {names} that holds from now on; whether it is new."""
        is_known = pattern in self.patterns or len(self.patterns) >= _MOST_PATTERNS
        if is_known or pattern == AGENT_LEAF.address or not _PARAM.search(pattern):
            return False
        self.patterns.add(pattern)
        self._by_depth[pattern.count("/")].append((pattern, matcher(pattern)))
        return True

    def name_of(self, topic: str) -> str:
        """The pattern of a topic, or the topic itself."""
        if topic.startswith(f"{STATE_CHANGES}/") and topic.count("/") >= 3:  # noqa: PLR2004  # domain and entity
            return "/".join(topic.split("/")[:3]) + "/{entity_id}"
        for pattern, form in self._by_depth.get(topic.count("/"), ()):
            if form.fullmatch(topic):
                return pattern
        return topic

    def learn(self, topic: str, signature: frozenset[str]) -> str:
        """A new topic was seen with these fields; returns a pattern when this one makes enough like ones."""
        levels = topic.split("/")
        if len(levels) < _LEAST_DEPTH or topic.startswith(OF_AGENTS):
            return ""
        for number in range(1, len(levels)):
            masked = "/".join((*levels[:number], "+", *levels[number + 1 :]))
            key = (masked, number, signature)
            values = self._likes.setdefault(key, set())
            self._likes.move_to_end(key)
            values.add(levels[number])
            if len(values) >= LIKE:
                del self._likes[key]
                name = "{entity_id}" if all(_ENTITY.fullmatch(value) for value in values) else "{name}"
                pattern = masked.replace("+", name, 1)
                self.declare(pattern)
                return pattern
        while len(self._likes) > _MOST_KEYS:
            self._likes.popitem(last=False)
        return ""


def matcher(pattern: str) -> re.Pattern[str]:
    """A regular expression for the topics of a pattern with {names} or of a filter with + and #."""
    if pattern.endswith("/#"):
        return re.compile(_form(pattern[:-2]) + "(?:/.*)?")
    return re.compile(".*" if pattern == "#" else _form(pattern))


def _form(pattern: str) -> str:
    return "/".join("[^/]+" if one == "+" else _PARAM.sub("[^/]+", _escaped(one)) for one in pattern.split("/"))


def _escaped(level: str) -> str:
    return re.escape(level).replace(r"\{", "{").replace(r"\}", "}")


def meet(one: str, other: str) -> bool:
    """Whether some topic belongs to both of two topics, patterns or filters."""
    return _meet(_levels(one), _levels(other))


@lru_cache(maxsize=16_384)
def _levels(pattern: str) -> tuple[str, ...]:
    return tuple("+" if _PARAM.search(level) else level for level in pattern.split("/"))


def _meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    for ours, theirs in zip(one, other, strict=False):
        if "#" in (ours, theirs):
            return True
        if ours != theirs and "+" not in (ours, theirs):
            return False
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) == len(longer) or longer[len(shorter) :] == ("#",)
