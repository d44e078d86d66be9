"""What the grammar made of a sentence; the one place that knows how the reader of sentences is asked."""

from typing import Any, NamedTuple

from wactorz_understanding.meaning import Meaning
from wactorz_understanding.worker import Worker


class Reading(NamedTuple):
    """A meaning, the language it was said in, and the context that the next sentence is read in."""

    meaning: Meaning
    language: str
    context: dict[str, Any]


async def read_sentence(reader: Worker, text: str, context: dict[str, Any], language: str) -> Reading:
    """Read a sentence in the context of its conversation."""
    return Reading(await reader.understand(text, None), language, context)
