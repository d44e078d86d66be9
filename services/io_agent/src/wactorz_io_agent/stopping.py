"""Texts that only want an answer under way to end, and what is said to them; pure."""

import re

STOPPED = "stopped"
"""Status of an answer that was given up."""

_GERMAN = frozenset({"stopp", "abbrechen", "abbruch", "aufhören", "hör auf"})
_WORDS = _GERMAN | {"stop", "halt", "cancel", "abort", "stop it", "please stop", "stop please", "stop that"}
_PLAIN = re.compile(r"[^\w/ ]+")

_TEXTS = {
    "en": (
        "Stopped.",
        (
            "Nothing is being answered here. A plan of this conversation that still runs is told to stop; "
            "/stop all stops everything, /stop NAME one agent."
        ),
        "Stopped: {agent} is not waited for any more. What it was asked before may still be done.",
        "Stopped. Nothing was done.",
    ),
    "de": (
        "Gestoppt.",
        (
            "Hier wird gerade nichts beantwortet. Ein Plan dieses Gesprächs, der noch läuft, soll aufhören; "
            "/stop all stoppt alles, /stop NAME einen Agenten."
        ),
        "Gestoppt: Auf {agent} wird nicht mehr gewartet. Was ihm vorher gesagt wurde, kann noch geschehen.",
        "Gestoppt. Es wurde nichts getan.",
    ),
}


def is_command(text: str) -> bool:
    """Whether a text is a bare /stop."""
    return _plain(text) in ("/stop", "/halt")


def is_word(text: str) -> bool:
    """Whether a text says stop and nothing else, which it means only while something is being answered."""
    return _plain(text) in _WORDS


def answer(text: str, *, busy: bool) -> str:
    """What is said to a text that stops."""
    return _texts(text)[0 if busy else 1]


def given_up(agent: str, *, handed_over: bool) -> str:
    """What a message is answered whose answer is not waited for any more."""
    return _TEXTS["en"][2].format(agent=agent) if handed_over else _TEXTS["en"][3]


def _texts(text: str) -> tuple[str, ...]:
    return _TEXTS["de" if _plain(text) in _GERMAN else "en"]


def _plain(text: str) -> str:
    return " ".join(_PLAIN.sub(" ", text.casefold()).removesuffix("()").split())
