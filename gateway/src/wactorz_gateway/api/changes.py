"""The record of changes: who did what, and who was kept out."""

from typing import Annotated

from fastapi import APIRouter, Query

from wactorz_gateway.accounts.changes import Change
from wactorz_gateway.parts import PartsDep

router = APIRouter(tags=["people"])


@router.get("/api/changes")
async def list_changes(
    parts: PartsDep,
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many")] = 100,
    before: Annotated[int | None, Query(ge=1, description="Only entries with a smaller id")] = None,
) -> list[Change]:
    """Every change of the last year through this gateway, newest first; without what was said or sent."""
    return await parts.accounts.changes.listed(limit, before)
