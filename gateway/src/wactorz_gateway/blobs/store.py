"""The files themselves, each beside what is known of it, in a folder that only the gateway reads."""

import asyncio
import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from wactorz_common import logs
from wactorz_common.contracts.blobs import PART_BYTES, Attachment
from wactorz_gateway.blobs.kinds import HEAD_BYTES, media_type_of, safe_name

MAX_BLOB = 25 * 1024 * 1024
"""Bytes of one file."""

QUOTA = 1024**3
"""Bytes of all files."""

KEEP_SECONDS = 24 * 3600.0
"""A file is kept for so long after it was last used."""

MOST_BLOBS = 10_000
_TOO_LARGE = f"The file is too large: at most {MAX_BLOB // 1024**2} MiB"
_FULL = "There is no room for the file: delete some, or wait until those of yesterday are gone"
_log = logs.get(__name__)


class Blob(BaseModel):
    """What is known of a file."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    person: str
    expires_at: float

    def attachment(self) -> Attachment:
        """The same as agents are told of it."""
        return Attachment(id=self.id, name=self.name, media_type=self.media_type, size=self.size, sha256=self.sha256)


class BlobStore:
    """Files by id; `now` gives epoch seconds. Paths are made of ids of our own, never of what a client says."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time, quota: int = QUOTA) -> None:
        self._folder, self._now, self._quota = folder, now, quota
        self._known: dict[str, Blob] | None = None
        self._coming = 0
        self._opening = asyncio.Lock()

    async def keep(self, pieces: AsyncIterator[bytes], name: str, person: str) -> Blob:
        """Keep a file as it comes; HTTPException when it is too large or there is no room."""
        await self._open()
        await self.expire()
        blob_id = secrets.token_hex(16)
        part = self._folder / f"{blob_id}.part"
        target = await asyncio.to_thread(_created, part)
        intake = _Intake(target)
        try:
            async for piece in pieces:
                self._admit(intake, len(piece))
                await asyncio.to_thread(intake.write, piece)
            blob = intake.blob(blob_id, safe_name(name), person, self._now() + KEEP_SECONDS)
            await asyncio.to_thread(self._settle, part, target, blob)
        except OSError as error:
            await asyncio.to_thread(_dropped, part, target)
            raise HTTPException(507, f"The file could not be kept: {error.strerror}") from error
        except BaseException:
            await asyncio.to_thread(_dropped, part, target)
            raise
        finally:
            self._coming -= intake.size
        self._all[blob_id] = blob
        return blob

    async def find(self, blob_id: str) -> Blob | None:
        """What is known of a file that is kept."""
        await self._open()
        blob = self._all.get(blob_id)
        return blob if blob is not None and blob.expires_at > self._now() else None

    async def listed(self, person: str) -> list[Blob]:
        """The files of a person, oldest first."""
        await self._open()
        await self.expire()
        return sorted((blob for blob in self._all.values() if blob.person == person), key=lambda blob: blob.expires_at)

    async def use(self, blob: Blob) -> None:
        """It was used: keep it for a day from now."""
        await self._open()
        used = blob.model_copy(update={"expires_at": self._now() + KEEP_SECONDS})
        self._all[blob.id] = used
        await asyncio.to_thread(self._note, used)

    async def delete(self, blob: Blob) -> None:
        """Forget a file."""
        await self._open()
        self._all.pop(blob.id, None)
        await asyncio.to_thread(self._remove, blob.id)

    async def read(self, blob: Blob, offset: int = 0, size: int = PART_BYTES) -> bytes:
        """Some bytes of a file."""
        return await asyncio.to_thread(self._read, blob.id, offset, size)

    async def pieces(self, blob: Blob) -> AsyncIterator[bytes]:
        """The whole file, piece by piece."""
        for offset in range(0, blob.size, PART_BYTES):
            yield await self.read(blob, offset)

    async def expire(self) -> None:
        """Drop the files that nobody has used for a day."""
        await self._open()
        for blob in [blob for blob in self._all.values() if blob.expires_at <= self._now()]:
            await self.delete(blob)

    # -- the folder ---------------------------------------------------------------------------------------------

    @property
    def _all(self) -> dict[str, Blob]:
        if self._known is None:
            raise RuntimeError("the folder was not looked at yet")
        return self._known

    async def _open(self) -> None:
        """Look at the folder, once: a second look would sweep away what is just coming in."""
        async with self._opening:
            if self._known is None:
                self._known = await asyncio.to_thread(self._look)

    def _look(self) -> dict[str, Blob]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._folder.glob("*.part"):
            left.unlink(missing_ok=True)
        found = {}
        for file in self._folder.glob("*.json"):
            try:
                blob = Blob.model_validate_json(file.read_bytes())
            except (OSError, ValidationError) as error:
                _log.warning("an attachment cannot be read and is dropped", file=file.name, reason=type(error).__name__)
                self._remove(file.stem)
                continue
            if blob.id == file.stem and (self._folder / f"{blob.id}.bin").exists():
                found[blob.id] = blob
        return found

    def _admit(self, intake: "_Intake", more: int) -> None:
        if intake.size + more > MAX_BLOB:
            raise HTTPException(413, _TOO_LARGE)
        kept = sum(blob.size for blob in self._all.values())
        if kept + self._coming + more > self._quota or len(self._all) >= MOST_BLOBS:
            raise HTTPException(507, _FULL)
        self._coming += more
        intake.size += more

    def _settle(self, part: Path, target: BinaryIO, blob: Blob) -> None:
        target.close()
        self._note(blob)
        part.replace(self._folder / f"{blob.id}.bin")

    def _note(self, blob: Blob) -> None:
        part = self._folder / f"{blob.id}.note.part"
        with _created(part) as target:
            target.write(blob.model_dump_json().encode())
        part.replace(self._folder / f"{blob.id}.json")

    def _remove(self, blob_id: str) -> None:
        for ending in ("bin", "json"):
            (self._folder / f"{blob_id}.{ending}").unlink(missing_ok=True)

    def _read(self, blob_id: str, offset: int, size: int) -> bytes:
        with (self._folder / f"{blob_id}.bin").open("rb") as source:
            source.seek(offset)
            return source.read(size)


class _Intake:
    """A file that is coming in."""

    def __init__(self, target: BinaryIO) -> None:
        self._target, self.size = target, 0
        self._head, self._digest = b"", hashlib.sha256()

    def write(self, piece: bytes) -> None:
        """Take in the next bytes."""
        if len(self._head) < HEAD_BYTES:
            self._head += piece[: HEAD_BYTES - len(self._head)]
        self._digest.update(piece)
        self._target.write(piece)

    def blob(self, blob_id: str, name: str, person: str, expires_at: float) -> Blob:
        """What is known of it at its end."""
        return Blob(
            id=blob_id, name=name, media_type=media_type_of(self._head), size=self.size,
            sha256=self._digest.hexdigest(), person=person, expires_at=expires_at,
        )  # fmt: skip


def _created(file: Path) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _dropped(part: Path, target: BinaryIO) -> None:
    with contextlib.suppress(OSError):  # the disk may be full; the file goes in any case
        target.close()
    part.unlink(missing_ok=True)
