"""The record of changes: who did what, and who was kept out."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from wactorz_gateway.accounts.changes import Change
from wactorz_gateway.answers import listed
from wactorz_gateway.parts import PartsDep

router = APIRouter(tags=["people"])

_LAST_ID = 2**63 - 1


@router.get("/api/changes", response_model=list[Change])
async def list_changes(
    request: Request,
    parts: PartsDep,
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many")] = 100,
    before: Annotated[int | None, Query(ge=1, le=_LAST_ID, description="Only entries with a smaller id")] = None,
) -> Response:
    """Every change of the last year through this gateway, newest first; without what was said or sent."""
    return listed(request, await parts.accounts.changes.listed(limit, before))
