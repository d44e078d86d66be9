"""A language as data: its words and templates, read once from the package."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any

from wactorz_common.errors import ConfigError
from wactorz_understanding.bare import bare_codes, bare_data
from wactorz_understanding.spelling import plain_data

_SAID = frozenset({"say", "adjust_say", "rule_say", "answers"})
"""Parts that are shown to a person, as they are."""


@dataclass(frozen=True)
class Language:
    """One language file, with its word patterns compiled."""

    code: str
    data: dict[str, Any]
    lead: re.Pattern[str]
    request: re.Pattern[str]
    ending: re.Pattern[str]
    now: re.Pattern[str]
    again: re.Pattern[str]
    negation: re.Pattern[str]
    later: re.Pattern[str]
    schedule: re.Pattern[str]
    unless: re.Pattern[str]
    automation: re.Pattern[str]
    outside: re.Pattern[str]
    pronoun: re.Pattern[str]
    pronouns: re.Pattern[str]
    rule: re.Pattern[str]
    then: re.Pattern[str]
    condition: re.Pattern[str]
    cooldown: re.Pattern[str]
    join: re.Pattern[str]
    leading_join: re.Pattern[str]
    thousands: re.Pattern[str]
    minus: re.Pattern[str]
    glued: re.Pattern[str]
    article: re.Pattern[str]
    articles: re.Pattern[str]
    no_name: re.Pattern[str]
    question: re.Pattern[str]
    verb: re.Pattern[str]
    tell: re.Pattern[str]
    saying: re.Pattern[str]
    asking: re.Pattern[str]
    inverted: re.Pattern[str]
    hours: re.Pattern[str]
    no_field: re.Pattern[str]

    @property
    def answers(self) -> dict[str, Any]:
        """Templates of sentences for a person."""
        found: dict[str, Any] = self.data["answers"]
        return found

    @cached_property
    def slips(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """Words that are typed for others which are words too, with what is meant."""
        pairs = self.data["words"]["slips"].items()
        return tuple((re.compile(rf"(?<!\w){slip}(?!\w)", re.IGNORECASE), meant) for slip, meant in pairs)

    @cached_property
    def contractions(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """Short forms with what they stand for."""
        pairs = self.data["words"]["contractions"].items()
        return tuple((re.compile(rf"(?<!\w){short}(?!\w)", re.IGNORECASE), full) for short, full in pairs)


def available() -> tuple[str, ...]:
    """Codes of the languages that have a file."""
    files = resources.files("wactorz_understanding").joinpath("languages").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


def possible() -> tuple[str, ...]:
    """Codes of all languages that sentences can be read in: with a file, or with the shared pack only."""
    own = available()
    return tuple(sorted({*own, *(code for code in bare_codes() if code.partition("-")[0] not in own)}))


def closest(code: str, codes: Iterable[str]) -> str:
    """The one of several codes that is meant: however it is written, else without its region; empty when none is."""
    spelled = {known.casefold(): known for known in codes}
    said = code.replace("_", "-").casefold()
    return spelled.get(said) or spelled.get(said.partition("-")[0], "")


def require(code: str) -> str:
    """The code of a language as we write it; raise ConfigError when sentences cannot be read in it."""
    known = closest(code, possible())
    if not known:
        raise ConfigError(f"there is no language '{code}': choose one of {', '.join(possible())}")
    return known


@lru_cache(maxsize=16)
def load_language(code: str) -> Language:
    """Read the language file, or what the shared pack gives; raise ConfigError when there is neither."""
    known = require(code)
    data = _read(known) if known in available() else bare_data(_read("en"), known)
    return Language(code=known, data=data, **_patterns(data["words"]))


def _read(code: str) -> dict[str, Any]:
    import yaml  # noqa: PLC0415  # importing the package must stay cheap

    text = resources.files("wactorz_understanding").joinpath("languages", f"{code}.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    return {part: value if part in _SAID else plain_data(value) for part, value in data.items()}


def _patterns(words: dict[str, Any]) -> dict[str, re.Pattern[str]]:
    spelled = {
        "lead": rf"^{words['greeting']}(?:[,!.:\s]+)",
        "request": rf"^{words['request']}\s+",
        "ending": rf"[,\s]+{words['ending']}$",
        "now": rf"[,\s]+{words['now']}$",
        "again": rf"[,\s]+{words['again']}$",
        "pronoun": rf"(?<!\w){words['pronouns']['one']}(?!\w)",
        "pronouns": rf"(?<!\w){words['pronouns']['many']}(?!\w)",
        "rule": rf"(?<!\w){words['rule']}(?!\w)",
        "then": rf"^[,\s]*{words['rule_then']}(?!\w)[,\s]*",
        "condition": rf"[,\s]+{words['condition']}\s+",
        "unless": rf"[,\s]+{words['unless']}\s+",
        "cooldown": rf"[,\s]*(?<!\w){words['cooldown']}\s",
        "join": rf"(?:[,;]\s*|\.\s+)(?:{words['join']}\s+)?|\s+{words['join']}\s+",
        "leading_join": rf"^{words['join']}[,\s]+",
        "thousands": rf"(?<=\d){re.escape(words['thousands'])}(?=\d{{3}}(?!\d))",
        "minus": rf"(?<!\w){words['minus']} (?=\d)",
        "glued": rf"(?<=\d)(?={words['glued']}\b)",
        "question": rf"{words['question']}(?!\w)",
        "verb": rf"{words['verb']}(?!\w)",
        "no_name": rf"^{words['no_name']}$",
        "no_field": rf"^{words['no_field']}$",
        "inverted": rf"^{words['inverted']}\s+",
        "hours": rf"[,\s]*(?<!\w){words['hours']}(?!\w)",
        "article": rf"\s*(?<!\w){words['article']}\s*$",
        "articles": rf"^(?:{words['article']}\s+)+",
    }
    anywhere = ("negation", "later", "schedule", "automation", "outside", "tell", "saying", "asking")
    spelled |= {key: rf"(?<!\w){words[key]}(?!\w)" for key in anywhere}
    return {key: re.compile(pattern, re.IGNORECASE) for key, pattern in spelled.items()}
