"""Sentences to calls, changes, rules and questions, without a model."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wactorz_understanding.adjust import resolve
    from wactorz_understanding.context import Context, Understanding
    from wactorz_understanding.meaning import (
        Adjust,
        Ambiguous,
        Calls,
        Choice,
        Meaning,
        NotUnderstood,
        Question,
        RuleMeaning,
        UnknownName,
        Why,
    )
    from wactorz_understanding.questions import answer
    from wactorz_understanding.understander import Understander
    from wactorz_understanding.worker import Worker

_PLACES = {
    "Understander": "understander", "Worker": "worker", "answer": "questions", "resolve": "adjust",
    "Context": "context", "Understanding": "context", "Meaning": "meaning", "Adjust": "meaning", "Calls": "meaning",
    "RuleMeaning": "meaning", "Question": "meaning", "Why": "meaning", "Ambiguous": "meaning", "Choice": "meaning",
    "UnknownName": "meaning", "NotUnderstood": "meaning",
}  # fmt: skip

__all__ = [
    "Adjust",
    "Ambiguous",
    "Calls",
    "Choice",
    "Context",
    "Meaning",
    "NotUnderstood",
    "Question",
    "RuleMeaning",
    "Understander",
    "Understanding",
    "UnknownName",
    "Why",
    "Worker",
    "answer",
    "resolve",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing the package stays cheap."""
    from importlib import import_module  # noqa: PLC0415

    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
