"""Rules made from a sentence: first what it would be, then, when a person says so, the rule itself."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field

from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.rules import CREATE_RULE, READ_RULE, CreateRule, RuleDraft, RuleResult, RuleSentence
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_gateway.handing import TASK, Key, hand_over
from wactorz_gateway.parts import Parts, PartsDep
from wactorz_gateway.problems import NotReady
from wactorz_gateway.reading import refuse_secrets

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


@router.post("/api/rules/preview", responses=TASK)
async def preview_rule(body: Wish, parts: PartsDep) -> RuleResult:
    """What a sentence would be as a rule, in words and as YAML; nothing is made and nothing runs."""
    return await _create(body, parts, None, preview=True)


@router.post("/api/rules", status_code=201, responses=TASK)
async def make_rule(body: Wish, parts: PartsDep, idempotency_key: Key = None) -> RuleResult:
    """Make a rule; one that opens something, or that a model wrote here, waits for a yes."""
    return await _create(body, parts, idempotency_key, preview=False)


async def _read(parts: Parts, sentence: str) -> RuleDraft | None:
    """What the grammar reads; who cannot read now says why, and without an answer the planner has a model."""
    try:
        return (await parts.backend.ask(READ_RULE, RuleSentence(task=sentence), timeout=READ_RULE.timeout)).draft
    except TransportError:
        return None
    except TaskFailed as error:
        if _will_pass(parts, error):
            raise NotReady(str(error)) from error
        raise


def _will_pass(parts: Parts, error: TaskFailed) -> bool:
    """Whether a refusal is one of the first seconds: the reader knows the house only once it has heard of it."""
    reader = parts.registry.find(READ_RULE.agent or "")
    paused = reader is not None and reader.state == AgentState.PAUSED
    return not error.context.get("phase") and not parts.house.problem and not paused


async def _create(body: RuleWish, parts: Parts, key: str | None, *, preview: bool) -> RuleResult:
    refuse_secrets(body.sentence)
    draft = body.draft or await _read(parts, body.sentence)
    wish = CreateRule(task=body.sentence, draft=draft, preview=preview, language=body.language)
    return await hand_over(parts, CREATE_RULE, wish, key)
