"""Hides action blocks in an answer that is still being written: they are orders to the system, not for a screen."""

import re

_TAGS = ("spawn", "delete", "delegate")
_OPEN = re.compile(r"<(spawn|delete|delegate)>", re.IGNORECASE)
_STARTS = tuple(f"<{tag}>"[:length] for tag in _TAGS for length in range(1, len(tag) + 2))
_LONGEST = max(map(len, _STARTS))


class Veil:
    """Takes the pieces of one answer in order and gives what may be shown of them."""

    def __init__(self) -> None:
        self._rest = ""
        self._inside = ""

    def feed(self, text: str) -> str:
        """What is to be shown now; the start of what may become a block is held back."""
        self._rest += text
        shown = ""
        while True:
            if self._inside:
                if not self._skip():
                    return shown
                continue
            found = _OPEN.search(self._rest)
            if found is None:
                held = _held(self._rest)
                cut = len(self._rest) - held
                shown, self._rest = shown + self._rest[:cut], self._rest[cut:]
                return shown
            shown += self._rest[: found.start()]
            self._rest, self._inside = self._rest[found.end() :], found[1].lower()

    def _skip(self) -> bool:
        """Drop what is inside a block; False while its end has not come."""
        end = f"</{self._inside}>"
        at = self._rest.lower().find(end)
        if at < 0:
            self._rest = self._rest[-len(end) :]
            return False
        self._rest, self._inside = self._rest[at + len(end) :], ""
        return True


def _held(text: str) -> int:
    """How many characters at the end may be the start of a block."""
    tail = text[-_LONGEST:].lower()
    return next((len(tail) - at for at in range(len(tail)) if tail[at:] in _STARTS), 0)
