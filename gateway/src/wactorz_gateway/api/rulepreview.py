"""Rules made from a sentence: first what it would be, then, when a person says so, the rule itself."""

import contextlib
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from wactorz_common.contracts.rules import CREATE_RULE, CreateRule, RuleDraft, RuleResult
from wactorz_common.errors import TransportError
from wactorz_gateway.conversation import new_id
from wactorz_gateway.handing import TASK, Key, hand_over
from wactorz_gateway.parts import Parts, PartsDep
from wactorz_gateway.reading import draft_for, refuse_secrets
from wactorz_gateway.wanted import while_wanted

router = APIRouter(tags=["rules"])

_EXAMPLES = {
    "sentence": Example(
        summary="A sentence",
        value={"sentence": "when the kitchen temperature goes above 28 degrees, turn on the fan"},
    ),
    "previewed": Example(
        summary="Exactly what a preview showed",
        value={
            "sentence": "every day at 7 turn on the hallway light",
            "draft": {
                "trigger": {"kind": "time", "at": "07:00"},
                "actions": [{"domain": "light", "service": "turn_on", "entity_id": ["light.hallway_light"]}],
            },
        },
    ),
}  # fmt: skip


class RuleWish(BaseModel):
    """A rule that somebody wants: a sentence, and what it says where that is known."""

    model_config = ConfigDict(extra="forbid")

    sentence: str = Field(min_length=1, max_length=2_000, description="The rule in words")
    draft: RuleDraft | None = Field(
        default=None, description="What it says; empty: the grammar reads the sentence, else a model"
    )
    language: str = Field(
        default="", max_length=20, pattern=r"^[A-Za-z-]*$",
        description="Language of the words about it; that of the sentence is detected",
    )  # fmt: skip


Wish = Annotated[RuleWish, Body(openapi_examples=_EXAMPLES)]


@router.post("/api/rules/preview", response_model=RuleResult, responses=TASK)
async def preview_rule(request: Request, body: Wish, parts: PartsDep) -> Any:
    """What a sentence would be as a rule, in words and as YAML; nothing is made and nothing runs.

    Who goes away before the answer has ended the model's call behind it.
    """
    wish_id = new_id()
    return await while_wanted(request, _preview(body, parts, wish_id), lambda: _give_up(parts, wish_id))


async def _preview(body: RuleWish, parts: Parts, wish_id: str) -> RuleResult:
    wish = await _wish(body, parts)
    return await hand_over(
        parts, CREATE_RULE, wish.model_copy(update={"preview": True, "chat_id": wish_id}), None, task_id=wish_id
    )


async def _give_up(parts: Parts, wish_id: str) -> None:
    """Stop the model's call, as for an answer in chat that nobody wants any more."""
    with contextlib.suppress(TransportError):  # without a broker nobody works on it either
        await parts.backend.stop(wish_id)


@router.post("/api/rules", status_code=201, responses=TASK)
async def make_rule(body: Wish, parts: PartsDep, idempotency_key: Key = None) -> RuleResult:
    """Make a rule; one that opens something, or that a model wrote here, waits for a yes."""
    return await hand_over(parts, CREATE_RULE, await _wish(body, parts), idempotency_key)


async def _wish(body: RuleWish, parts: Parts) -> CreateRule:
    refuse_secrets(body.sentence)
    draft = body.draft or await draft_for(parts, body.sentence)
    return CreateRule(task=body.sentence, draft=draft, language=body.language)
