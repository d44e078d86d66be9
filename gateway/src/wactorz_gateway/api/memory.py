"""What is remembered of a person: facts, summaries, and the references of secrets."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.memory import FORGET, GET_MEMORY, Fact, Forget, MemoryQuery, MemoryReport
from wactorz_common.contracts.notices import (
    FORGET_SECRET,
    LIST_SECRETS,
    SecretEntry,
    SecretList,
    SecretRef,
)
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_gateway.backend import Backend
from wactorz_gateway.handing import AWAY, TASK, Key, hand_over
from wactorz_gateway.parts import PartsDep, PersonDep

router = APIRouter(tags=["memory"])

_REFERENCE = "secret:"
Session = Annotated[str, Query(max_length=200, description="Session whose summaries are meant too")]

Kept = Annotated[
    str, Path(pattern=r"^(?:[a-z0-9_]{1,80}|secret:[a-z0-9-]{1,60})$", description="Key of a fact, or secret:...")
]


class MemoryView(BaseModel):
    """What is remembered of whoever asks."""

    facts: list[Fact] = Field(description="Oldest first")
    summaries: list[str] = Field(description="Summaries of the session, oldest first")
    secrets: list[SecretEntry] | None = Field(description="Secrets by reference; null when the vault does not answer")


@router.get("/api/memory", responses=AWAY)
async def get_memory(parts: PartsDep, person: PersonDep, session: Session = "") -> MemoryView:
    """What is remembered of you; of secrets only the references."""
    query = MemoryQuery(person=person, conversation_id=session)
    report, kept = await asyncio.gather(parts.backend.ask(GET_MEMORY, query), _secrets(parts.backend))
    return _view(report, kept)


@router.delete("/api/memory", responses=TASK)
async def clear_memory(
    parts: PartsDep, person: PersonDep, session: Session = "", idempotency_key: Key = None
) -> MemoryReport:
    """Forget everything of you, and the summaries of the session."""
    return await hand_over(parts, FORGET, Forget(person=person, conversation_id=session), idempotency_key)


@router.delete("/api/memory/{key}", responses=TASK)
async def forget(key: Kept, parts: PartsDep, person: PersonDep, idempotency_key: Key = None) -> MemoryView:
    """Forget one fact, or one secret by its reference."""
    if key.startswith(_REFERENCE):
        kept = await hand_over(parts, FORGET_SECRET, SecretRef(reference=key), idempotency_key)
        return _view(await parts.backend.ask(GET_MEMORY, MemoryQuery(person=person)), kept)
    report = await hand_over(parts, FORGET, Forget(key=key, person=person), idempotency_key)
    return _view(report, await _secrets(parts.backend))


async def _secrets(backend: Backend) -> SecretList | None:
    try:
        return await backend.ask(LIST_SECRETS, Nothing())
    except (TransportError, TaskFailed):
        return None


def _view(report: MemoryReport, kept: SecretList | None) -> MemoryView:
    return MemoryView(
        facts=list(report.facts), summaries=list(report.summaries), secrets=list(kept.secrets) if kept else None
    )
