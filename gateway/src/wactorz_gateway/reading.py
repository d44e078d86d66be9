"""Sentences that routes take: read by the grammar first, so that what it reads needs no model."""

from starlette.exceptions import HTTPException

from wactorz_common.contracts.rules import READ_RULE, RuleDraft, RuleSentence
from wactorz_common.errors import TransportError
from wactorz_common.secrecy import find
from wactorz_gateway.parts import Parts

_SECRETS = (
    "There is a secret in this text, and it would not be kept as one: nothing was passed on. Store it with "
    "POST /api/webhooks or in the chat, and name what it is for"
)


def refuse_secrets(text: str) -> None:
    """Refuse a text that is kept as it is, and that holds a password, a token or the address of a webhook."""
    if find(text):
        raise HTTPException(422, _SECRETS)


async def read_rule(parts: Parts, sentence: str, language: str = "") -> RuleDraft | None:
    """The rule that a sentence says; None when the grammar reads none. Who cannot read now says why."""
    if not sentence.strip():
        return None
    asked = RuleSentence(task=sentence, language=language)
    return (await parts.backend.ask(READ_RULE, asked, timeout=READ_RULE.timeout)).draft


async def draft_for(parts: Parts, sentence: str, language: str = "") -> RuleDraft | None:
    """The same for a wish that goes on without a draft: a reader that does not answer leaves it to a model."""
    try:
        return await read_rule(parts, sentence, language)
    except TransportError:
        return None
