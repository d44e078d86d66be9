"""Commands put into words, and the questions that ask back."""

from collections.abc import Iterable, Sequence
from typing import Any

from wactorz_common.contracts.home import ServiceCall
from wactorz_understanding.language import Language
from wactorz_understanding.meaning import Ambiguous, Choice
from wactorz_understanding.naming import Names
from wactorz_understanding.targets import Target

QUIET_SECONDS = 10.0
"""Quiet time after a firing when the sentence names none."""

_MOST_NAMED = 6


def join_names(labels: Sequence[str], language: Language, word: str = "and") -> str:
    """A list as people say it, cut short when it is long."""
    shown = list(labels[:_MOST_NAMED])
    if len(labels) > _MOST_NAMED:
        shown.append(language.answers["more"].format(count=len(labels) - _MOST_NAMED))
    return ", ".join(shown[:-1]) + language.answers[word] + shown[-1] if len(shown) > 1 else "".join(shown)


def ask_back(target: Target, names: Names, language: Language) -> Ambiguous:
    """The question to a person when several devices fit."""
    choices = tuple(Choice(entity_id=e, label=names.label(e)) for e in target.entity_ids)
    said = join_names([choice.label for choice in choices], language, "or")
    kind = "do_you_mean" if len(choices) == 1 else "which_many" if target.unclear == "many" else "which_one"
    template = language.answers[kind]
    return Ambiguous(question=template.format(choices=said), choices=choices)


def confirm(calls: Iterable[ServiceCall], names: Names, language: Language) -> Ambiguous:
    """The question whether these very commands are meant."""
    calls = tuple(calls)
    entity_ids = dict.fromkeys(entity_id for call in calls for entity_id in call.entity_id)
    choices = tuple(Choice(entity_id=e, label=names.label(e)) for e in entity_ids)
    said = say_calls(calls, names, language)
    return Ambiguous(question=language.answers["do_you_mean"].format(choices=said), choices=choices)


def say_calls(calls: Iterable[ServiceCall], names: Names, language: Language) -> str:
    """Commands as a clause without a full stop."""
    said = language.data["say"]
    clauses = []
    for call in calls:
        template = said.get(" ".join((call.service, *call.data))) or said.get(call.service) or said["other"]
        labels = join_names([names.label(entity_id) for entity_id in call.entity_id], language)
        clauses.append(template.format(names=labels, service=call.service, **_said_data(call.data, language)))
    return str(language.answers["and"].join(clauses))


def _said_data(data: dict[str, Any], language: Language) -> dict[str, Any]:
    """The data of a call as people say it."""
    said = {key: say_value(value, language) for key, value in data.items()}
    if "volume_level" in data:
        said["percent"] = say_value(data["volume_level"] * 100.0, language)
    return said


def say_value(value: object, language: Language) -> str:
    """A number with the language's decimal sign, or a word such as a color in the language."""
    if isinstance(value, float):
        return f"{value:g}".replace(".", language.answers["decimal"])
    return str(language.answers["values"].get(value, value)) if isinstance(value, str) else str(value)
