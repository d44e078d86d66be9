"""A language as data: its words and templates, read once from the package."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from wactorz_common.errors import ConfigError


@dataclass(frozen=True)
class Language:
    """One language file, with its word patterns compiled."""

    code: str
    data: dict[str, Any]
    lead: re.Pattern[str]
    request: re.Pattern[str]
    ending: re.Pattern[str]
    rule: re.Pattern[str]
    then: re.Pattern[str]
    condition: re.Pattern[str]
    cooldown: re.Pattern[str]
    join: re.Pattern[str]
    thousands: re.Pattern[str]
    article: re.Pattern[str]
    no_name: re.Pattern[str]
    question: re.Pattern[str]
    verb: re.Pattern[str]

    @property
    def answers(self) -> dict[str, Any]:
        """Templates of sentences for a person."""
        found: dict[str, Any] = self.data["answers"]
        return found


def available() -> tuple[str, ...]:
    """Codes of the languages that have a file."""
    files = resources.files("wactorz_understanding").joinpath("languages").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


@lru_cache(maxsize=4)
def load_language(code: str) -> Language:
    """Read the language file; raise ConfigError when there is none."""
    import yaml  # noqa: PLC0415  # importing the package must stay cheap

    if code not in available():
        raise ConfigError(f"there is no language '{code}': choose one of {', '.join(available())}")
    text = resources.files("wactorz_understanding").joinpath("languages", f"{code}.yaml").read_text(encoding="utf-8")
    data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe
    words = data["words"]

    def word(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE)

    return Language(
        code=code,
        data=data,
        lead=word(rf"^{words['greeting']}(?:[,!.:\s]+)"),
        request=word(rf"^{words['request']}\s+"),
        ending=word(rf"[,\s]+{words['ending']}$"),
        rule=word(rf"(?<!\w){words['rule']}(?!\w)"),
        then=word(rf"^[,\s]*{words['rule_then']}(?!\w)[,\s]*"),
        condition=word(rf"[,\s]+{words['condition']}\s+"),
        cooldown=word(rf"[,\s]*(?<!\w){words['cooldown']}\s"),
        join=word(rf"(?:[,;]\s*|\.\s+)(?:{words['join']}\s+)?|\s+{words['join']}\s+"),
        thousands=word(rf"(?<=\d){re.escape(words['thousands'])}(?=\d{{3}}(?!\d))"),
        question=word(rf"{words['question']}(?!\w)"),
        verb=word(rf"{words['verb']}(?!\w)"),
        no_name=word(rf"^{words['no_name']}$"),
        article=word(rf"\s*(?<!\w){words['article']}\s*$"),
    )
