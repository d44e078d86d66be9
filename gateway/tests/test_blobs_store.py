"""Files of people on the disk: bounded, private, gone after a day."""

import asyncio
import stat
import time

import pytest
from starlette.exceptions import HTTPException

from wactorz_gateway.blobs import store as stores
from wactorz_gateway.blobs.store import KEEP_SECONDS, BlobStore


class Clock:
    def __init__(self):
        self.at = 1000.0

    def __call__(self):
        return self.at


async def pieces(*parts):
    for part in parts:
        yield part


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    return BlobStore(tmp_path / "blobs", clock, quota=1000)


async def whole(store, blob):
    return b"".join([piece async for piece in store.pieces(blob)])


async def test_a_file_comes_back_as_it_was(store, tmp_path):
    blob = await store.keep(pieces(b"%PDF-", b"1.7 text"), "../a.pdf", "ann")
    assert (blob.name, blob.media_type, blob.size, blob.person) == ("a.pdf", "application/pdf", 13, "ann")
    assert await whole(store, blob) == b"%PDF-1.7 text"
    files = list((tmp_path / "blobs").iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "blobs").stat().st_mode) == 0o700
    assert {file.stem for file in files} == {blob.id}


async def test_it_outlives_a_restart(store, tmp_path, clock):
    blob = await store.keep(pieces(b"x"), "a", "ann")
    (tmp_path / "blobs" / "left.part").write_bytes(b"half")
    again = BlobStore(tmp_path / "blobs", clock)
    assert await again.find(blob.id) == blob
    assert not (tmp_path / "blobs" / "left.part").exists()


async def test_what_nobody_uses_goes_after_a_day(store, clock, tmp_path):
    used, unused = [await store.keep(pieces(b"x"), name, "ann") for name in ("a", "b")]
    clock.at += KEEP_SECONDS - 1
    await store.use(used)
    clock.at += 2
    assert await store.find(unused.id) is None
    assert (await store.find(used.id)) is not None
    assert [blob.id for blob in await store.listed("ann")] == [used.id]
    assert {file.stem for file in (tmp_path / "blobs").iterdir()} == {used.id}


async def test_a_file_over_the_limit_leaves_nothing(store, tmp_path, monkeypatch):
    monkeypatch.setattr(stores, "MAX_BLOB", 10)
    with pytest.raises(HTTPException) as refused:
        await store.keep(pieces(b"123456", b"7890a"), "a", "ann")
    assert refused.value.status_code == 413
    assert list((tmp_path / "blobs").iterdir()) == []


async def test_no_more_than_the_quota_is_kept_also_by_files_that_come_at_once(store, tmp_path):
    async def slow():
        yield b"x" * 400
        await asyncio.sleep(0.01)
        yield b"x" * 200

    ends = await asyncio.gather(*(store.keep(slow(), "a", "ann") for _ in range(2)), return_exceptions=True)
    refused = [end for end in ends if isinstance(end, HTTPException)]
    assert [end.status_code for end in refused] == [507]
    assert len(list((tmp_path / "blobs").glob("*.bin"))) == 1
    await store.delete(next(end for end in ends if not isinstance(end, HTTPException)))
    assert (await store.keep(pieces(b"x" * 900), "a", "ann")).size == 900


async def test_a_sender_that_goes_away_leaves_nothing(store, tmp_path):
    async def broken():
        yield b"half"
        raise ConnectionError("gone")

    with pytest.raises(HTTPException):  # a ConnectionError is an error of the system too
        await store.keep(broken(), "a", "ann")
    assert list((tmp_path / "blobs").iterdir()) == []


async def test_damaged_notes_are_dropped(store, tmp_path, clock):
    blob = await store.keep(pieces(b"x"), "a", "ann")
    (tmp_path / "blobs" / f"{blob.id}.json").write_text("{")
    assert await BlobStore(tmp_path / "blobs", clock).find(blob.id) is None
    assert list((tmp_path / "blobs").iterdir()) == []


async def test_files_belong_to_their_person(store):
    await store.keep(pieces(b"x"), "a", "ann")
    assert await store.listed("ben") == []


async def test_files_that_come_at_once_right_after_a_start_do_not_sweep_each_other_away(store, monkeypatch):
    looks = []
    look = BlobStore._look

    def slow_look(self):
        looks.append(len(looks))
        time.sleep(0.05 * len(looks))  # the second one would look while the first file is coming in
        return look(self)

    monkeypatch.setattr(BlobStore, "_look", slow_look)

    async def slow():
        yield b"x" * 100
        await asyncio.sleep(0.2)
        yield b"x"

    kept = await asyncio.gather(*(store.keep(slow(), "a", "ann") for _ in range(2)))
    assert [blob.size for blob in kept] == [101, 101]
    assert looks == [0]
