"""What is said to people, fitted to a service: nobody is pinged, nothing is too long; pure."""

import re
from collections.abc import Sequence

from wactorz_common.secrecy import cover
from wactorz_notifier.german import phrase

CUT = "…"
_PINGS = re.compile(r"@(?=everyone\b|here\b|channel\b|all\b|group\b|[!&]?\d)", re.IGNORECASE)
_UNSEEN = "\u200b"
_EVIDENCE = 200
_LONGEST_LINE = 300


def defused(text: str) -> str:
    """The text with nothing in it that would ping a whole group."""
    return _PINGS.sub(f"@{_UNSEEN}", text)


def shown(text: str) -> str:
    """The text as it may be told on a topic: secrets covered."""
    return cover(text)


def evidence(text: str) -> str:
    """The beginning of a text for feeds, in one line; covered before it is cut, so that no part of a secret stays."""
    return cut(" ".join(cover(text).split()), _EVIDENCE)


def cut(text: str, most: int) -> str:
    """The text, or its beginning with a mark."""
    return text if len(text) <= most else text[: most - len(CUT)] + CUT


def pieces(text: str, most: int) -> tuple[str, ...]:
    """The text in pieces of at most so many characters, cut at ends of lines or words where there are some."""
    found: list[str] = []
    while len(text) > most:
        at = max(text.rfind("\n", most // 2, most), text.rfind(" ", most // 2, most))
        at = at if at > 0 else most
        found.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return (*found, text) if text or not found else tuple(found)


def together(title: str, text: str) -> str:
    """Heading and text, for services without headings."""
    return f"{title}\n{text}" if title else text


def digest(heading: str, told: Sequence[tuple[str, int]], most: int) -> str:
    """Several notices as one message: each in a line, with how often it came; what finds no room is counted."""
    lines, left = [heading], most - len(heading) - 40  # room for the last line
    for number, (text, count) in enumerate(told):
        line = (
            "• "
            + cut(" ".join(text.split()), _LONGEST_LINE)
            + (phrase(" ({count} times)", count=count) if count > 1 else "")
        )
        if len(line) + 1 > left:
            lines.append(phrase("{CUT} and {told} more", CUT=CUT, told=len(told) - number))
            break
        lines.append(line)
        left -= len(line) + 1
    return "\n".join(lines)
