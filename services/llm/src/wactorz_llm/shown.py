"""What of a text that is being written may be shown: action blocks never are, not even their beginning; pure."""

import re

_TAGS = ("<spawn>", "<delete>", "<delegate>")
_OPENS = re.compile("|".join(_TAGS), re.IGNORECASE)


class Shown:
    """Takes a text piece by piece and gives back what may be shown of it; holds back what may become a block."""

    def __init__(self) -> None:
        self._held = ""
        self._ends = ""

    def take(self, text: str) -> str:
        """What can be shown now."""
        if not self._held and not self._ends and "<" not in text:
            return text
        self._held += text
        shown = list[str]()
        while self._held:
            part = self._hidden() if self._ends else self._open()
            if part is None:
                break
            shown.append(part)
        return "".join(shown)

    def rest(self) -> str:
        """What was held back at the end of the text, and is no block after all."""
        held, self._held = ("" if self._ends else self._held), ""
        self._ends = ""
        return held

    def _open(self) -> str | None:
        """Text up to the next block; None when nothing more can be told yet."""
        found = _OPENS.search(self._held)
        if found is not None:
            before, self._held = self._held[: found.start()], self._held[found.end() :]
            self._ends = found[0].lower().replace("<", "</")
            return before
        at = self._held.rfind("<")
        keep = at if at >= 0 and any(tag.startswith(self._held[at:].lower()) for tag in _TAGS) else len(self._held)
        before, self._held = self._held[:keep], self._held[keep:]
        return before or None

    def _hidden(self) -> str | None:
        """Skip the block; None when its end has not come yet."""
        at = self._held.lower().find(self._ends)
        if at < 0:
            self._held = self._held[-len(self._ends) :]
            return None
        self._held, self._ends = self._held[at + len(self._ends) :], ""
        return ""
