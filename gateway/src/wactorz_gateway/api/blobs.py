"""Files for messages: given with a body of any kind or as a form, fetched and deleted by id."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.responses import Response, StreamingResponse

from wactorz_common.contracts.blobs import BLOB_ID, PART_BYTES
from wactorz_gateway.accounts.roles import ADMIN, covers
from wactorz_gateway.answers import listed
from wactorz_gateway.blobs.kinds import disposition
from wactorz_gateway.blobs.store import Blob
from wactorz_gateway.parts import Parts, PartsDep, PersonDep, RoleDep
from wactorz_gateway.problems import Problem, Responses

router = APIRouter(tags=["attachments"])

_BINARY: dict[str, Any] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_KEPT: Responses = {
    400: {"model": Problem, "description": "There is no file in the request, or it breaks off"},
    413: {"model": Problem, "description": "The file is larger than 25 MiB"},
    507: {"model": Problem, "description": "There is no room for it"},
}
_MISSING: Responses = {404: {"model": Problem, "description": "There is no such file, or it is somebody else's"}}
_SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"

BlobId = Annotated[str, Path(pattern=BLOB_ID, description="Id of a file", examples=["0" * 32])]
FileName = Annotated[str, Header(max_length=600, description="Name of the file, percent-encoded where it is not ASCII")]


class BlobView(BaseModel):
    """A file that is kept."""

    id: str = Field(description="Id for `attachments` of messages", examples=["5d41402abc4b2a76b9719d911017c592"])
    name: str = Field(description="Its name, without folders", examples=["manual.pdf"])
    media_type: str = Field(description="What its first bytes say that it is", examples=["application/pdf"])
    size: int = Field(description="Bytes", examples=[48213])
    sha256: str = Field(description="Hash of its content")
    expires_at: float = Field(description="Epoch seconds; each use puts it off by a day")


@router.post(
    "/api/blobs", status_code=201, responses=_KEPT,
    openapi_extra={"requestBody": {"required": True, "content": _BINARY}},
)  # fmt: skip
async def keep_blob(request: Request, parts: PartsDep, person: PersonDep, x_filename: FileName = "file") -> BlobView:
    """Keep the body as a file for a day; its kind is told by its first bytes, whatever its header says."""
    return _view(await parts.blobs.keep(request.stream(), unquote(x_filename), person))


_FORM: dict[str, Any] = {
    "multipart/form-data": {
        "schema": {
            "type": "object", "required": ["file"],
            "properties": {"file": {"type": "string", "format": "binary", "description": "The file"}},
        }
    }
}  # fmt: skip


@router.post(
    "/api/upload", status_code=201, responses=_KEPT,
    openapi_extra={"requestBody": {"required": True, "content": _FORM}},
)  # fmt: skip
@router.post("/upload", status_code=201, include_in_schema=False)
async def upload(request: Request, parts: PartsDep, person: PersonDep) -> BlobView:
    """The same as a form, as browsers and existing dashboards send it."""
    try:
        async with request.form(max_files=1, max_fields=20) as form:
            file = next((value for value in form.values() if isinstance(value, UploadFile)), None)
            if file is None:
                raise HTTPException(400, "There is no file in the form: send one as 'file'")
            return _view(await parts.blobs.keep(_read(file), file.filename or "file", person))
    except MultiPartException as error:
        raise HTTPException(400, "The form cannot be read") from error


@router.get("/api/upload", response_model=list[BlobView])
@router.get("/upload", include_in_schema=False)
async def list_uploads(request: Request, parts: PartsDep, person: PersonDep) -> Response:
    """Your files that are kept."""
    return listed(request, [_view(blob) for blob in await parts.blobs.listed(person)])


@router.get("/api/blobs/{blob_id}", response_class=StreamingResponse, responses={200: {"content": _BINARY}, **_MISSING})
@router.head("/api/blobs/{blob_id}", include_in_schema=False)
async def get_blob(request: Request, blob_id: BlobId, parts: PartsDep, person: PersonDep, role: RoleDep) -> Response:
    """The file, for keeping: browsers never show or run it."""
    blob = await _own(parts, blob_id, person, role)
    headers = {
        "content-disposition": disposition(blob.name), "content-length": str(blob.size),
        "content-security-policy": _SANDBOX, "etag": f'"{blob.sha256[:32]}"', "cache-control": "private, no-cache",
    }  # fmt: skip
    if request.method == "HEAD":
        return Response(media_type=blob.media_type, headers=headers)
    return StreamingResponse(parts.blobs.pieces(blob), media_type=blob.media_type, headers=headers)


@router.delete("/api/blobs/{blob_id}", status_code=204, responses=_MISSING)
async def delete_blob(blob_id: BlobId, parts: PartsDep, person: PersonDep, role: RoleDep) -> Response:
    """Forget a file."""
    await parts.blobs.delete(await _own(parts, blob_id, person, role))
    return Response(status_code=204)


async def _own(parts: Parts, blob_id: str, person: str, role: str) -> Blob:
    """The file, if it is the person's own or an admin asks."""
    blob = await parts.blobs.find(blob_id)
    if blob is None or not (blob.person == person or covers(role, ADMIN)):
        raise HTTPException(404, "There is no such file: files are kept for a day after they were last used")
    return blob


async def _read(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PART_BYTES):
        yield piece


def _view(blob: Blob) -> BlobView:
    return BlobView(**blob.model_dump(exclude={"person"}))
