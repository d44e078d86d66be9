"""Files of messages: fetched in parts from the gateway, checked, and kept in memory for the next rounds."""

import asyncio
import base64
import binascii
import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from wactorz_common.contracts.blobs import Attachment, BlobPart, ReadBlob
from wactorz_common.contracts.llm import Completion
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_llm.contents import Flawed, content_of
from wactorz_llm.question import File
from wactorz_llm.room import Room
from wactorz_llm.showing import MOST_FILES, Fetched, attached, is_visible, megabytes

LARGEST = 12_000_000
"""Bytes of one file, and of all files of a question."""

FETCH_SECONDS, WAIT_SECONDS = 20.0, 30.0
KEEP_SECONDS = 120.0
"""How long a file is kept for the next round of the same conversation, whatever became of it at the gateway."""

_MOST_KEPT = LARGEST

HoldFiles = Callable[[Completion], AbstractAsyncContextManager[Fetched]]
"""Gives the files of a question for as long as it is answered."""

Read = Callable[[ReadBlob], Awaitable[BlobPart]]


@asynccontextmanager
async def no_files(_request: Completion) -> AsyncIterator[Fetched]:
    """For whoever has no gateway to ask."""
    yield {}


class Files:
    """Fetches files for the person whose they are; `clock` is monotonic."""

    def __init__(self, read: Read, clock: Callable[[], float] = time.monotonic) -> None:
        self._read, self._clock = read, clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, File]] = OrderedDict()
        self._room = Room(LARGEST)

    @asynccontextmanager
    async def held(self, request: Completion) -> AsyncIterator[Fetched]:
        """The files of a question, for as long as it is answered: only so many bytes are under way at once."""
        async with self._room.taken(sum(one.size for one in attached(request)), WAIT_SECONDS):
            yield await self.fetch(request)

    async def fetch(self, request: Completion) -> Fetched:
        """Every file of a question, or why there is none."""
        wanted = list(attached(request))
        found: dict[str, File | Flawed] = {}
        if not wanted:
            return found
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                left = LARGEST
                for number, one in enumerate(wanted):
                    found[one.id] = await self._one(one, request.person, number, left)
                    left -= one.size if isinstance(found[one.id], File) else 0
        except TimeoutError:
            pass  # those that did not come are unreachable
        return {one.id: found.get(one.id) or Flawed("unreachable") for one in wanted}

    async def _one(self, wanted: Attachment, person: str, number: int, left: int) -> File | Flawed:
        try:
            _check(wanted, number, left)
            return self._known(wanted, person) or self._keep(person, await self._fetched(wanted, person))
        except Flawed as flaw:
            return flaw
        except TaskFailed:
            return Flawed("gone")
        except TransportError:
            return Flawed("unreachable")

    async def _fetched(self, wanted: Attachment, person: str) -> File:
        first = await self._read(ReadBlob(id=wanted.id, person=person))
        told, pieces = first.blob, [_bytes(first)]
        if told.size != wanted.size or (wanted.sha256 and told.sha256 != wanted.sha256):
            raise Flawed("damaged")
        while len(pieces) < first.parts and sum(map(len, pieces)) < wanted.size:
            pieces.append(_bytes(await self._read(ReadBlob(id=wanted.id, part=len(pieces), person=person))))
        return await asyncio.to_thread(_checked, wanted, b"".join(pieces), told.sha256)

    def _known(self, wanted: Attachment, person: str) -> File | None:
        self._forget()
        kept = self._kept.get((person, wanted.id))
        return kept[1] if kept else None

    def _keep(self, person: str, file: File) -> File:
        self._kept[(person, file.attachment.id)] = (self._clock(), file)
        self._forget()
        return file

    def _forget(self) -> None:
        """What is old or too much; the oldest first."""
        size = sum(len(file.data) for _, file in self._kept.values())
        while self._kept:
            at, file = next(iter(self._kept.values()))
            if self._clock() - at < KEEP_SECONDS and size <= _MOST_KEPT:
                return
            self._kept.popitem(last=False)
            size -= len(file.data)


def _check(wanted: Attachment, number: int, left: int) -> None:
    """Raise Flawed for what is not worth fetching."""
    if not is_visible(wanted.media_type):
        raise Flawed("kind", wanted.media_type)
    if number >= MOST_FILES:
        raise Flawed("many", str(MOST_FILES))
    if wanted.size > LARGEST:
        raise Flawed("large", megabytes(LARGEST))
    if wanted.size > left:
        raise Flawed("many", megabytes(LARGEST))


def _bytes(part: BlobPart) -> bytes:
    try:
        return base64.b64decode(part.data, validate=True)
    except binascii.Error as error:
        raise Flawed("damaged") from error


def _checked(wanted: Attachment, data: bytes, told: str) -> File:
    """The file, if it is whole and what it claims to be."""
    digest = hashlib.sha256(data).hexdigest()
    if len(data) != wanted.size or (told and digest != told):
        raise Flawed("damaged")
    return File(wanted, content_of(data, wanted.media_type), data, digest)
