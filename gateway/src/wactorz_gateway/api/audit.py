"""Evidence: why something is as it is, and the audit log with its check."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from wactorz_common.contracts import Nothing
from wactorz_common.contracts.policy import (
    LIST_AUDIT,
    VERIFY_AUDIT,
    WHY,
    AuditEntry,
    AuditQuery,
    AuditVerdict,
    WhyQuery,
    WhyReport,
)
from wactorz_gateway.answers import listed
from wactorz_gateway.handing import AWAY
from wactorz_gateway.parts import PartsDep

router = APIRouter(tags=["audit"])

EntityId = Annotated[str, Path(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$", max_length=255, description="Entity id")]
Language = Annotated[str, Query(max_length=20, pattern=r"^[A-Za-z-]*$", description="Language of the answer")]
Kind = Literal["", "actuation", "approval", "policy", "grant", "halt", "trim"]


@router.get("/api/why", responses=AWAY)
async def why_newest(parts: PartsDep, language: Language = "") -> WhyReport:
    """What led to the newest actuation of all."""
    return await parts.backend.ask(WHY, WhyQuery(language=language), timeout=WHY.timeout)


@router.get("/api/why/{entity_id}", responses=AWAY)
async def why(entity_id: EntityId, parts: PartsDep, language: Language = "") -> WhyReport:
    """The chain from the sentence or sensor to a device: who or which rule, on what, what was sent and read back."""
    return await parts.backend.ask(WHY, WhyQuery(entity_id=entity_id, language=language), timeout=WHY.timeout)


@router.get("/api/audit", response_model=list[AuditEntry], responses=AWAY)
async def list_audit(
    request: Request, parts: PartsDep,
    entity_id: Annotated[str, Query(max_length=255, description="Only lines about this entity")] = "",
    trace_id: Annotated[str, Query(max_length=200, description="Only lines of this wish")] = "",
    kind: Annotated[Kind, Query(description="Only lines of this kind")] = "",
    before: Annotated[int | None, Query(ge=1, description="Only lines with a smaller number")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many")] = 50,
) -> Response:  # fmt: skip
    """Lines of the audit log, newest first."""
    query = AuditQuery(entity_id=entity_id, trace_id=trace_id, kind=kind, before=before, limit=limit)
    return listed(request, (await parts.backend.ask(LIST_AUDIT, query, timeout=LIST_AUDIT.timeout)).lines)


@router.get("/api/audit/verify", responses=AWAY)
async def verify_audit(parts: PartsDep) -> AuditVerdict:
    """Check that no line of the audit log was changed, taken out or put in."""
    return await parts.backend.ask(VERIFY_AUDIT, Nothing(), timeout=VERIFY_AUDIT.timeout)
