"""The commands that people may type, one table for every door; pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from wactorz_common.contracts.memory import CommandInfo, CommandList
from wactorz_common.language import language
from wactorz_main.automation_sentences import read_wish
from wactorz_main.command_table import COMMANDS
from wactorz_main.german import phrase
from wactorz_main.memory_sentences import read_memory_wish
from wactorz_main.rule_sentences import read_question

MAX_CHARACTERS = 8_000

_RULE_PREFIX = re.compile(
    r"^(?:pipeline[:!\s]|(?:set up|create|make) a (?:new )?(?:pipeline|rule)\b(?:\s+(?:that|to|which))?[:,]?)\s*",
    re.IGNORECASE,
)
_AUTOMATION_PREFIX = re.compile(
    r"^(?:automation:|(?:set up|create|make|add) an? (?:new )?(?:home assistant )?automation\b"
    r"(?:\s+(?:that|to|which))?[:,]?)\s*",
    re.IGNORECASE,
)
_HARDWARE_PREFIX = re.compile(
    r"^(?:hardware:\s*|(?=(?:what|which)(?: hardware| devices?| sensors?)? (?:do|would|will) i need (?:to|for|so)\b)|"
    r"(?=(?:was|welche geräte|welche hardware) (?:brauche|bräuchte) ich\b))",
    re.IGNORECASE,
)
_PLAN_PREFIX = re.compile(r"^(?:coordinate[:!\s]|plan[:!])\s*", re.IGNORECASE)
_STOP = re.compile(
    r"^(?:(?:please )?(?:stop|halt) (?:all|everything)|emergency stop|/(?:stop|halt) (?:all|everything)\b.*|"
    r"(?:bitte )?(?:stopp?e?|halte?) alles(?: an)?|alles (?:stopp(?:en)?|anhalten)|not-?(?:aus|halt))"
    r"(?:,? (?:now|please|right now|immediately|sofort|bitte|jetzt))*[.! ]*$",
    re.IGNORECASE,
)
_SAID = {
    "help": re.compile(
        r"^(?:hilfe|help(?: me)?|what can (?:you do|i say)|how do you work|was kannst du(?: alles)?|"
        r"was kann ich (?:dir )?sagen)[?.! ]*$",
        re.IGNORECASE,
    ),
    "rules": re.compile(
        r"^(?:(?:show|list)(?: me)?(?: all)?(?: the| my)? rules|(?:what|which) rules (?:are there|do i have)|"
        r"(?:please )?(?:delete|remove|pause|resume|stop) (?:[\w-]+ ){1,5}rules?|"
        r"(?:bitte )?(?:lösche?|entferne?|pausiere?|stoppe?) (?:[\w-]+ ){1,5}regeln?|"
        r"(?:zeige?|liste)(?: mir)?(?: alle)?(?: die| meine)? regeln(?: auf)?|welche regeln gibt es)[?.! ]*$",
        re.IGNORECASE,
    ),
    "why": re.compile(
        r"^(?:why|why (?:is|was) that|how come|warum|wieso|weshalb|warum (?:ist|war) das so)[?.! ]*$", re.IGNORECASE
    ),
    "go": re.compile(
        r"^(?:(?:resume|continue|restart) (?:everything|all)|alles (?:weiter|fortsetzen)|setze? alles fort)[.! ]*$",
        re.IGNORECASE,
    ),
}
"""Commands as people say them."""

_READERS: tuple[tuple[str, Callable[[str], tuple[str, ...] | None]], ...] = (
    ("automations", read_wish), ("why", read_question), ("memory", read_memory_wish),
)  # fmt: skip
"""Sentences that mean a command, each with its arguments."""

_OLD_SPELLINGS = {"list_nodes": "nodes", "main.list_nodes": "nodes"}

_EXAMPLES = {
    "en": "Say what you want, for example: turn on the kitchen light / is the front door locked? / "
    "when the kitchen temperature goes above 28 degrees, turn on the air conditioner.",
    "de": "Sag, was du möchtest, zum Beispiel: schalte das Licht in der Küche ein / ist die Haustür zu? / "
    "wenn die Temperatur in der Küche über 28 Grad steigt, schalte die Klimaanlage ein.",
}
_PREFIXED = {
    "en": (
        ("@name ...", "talk to one agent"), ("pipeline: ...", "make a rule of a sentence"),
        ("coordinate: ...", "have several agents work on a wish; also plan:"),
        ("automation: ...", "make an automation in Home Assistant"),
        ("hardware: ...", "tell what the house needs for a wish"),
        ("remember that ...", "remember something; what do you remember?"),
    ),
    "de": (
        ("@name ...", "mit einem Agenten sprechen"), ("pipeline: ...", "aus einem Satz eine Regel machen"),
        ("coordinate: ...", "mehrere Agenten an einem Wunsch arbeiten lassen; auch plan:"),
        ("automation: ...", "eine Automatisierung in Home Assistant machen"),
        ("hardware: ...", "sagen, was das Haus für einen Wunsch braucht"),
        ("merke dir, dass ...", "sich etwas merken; was weißt du über mich?"),
    ),
}  # fmt: skip


PrefixKind = Literal["rule", "automation", "hardware", "plan"]
"""What a sentence is to become: a rule, an automation in Home Assistant, a list of what it needs, a plan."""

_PREFIXES: dict[PrefixKind, "re.Pattern[str]"] = {
    "rule": _RULE_PREFIX, "automation": _AUTOMATION_PREFIX, "hardware": _HARDWARE_PREFIX, "plan": _PLAN_PREFIX,
}  # fmt: skip
SAY_MORE: dict[PrefixKind, str] = {
    "rule": "Say the rule after it, for example: pipeline: when the door opens, turn on the hall light.",
    "automation": "Say what it shall do, for example: automation: when the door opens, turn on the hall light.",
    "hardware": "Say what the house shall do, for example: hardware: tell me when the cellar is wet.",
    "plan": "Say what is to be planned after it.",
}


@dataclass(frozen=True)
class Typed:
    """A command as typed; `name` is empty when there is no such command."""

    name: str
    arguments: tuple[str, ...]
    word: str
    rest: str = field(default="", compare=False)
    """What follows the command as it was typed, with its lines."""


@dataclass(frozen=True)
class Prefixed:
    """A sentence with a prefix that says what it is to become."""

    kind: PrefixKind
    rest: str


def parse(text: str) -> Typed | None:
    """Read a text as a command; None when it is none. Case counts, except for the stop; a trailing () is dropped."""
    words = text.split()
    if not words:
        return None
    if _STOP.match(" ".join(words)):
        return Typed("stop", ("all",), words[0])
    word = words[0].removesuffix("()")
    if word.startswith("/"):
        name = next((c.name for c in COMMANDS if word[1:] == c.name or word[1:] in c.aliases), "")
        return Typed(name, tuple(words[1:]), word, text.strip()[len(words[0]) :].strip())
    if len(words) == 1 and word in _OLD_SPELLINGS:
        return Typed(_OLD_SPELLINGS[word], (), word)
    if len(words) == 1 and any(command.plain and word == command.name for command in COMMANDS):
        return Typed(word, (), word)
    return _said(" ".join(words), word)


def _said(text: str, word: str) -> Typed | None:
    """A command in words."""
    for name, said in _SAID.items():
        if said.match(text):
            return Typed(name, (), word)
    for name, read in _READERS:
        wish = read(text)
        if wish is not None:
            return Typed(name, wish, word)
    return None


def help_text(language: str = "en") -> str:
    """The list of commands, and what one can say, in a language or in English."""
    spoken = language.partition("-")[0].casefold()
    spoken = spoken if spoken in _EXAMPLES else "en"
    lines = [*((command.usage, command.told(spoken)) for command in COMMANDS), *_PREFIXED[spoken]]
    width = max(len(usage) for usage, _ in lines)
    return "\n".join([_EXAMPLES[spoken], *(f"{usage:<{width}}  {told}" for usage, told in lines)])


def command_list() -> CommandList:
    """The same for completion."""
    return CommandList(
        commands=tuple(
            CommandInfo(name=one.name, usage=one.usage, summary=one.told(language()), aliases=one.aliases)
            for one in COMMANDS
        )
    )


def unknown(word: str) -> str:
    """What a person is told who types a command that does not exist."""
    names = [name for command in COMMANDS for name in (command.name, *command.aliases)]
    near = get_close_matches(word.lstrip("/").casefold(), names, n=1, cutoff=0.5)
    return phrase(
        "There is no command {word}. Did you mean /{near}?"
        if near else "There is no command {word}. /help lists them all.",
        word=word, near=next(iter(near), ""),
    )  # fmt: skip


def prefixed(text: str) -> Prefixed | None:
    """Read a prefix that says what a sentence is to become."""
    for kind, pattern in _PREFIXES.items():
        found = pattern.match(text)
        if found is not None:
            return Prefixed(kind, text[found.end() :].strip())
    return None
