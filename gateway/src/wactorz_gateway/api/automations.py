"""Home Assistant's own automations: listed, explained, made, changed, switched, deleted and undone."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Request
from fastapi.openapi.models import Example
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from wactorz_common.contracts.automations import (
    CONFIRM_AUTOMATION,
    CREATE_AUTOMATION,
    DELETE_AUTOMATION,
    EDIT_AUTOMATION,
    LIST_AUTOMATIONS,
    RECOMMEND_HARDWARE,
    SHOW_AUTOMATION,
    SWITCH_AUTOMATION,
    UNDO_AUTOMATION,
    Automation,
    AutomationQuery,
    AutomationRef,
    AutomationReport,
    AutomationResult,
    ConfirmAutomation,
    CreateAutomation,
    DeleteAutomation,
    EditAutomation,
    HardwareQuery,
    HardwareReport,
    SwitchAutomation,
    UndoAutomation,
)
from wactorz_common.contracts.rules import RuleDraft
from wactorz_gateway.answers import PagingDep, paged
from wactorz_gateway.handing import AWAY, TASK, Key, hand_over
from wactorz_gateway.parts import PartsDep, PersonDep
from wactorz_gateway.reading import draft_for, refuse_secrets

router = APIRouter(tags=["automations"])

_EXAMPLES = {
    "sentence": Example(summary="A sentence, shown before it is written", value={
        "task": "when the hall motion sensor detects motion, turn on the hall light", "dry_run": True}),
    "draft": Example(summary="A draft", value={"draft": {
        "trigger": {"kind": "time", "at": "07:00"},
        "actions": [{"domain": "light", "service": "turn_on", "entity_id": ["light.bedroom"]}]}}),
    "configuration": Example(summary="A whole configuration", value={"config": {
        "alias": "Morning light", "triggers": [{"trigger": "time", "at": "07:00:00"}],
        "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.bedroom"}}]}}),
}  # fmt: skip

Named = Annotated[str, Path(min_length=1, max_length=300, description="Id, entity id or name of the automation")]
DryRun = Annotated[bool, Query(description="Show what would be written, and write nothing")]
Session = Annotated[str, Query(max_length=200, description="Session that asks; a yes counts only there")]
Language = Annotated[str, Query(max_length=20, description="Language of the answer")]


class AutomationBody(BaseModel):
    """What an automation shall do: one of a sentence, a draft and a configuration."""

    model_config = ConfigDict(extra="forbid")

    task: str = Field(default="", max_length=2_000, description="A sentence; a model fills in what the grammar cannot")
    draft: RuleDraft | None = Field(default=None, description="Trigger, conditions and actions")
    config: dict[str, Any] | None = Field(default=None, description="A configuration in Home Assistant's form")
    dry_run: bool = Field(default=False, description="Show what would be written, and write nothing")
    session: str = Field(default="", max_length=200, description="Session that asks; a yes counts only there")
    language: str = Field(default="", max_length=20, description="Language of the answer")

    def fields(self, person: str) -> dict[str, Any]:
        """The same as the agent takes it."""
        if not (self.task.strip() or self.draft or self.config):
            raise HTTPException(422, "Say what it shall do: one of task, draft and config is needed")
        refuse_secrets(self.task)
        kept = {"task": self.task, "dry_run": self.dry_run, "language": self.language}
        draft = self.draft.to_wire() if self.draft else None
        return {**kept, "draft": draft, "config": self.config, "conversation_id": self.session, "person": person}


class Confirmation(BaseModel):
    """A yes or no to a change that was proposed."""

    token: str = Field(default="", max_length=100, description="`confirm` of the proposal; empty: the session's own")
    yes: bool = Field(default=True, description="False drops the proposal")
    session: str = Field(default="", max_length=200, description="Session that asked")


class UndoBody(BaseModel):
    """How to take the last change back."""

    dry_run: bool = Field(default=False, description="Show what would be written, and write nothing")
    session: str = Field(default="", max_length=200, description="Session that asks")


@router.get("/api/automations", response_model=list[Automation], responses=AWAY)
async def list_automations(
    request: Request, parts: PartsDep, paging: PagingDep,
    search: Annotated[str, Query(max_length=200, description="Words of the name, or an id")] = "",
) -> Response:  # fmt: skip
    """Home Assistant's automations, by name."""
    query = AutomationQuery(search=search)
    found = await parts.backend.ask(LIST_AUTOMATIONS, query, timeout=LIST_AUTOMATIONS.timeout)
    return paged(request, found.automations, lambda one: one.automation_id or one.entity_id, paging)


@router.post("/api/automations", responses=TASK)
async def create_automation(
    body: Annotated[AutomationBody, Body(openapi_examples=_EXAMPLES)], parts: PartsDep, person: PersonDep,
    idempotency_key: Key = None,
) -> AutomationResult:  # fmt: skip
    """Make an automation; `status` says whether it is made, shown only, or waits for a yes."""
    refuse_secrets(body.task)
    if body.draft is None and body.config is None:
        body = body.model_copy(update={"draft": await draft_for(parts, body.task, body.language)})
    return await hand_over(parts, CREATE_AUTOMATION, CreateAutomation.accept(body.fields(person)), idempotency_key)


@router.post("/api/automations/confirm", responses=TASK)
async def confirm_automation(
    body: Confirmation, parts: PartsDep, person: PersonDep, idempotency_key: Key = None
) -> AutomationResult:
    """Say yes or no to a change that was proposed."""
    wish = ConfirmAutomation(token=body.token, yes=body.yes, conversation_id=body.session, person=person)
    return await hand_over(parts, CONFIRM_AUTOMATION, wish, idempotency_key)


@router.post("/api/automations/undo", responses=TASK)
async def undo_automation(
    parts: PartsDep, person: PersonDep, body: UndoBody | None = None, idempotency_key: Key = None
) -> AutomationResult:
    """Take back the last change of an automation; again takes back the one before."""
    asked = body or UndoBody()
    wish = UndoAutomation(dry_run=asked.dry_run, person=person, conversation_id=asked.session)
    return await hand_over(parts, UNDO_AUTOMATION, wish, idempotency_key)


@router.get("/api/automations/{automation}", responses=AWAY)
async def show_automation(automation: Named, parts: PartsDep) -> AutomationReport:
    """One automation in plain sentences, and as Home Assistant keeps it."""
    reference = AutomationRef(automation=automation)
    return await parts.backend.ask(SHOW_AUTOMATION, reference, timeout=SHOW_AUTOMATION.timeout)


@router.put("/api/automations/{automation}", responses=TASK)
async def edit_automation(
    automation: Named, body: Annotated[AutomationBody, Body(openapi_examples=_EXAMPLES)], parts: PartsDep,
    person: PersonDep, idempotency_key: Key = None,
) -> AutomationResult:  # fmt: skip
    """Change an automation; the answer shows the difference."""
    wish = EditAutomation.accept({"automation": automation, **body.fields(person)})
    return await hand_over(parts, EDIT_AUTOMATION, wish, idempotency_key)


@router.delete("/api/automations/{automation}", responses=TASK)
async def delete_automation(
    automation: Named, parts: PartsDep, person: PersonDep, dry_run: DryRun = False, session: Session = "",
    language: Language = "", idempotency_key: Key = None,
) -> AutomationResult:  # fmt: skip
    """Delete an automation; the answer says how to confirm it."""
    wish = DeleteAutomation(
        automation=automation, dry_run=dry_run, person=person, conversation_id=session, language=language
    )
    return await hand_over(parts, DELETE_AUTOMATION, wish, idempotency_key)


@router.post("/api/automations/{automation}/{change}", responses=TASK)
async def switch_automation(
    automation: Named, change: Literal["enable", "disable"], parts: PartsDep, person: PersonDep,
    dry_run: DryRun = False, idempotency_key: Key = None,
) -> AutomationResult:  # fmt: skip
    """Enable or disable an automation."""
    wish = SwitchAutomation(automation=automation, enabled=change == "enable", dry_run=dry_run, person=person)
    return await hand_over(parts, SWITCH_AUTOMATION, wish, idempotency_key)


@router.get("/api/hardware", responses=AWAY)
async def recommend_hardware(
    task: Annotated[str, Query(min_length=1, max_length=2_000, description="What the house shall do")], parts: PartsDep,
    language: Language = "",
) -> HardwareReport:  # fmt: skip
    """What a wish needs, what is there already and what is missing."""
    return await parts.backend.ask(
        RECOMMEND_HARDWARE, HardwareQuery(task=task, language=language), timeout=RECOMMEND_HARDWARE.timeout
    )
