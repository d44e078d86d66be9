"""Rules: the list, what they did, what they would have done, and their controls."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Query, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.policy import LIST_GRANTS, REVOKE_GRANT, RevokeGrant, StandingGrant
from wactorz_common.contracts.rules import (
    APPROVE_RULE,
    BACKTEST,
    DELETE_RULE,
    EDIT_RULE,
    EXPORT_RULES,
    GRANT_RULE,
    IMPORT_RULES,
    LIST_FIRINGS,
    LIST_RULES,
    PAUSE_RULE,
    RESUME_RULE,
    SHOW_RULE,
    WHY_NOT,
    Backtest,
    BacktestReport,
    EditRule,
    FiringQuery,
    FiringReport,
    Rule,
    RuleDraft,
    RuleExplanation,
    RuleFile,
    RuleRef,
    RuleResult,
    RuleText,
    WhyNot,
)
from wactorz_gateway.answers import PagingDep, listed, paged
from wactorz_gateway.handing import AWAY, TASK, Key, hand_over
from wactorz_gateway.parts import PartsDep, PersonDep
from wactorz_gateway.problems import Responses
from wactorz_gateway.reading import read_rule, refuse_secrets

router = APIRouter(tags=["rules"])

_CHANGES = {"approve": APPROVE_RULE, "pause": PAUSE_RULE, "resume": RESUME_RULE, "grant": GRANT_RULE}
_EXAMPLES = {
    "kept": Example(summary="A rule that is kept", value={"rule_id": "3f2a9c01", "days": 7}),
    "sentence": Example(summary="A sentence", value={"task": "every day at 7 turn on the hallway light"}),
    "draft": Example(
        summary="A rule that is not made yet",
        value={
            "draft": {
                "trigger": {"kind": "numeric", "entity_id": "sensor.kitchen_temperature", "above": 28},
                "actions": [{"domain": "fan", "service": "turn_on", "entity_id": ["fan.kitchen"]}],
            },
            "days": 14,
        },
    ),
}  # fmt: skip


_YAML = (
    "rule: every day at 7 turn on the hallway light\nid: 6b3fdede\nwhen:\n  time: 07:00\ndo:\n"
    "- call: light.turn_on\n  entities:\n  - light.hallway_light\n"
)
_AS_YAML: Responses = {200: {"content": {"application/yaml": {"example": _YAML}}}, **AWAY}


class BacktestBody(Backtest):
    """What to run over the past: one of a rule that is kept, a draft and a sentence."""

    task: str = Field(default="", max_length=2_000, description="A sentence that the grammar reads as a rule")


class RuleBody(BaseModel):
    """What a rule shall say: exactly one of a draft, YAML and a sentence."""

    model_config = ConfigDict(extra="forbid")

    draft: RuleDraft | None = Field(default=None, description="Trigger, conditions and actions")
    yaml: str = Field(default="", max_length=20_000, description="The same as YAML, as GET shows it")
    sentence: str = Field(default="", max_length=2_000, description="The same in words")


RuleId = Annotated[str, Path(pattern=r"^[0-9a-fA-F]{1,32}$", description="Rule id")]


@router.get("/api/rules", response_model=list[Rule], responses=AWAY)
async def list_rules(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """All rules, oldest first."""
    rules = (await parts.backend.ask(LIST_RULES, Nothing())).rules
    return paged(request, rules, lambda rule: rule.rule_id, paging)


@router.get("/api/rules.yaml", response_class=Response, responses=_AS_YAML)
async def export_rules(parts: PartsDep) -> Response:
    """All rules as a file of YAML."""
    found = await parts.backend.ask(EXPORT_RULES, Nothing())
    headers = {"content-disposition": 'attachment; filename="rules.yaml"'}
    return Response(found.yaml, media_type="application/yaml", headers=headers)


@router.post("/api/rules/import", responses=TASK)
async def import_rules(body: RuleText, parts: PartsDep, idempotency_key: Key = None) -> RuleFile:
    """Make rules of YAML; what is not taken is named with its reason."""
    refuse_secrets(body.yaml)
    return await hand_over(parts, IMPORT_RULES, body, idempotency_key)


@router.get("/api/rules/{rule_id}", responses=AWAY)
async def show_rule(rule_id: RuleId, parts: PartsDep) -> RuleResult:
    """One rule, in words and as YAML."""
    return await parts.backend.ask(SHOW_RULE, RuleRef(rule_id=rule_id.lower()))


@router.put("/api/rules/{rule_id}", responses=TASK)
async def edit_rule(rule_id: RuleId, body: RuleBody, parts: PartsDep, idempotency_key: Key = None) -> RuleResult:
    """Change a rule; `status` of the rule says whether it runs or waits for a yes."""
    if sum((body.draft is not None, bool(body.yaml.strip()), bool(body.sentence.strip()))) != 1:
        raise HTTPException(422, "Say what the rule shall do: exactly one of draft, yaml and sentence")
    refuse_secrets(body.yaml + body.sentence)
    wish = EditRule(rule_id=rule_id.lower(), draft=body.draft, yaml=body.yaml, sentence=body.sentence)
    return await hand_over(parts, EDIT_RULE, wish, idempotency_key)


@router.get("/api/rules/{rule_id}/why-not", responses=AWAY)
async def why_not(
    rule_id: RuleId, parts: PartsDep,
    start: Annotated[float | None, Query(description="Epoch seconds; 24 hours ago unless told")] = None,
    end: Annotated[float | None, Query(description="Epoch seconds; now unless told")] = None,
) -> RuleExplanation:  # fmt: skip
    """What a rule did in a time, and why it did not do more."""
    query = WhyNot(rule_id=rule_id.lower(), start=start, end=end)
    return await parts.backend.ask(WHY_NOT, query, timeout=WHY_NOT.timeout)


@router.get("/api/rules/{rule_id}/firings", response_model=list[FiringReport], responses=AWAY)
async def list_firings(
    request: Request, rule_id: RuleId, parts: PartsDep,
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many")] = 20,
) -> Response:  # fmt: skip
    """What a rule did lately and on what it decided, newest first."""
    query = FiringQuery(rule_id=rule_id.lower(), limit=limit)
    return listed(request, (await parts.backend.ask(LIST_FIRINGS, query)).firings)


@router.post("/api/rules/{rule_id}/{change}", responses=TASK)
async def change_rule(
    rule_id: RuleId, change: Literal["approve", "pause", "resume", "grant"], parts: PartsDep,
    idempotency_key: Key = None,
) -> RuleResult:  # fmt: skip
    """Approve a proposed rule, hold one, let it go on, or ask for a standing yes to what it opens."""
    return await hand_over(parts, _CHANGES[change], RuleRef(rule_id=rule_id.lower()), idempotency_key)


@router.delete("/api/rules/{rule_id}", responses=TASK)
async def delete_rule(rule_id: RuleId, parts: PartsDep, idempotency_key: Key = None) -> RuleResult:
    """Remove a rule."""
    return await hand_over(parts, DELETE_RULE, RuleRef(rule_id=rule_id.lower()), idempotency_key)


@router.get("/api/grants", response_model=list[StandingGrant], responses=AWAY)
async def list_grants(request: Request, parts: PartsDep, paging: PagingDep) -> Response:
    """Which rules have a person's standing yes to what they open."""
    grants = (await parts.backend.ask(LIST_GRANTS, Nothing())).grants
    return paged(request, grants, lambda grant: grant.rule_id, paging)


@router.delete("/api/rules/{rule_id}/grant", responses=TASK)
async def revoke_grant(
    rule_id: RuleId, parts: PartsDep, person: PersonDep, idempotency_key: Key = None
) -> list[StandingGrant]:
    """Take a rule's standing yes away; what it opens is asked about each time again."""
    wish = RevokeGrant(rule_id=rule_id.lower(), by=person)
    return list((await hand_over(parts, REVOKE_GRANT, wish, idempotency_key)).grants)


@router.post("/api/backtests", responses=AWAY)
async def backtest(body: Annotated[BacktestBody, Body(openapi_examples=_EXAMPLES)], parts: PartsDep) -> BacktestReport:
    """Run a rule over the recorded past without acting."""
    refuse_secrets(body.task)
    draft = body.draft or await read_rule(parts, body.task)
    if draft is None and not body.rule_id:
        raise HTTPException(422, "Say which rule: rule_id, draft, or a sentence that the grammar reads as one")
    asked = Backtest(rule_id=body.rule_id, draft=draft, days=body.days)
    return await parts.backend.ask(BACKTEST, asked, timeout=BACKTEST.timeout)
