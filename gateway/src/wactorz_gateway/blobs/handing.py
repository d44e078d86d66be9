"""Files on their way to agents: named at a message, and read by id in parts."""

import base64
from collections.abc import Iterable

from starlette.exceptions import HTTPException

from wactorz_common.contracts.blobs import PART_BYTES, Attachment, BlobPart, ReadBlob
from wactorz_common.errors import Refused
from wactorz_gateway.blobs.store import BlobStore


async def attached(store: BlobStore, ids: Iterable[str], person: str) -> tuple[Attachment, ...]:
    """The files of a message; HTTPException when one of them is not kept, or is somebody else's."""
    found = []
    for blob_id in dict.fromkeys(ids):
        blob = await store.find(blob_id)
        if blob is None or blob.person != person:
            raise HTTPException(422, f"There is no file {blob_id}: send it again with POST /api/blobs")
        await store.use(blob)
        found.append(blob.attachment())
    return tuple(found)


async def part_of(store: BlobStore, request: ReadBlob) -> BlobPart:
    """One part of a file, for who knows its id; Refused when it is not kept any more, or not that person's."""
    blob = await store.find(request.id)
    if blob is not None and request.person not in (None, blob.person):
        blob = None  # the same answer as for none: ids of others are not to be tried out
    parts = max(1, -(-blob.size // PART_BYTES)) if blob else 0
    if blob is None or request.part >= parts:
        raise Refused("There is no such file any more: it has to be attached again" if blob is None else "No such part")
    data = await store.read(blob, request.part * PART_BYTES)
    encoded = base64.b64encode(data).decode()
    return BlobPart(blob=blob.attachment(), part=request.part, parts=parts, data=encoded)
