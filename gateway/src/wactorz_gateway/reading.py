"""Sentences that routes take: read by the grammar first, so that what it reads needs no model."""

from wactorz_common.contracts.rules import READ_RULE, RuleDraft, RuleSentence
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_gateway.parts import Parts

_SECONDS = 5.0


async def read_rule(parts: Parts, sentence: str, language: str = "") -> RuleDraft | None:
    """The rule that a sentence says; None when the grammar reads none, or cannot be asked."""
    if not sentence.strip():
        return None
    try:
        reading = await parts.backend.ask(READ_RULE, RuleSentence(task=sentence, language=language), timeout=_SECONDS)
    except (TransportError, TaskFailed):
        return None
    return reading.draft
