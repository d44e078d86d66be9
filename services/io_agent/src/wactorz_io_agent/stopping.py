"""Texts that only want an answer under way to end, and what is said to them; pure."""

import re

from wactorz_common.language import chosen_language, speaking
from wactorz_io_agent.german import phrase

STOPPED = "stopped"
"""Status of an answer that was given up."""

_GERMAN = frozenset({"stopp", "abbrechen", "abbruch", "aufhören", "hör auf"})
_WORDS = _GERMAN | {"stop", "halt", "cancel", "abort", "stop it", "please stop", "stop please", "stop that"}
_PLAIN = re.compile(r"[^\w/ ]+")

_NOTHING_RUNS = (
    "Nothing is being answered here. A plan of this conversation that still runs is told to stop; "
    "/stop all stops everything, /stop NAME one agent."
)


def is_command(text: str) -> bool:
    """Whether a text is a bare /stop."""
    return _plain(text) in ("/stop", "/halt")


def is_word(text: str) -> bool:
    """Whether a text says stop and nothing else, which it means only while something is being answered."""
    return _plain(text) in _WORDS


def answer(text: str, *, busy: bool) -> str:
    """What is said to a text that stops."""
    with speaking("de" if _plain(text) in _GERMAN else chosen_language()):
        return phrase("Stopped.") if busy else phrase(_NOTHING_RUNS)


def given_up(agent: str, *, handed_over: bool) -> str:
    """What a message is answered whose answer is not waited for any more."""
    if not handed_over:
        return phrase("Stopped. Nothing was done.")
    return phrase(
        "Stopped: {agent} is not waited for any more. What it was asked before may still be done.", agent=agent
    )


def _plain(text: str) -> str:
    return " ".join(_PLAIN.sub(" ", text.casefold()).removesuffix("()").split())
