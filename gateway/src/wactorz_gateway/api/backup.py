"""The whole state: taken while everything runs, and put back."""

import asyncio
import tempfile
from pathlib import Path

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from wactorz_gateway.archive import Archive, opened
from wactorz_gateway.backups import collected
from wactorz_gateway.parts import PartsDep
from wactorz_gateway.problems import Problem
from wactorz_gateway.restores import put_back

router = APIRouter(tags=["backup"])


class Restored(BaseModel):
    """What was put back."""

    restored: list[str] = Field(description="Agents that begin again with the state of the backup")
    unknown: list[str] = Field(description="Agents of the backup that are not here now; their state was left out")
    failed: list[str] = Field(description="Agents that were not heard of again in time")
    text: str = Field(description="The same in words")


@router.get("/api/backup", response_class=StreamingResponse, responses={200: {"content": {"application/x-tar": {}}}})
async def get_backup(parts: PartsDep) -> StreamingResponse:
    """A tar file with the state of every agent; its last member, manifest.json, also says who did not answer."""
    await parts.backend.wait_connected(5.0)
    headers = {"content-disposition": 'attachment; filename="wactorz-backup.tar"'}
    return StreamingResponse(collected(parts), media_type="application/x-tar", headers=headers)


@router.post("/api/restore", responses={409: {"model": Problem}, 422: {"model": Problem}})
async def post_restore(request: Request, parts: PartsDep) -> Restored:
    """Put a backup back: every agent has received and verified its state before the first one begins again."""
    with tempfile.TemporaryDirectory(prefix="restore-", dir=parts.log_dir.parent) as folder:
        file = Path(folder) / "backup.tar"
        with file.open("wb") as target:
            async for piece in request.stream():
                await asyncio.to_thread(target.write, piece)
        archive: Archive = await asyncio.to_thread(opened, file)
        outcome = await put_back(parts, archive)
    return Restored(restored=outcome.restored, unknown=outcome.unknown, failed=outcome.failed, text=outcome.in_words())
