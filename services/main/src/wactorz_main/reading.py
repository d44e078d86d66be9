"""What the grammar made of a sentence; the one place that knows how the reader of sentences is asked."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from wactorz_common.errors import ContractError
from wactorz_understanding.context import Context, Understanding
from wactorz_understanding.meaning import Meaning, NotUnderstood


class Reader(Protocol):
    """Reads sentences."""

    async def understand(self, text: str, context: Context) -> Understanding:
        """The meaning of a sentence in its conversation."""


class Reading(NamedTuple):
    """A meaning, the language it was said in, and the context that the next sentence is read in."""

    meaning: Meaning
    language: str
    context: dict[str, Any]


async def read_sentence(
    reader: Reader, text: str, context: dict[str, Any], *, fixed: str, known: Sequence[str], lifetime: float
) -> Reading:
    """Read a sentence in the context of its conversation: in the language that was set, else in one that reads it.

    `known` are the languages to try, the usual one first; `lifetime` is how long "it" is remembered, in seconds.
    """
    before = _context(context).model_copy(update={"lifetime_seconds": lifetime})
    spoken = fixed or before.language
    best = await reader.understand(text, before.model_copy(update={"language": spoken, "fixed": bool(fixed)}))
    for code in known if not fixed else ():
        if not _strangeness(best.meaning):
            break
        if code != best.language:
            other = await reader.understand(text, before.model_copy(update={"language": code, "fixed": True}))
            best = other if not _strangeness(other.meaning) else best
    language = best.language if not _strangeness(best.meaning) else before.language
    kept = best.context.model_copy(update={"language": language, "fixed": False})
    return Reading(best.meaning, best.language, kept.to_wire())


def _strangeness(meaning: Meaning) -> int:
    """How far a sentence is from being read: 0 when it is."""
    if isinstance(meaning, NotUnderstood) and meaning.reason:
        return 0
    return {"not_understood": 2, "unknown_name": 1}.get(meaning.kind, 0)


def _context(kept: dict[str, Any]) -> Context:
    """The context that was kept; one of another version is forgotten."""
    try:
        return Context.accept(kept)
    except ContractError:
        return Context()
