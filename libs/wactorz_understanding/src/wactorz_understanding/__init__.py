"""Sentences to calls, rules and questions, without a model."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wactorz_understanding.meaning import (
        Ambiguous,
        Calls,
        Choice,
        Meaning,
        NotUnderstood,
        Question,
        RuleMeaning,
        UnknownName,
    )
    from wactorz_understanding.questions import answer
    from wactorz_understanding.understander import Understander
    from wactorz_understanding.worker import Worker

_PLACES = {
    "Understander": "understander", "Worker": "worker", "answer": "questions", "Meaning": "meaning", "Calls": "meaning",
    "RuleMeaning": "meaning", "Question": "meaning", "Ambiguous": "meaning", "Choice": "meaning",
    "UnknownName": "meaning", "NotUnderstood": "meaning",
}  # fmt: skip

__all__ = [
    "Ambiguous",
    "Calls",
    "Choice",
    "Meaning",
    "NotUnderstood",
    "Question",
    "RuleMeaning",
    "Understander",
    "UnknownName",
    "Worker",
    "answer",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing the package stays cheap."""
    from importlib import import_module  # noqa: PLC0415

    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
