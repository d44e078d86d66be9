"""Which entities are published, and of which the broker keeps the last value."""

import re
from collections.abc import Iterable
from fnmatch import translate

_MOST_REMEMBERED = 50_000


class Patterns:
    """Domains, entity ids and patterns of them; empty ones match nothing."""

    def __init__(self, texts: Iterable[str]) -> None:
        whole = [text if "." in text or text == "*" else f"{text}.*" for text in texts]
        self._wanted = re.compile("|".join(translate(text) for text in whole)) if whole else None

    def __bool__(self) -> bool:
        return self._wanted is not None

    def match(self, entity_id: str) -> bool:
        """Whether one of them is about this entity."""
        return self._wanted is not None and self._wanted.match(entity_id) is not None


class Selection:
    """Decides by domain, then by what is left out, then by what is let in."""

    def __init__(
        self, domains: Iterable[str] = (), only: Iterable[str] = (), never: Iterable[str] = (), kept: Iterable[str] = ()
    ) -> None:
        self._domains, self._only, self._never = frozenset(domains), Patterns(only), Patterns(never)
        self._kept = Patterns(kept)
        self._known: dict[str, tuple[bool, bool]] = {}

    def is_published(self, entity_id: str) -> bool:
        """Whether the changes of this entity are said."""
        return self._decide(entity_id)[0]

    def is_kept(self, entity_id: str) -> bool:
        """Whether the broker keeps its last value for those who come later."""
        return self._decide(entity_id)[1]

    def _decide(self, entity_id: str) -> tuple[bool, bool]:
        known = self._known.get(entity_id)
        if known is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            published = self._is_published(entity_id)
            known = self._known[entity_id] = (published, published and self._kept.match(entity_id))
        return known

    def _is_published(self, entity_id: str) -> bool:
        if self._domains and entity_id.partition(".")[0] not in self._domains:
            return False
        return not self._never.match(entity_id) and (not self._only or self._only.match(entity_id))
