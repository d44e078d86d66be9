"""Files on their way to agents."""

import base64

import pytest
from starlette.exceptions import HTTPException

from wactorz_common.contracts.blobs import PART_BYTES, ReadBlob
from wactorz_common.errors import Refused
from wactorz_gateway.blobs.handing import attached, part_of
from wactorz_gateway.blobs.store import BlobStore


async def pieces(data):
    yield data


@pytest.fixture
def store(tmp_path):
    return BlobStore(tmp_path / "blobs")


async def test_the_files_of_a_message_are_those_of_its_person(store):
    blob = await store.keep(pieces(b"x"), "a.txt", "ann")
    (file,) = await attached(store, [blob.id, blob.id], "ann")
    assert (file.id, file.name, file.media_type, file.size) == (blob.id, "a.txt", "text/plain", 1)
    for person, blob_id in (("ben", blob.id), ("ann", "0" * 32)):
        with pytest.raises(HTTPException, match="send it again"):
            await attached(store, [blob_id], person)


async def test_a_large_file_comes_in_parts(store):
    data = bytes(range(256)) * 3000
    blob = await store.keep(pieces(data), "a", "ann")
    parts = [await part_of(store, ReadBlob(id=blob.id, part=number)) for number in range(3)]
    assert parts[0].parts == 3
    assert b"".join(base64.b64decode(part.data) for part in parts) == data
    assert max(len(base64.b64decode(part.data)) for part in parts) <= PART_BYTES
    with pytest.raises(Refused, match="No such part"):
        await part_of(store, ReadBlob(id=blob.id, part=3))
    with pytest.raises(Refused, match="attached again"):
        await part_of(store, ReadBlob(id="0" * 32))


async def test_an_empty_file_has_one_part(store):
    blob = await store.keep(pieces(b""), "a", "ann")
    assert (await part_of(store, ReadBlob(id=blob.id))).data == ""


async def test_a_file_is_read_only_for_the_person_whose_it_is(store):
    blob = await store.keep(pieces(b"x"), "a.txt", "ann")
    assert (await part_of(store, ReadBlob(id=blob.id, person="ann"))).blob.id == blob.id
    for person in ("ben", ""):
        with pytest.raises(Refused, match="attached again"):
            await part_of(store, ReadBlob(id=blob.id, person=person))
