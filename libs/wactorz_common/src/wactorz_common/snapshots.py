"""An agent's answers about its whole state: a copy in parts, and parts that are put together, verified and taken."""

import asyncio
import base64
import binascii
import contextlib
import gzip
import hashlib
import os
import secrets
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path

from wactorz_common.contracts.backup import (
    PART_BYTES,
    SnapshotPart,
    SnapshotRequest,
    Staged,
    StateApplied,
    StateApply,
    StateIn,
)
from wactorz_common.database import MIGRATIONS, connect
from wactorz_common.errors import Refused
from wactorz_common.restoring import problem_of, restored_path
from wactorz_common.store import Store

LARGEST_STATE = 4 * 1024**3
"""Bytes that a compressed state may unfold to."""

_BLOCK = 1024 * 1024


@dataclass(slots=True)
class _Snapshot:
    snapshot_id: str
    file: Path
    size: int
    sha256: str
    schema_version: int

    @property
    def parts(self) -> int:
        return max(1, -(-self.size // PART_BYTES))


@dataclass(slots=True)
class _Incoming:
    restore_id: str
    file: Path
    parts: int
    sha256: str
    received: int = 0
    complete: bool = False


class StateKeeper:
    """Copies one agent's state and puts it back; one of each at a time, the newest counts."""

    def __init__(self, store: Store, name: str, agent_id: str) -> None:
        self._store, self._name, self._agent_id = store, name, agent_id
        self._snapshot: _Snapshot | None = None
        self._incoming: _Incoming | None = None
        self._one_at_a_time = asyncio.Lock()

    async def part(self, request: SnapshotRequest) -> SnapshotPart:
        """One part of a snapshot; Refused when there is no such snapshot or part any more."""
        async with self._one_at_a_time:
            if not request.snapshot_id:
                self._snapshot = await asyncio.to_thread(self._copy)
            found = self._snapshot
            if found is None or found.snapshot_id != (request.snapshot_id or found.snapshot_id):
                raise Refused(f"{self._name} has no such snapshot any more: begin again")
            if request.part >= found.parts:
                raise Refused(f"the snapshot of {self._name} has {found.parts} parts")
            data = await asyncio.to_thread(_read, found.file, request.part * PART_BYTES)
            if request.part == found.parts - 1:
                found.file.unlink()
                self._snapshot = None
        return SnapshotPart(
            snapshot_id=found.snapshot_id, name=self._name, agent_id=self._agent_id, part=request.part,
            parts=found.parts, data=base64.b64encode(data).decode(), size=found.size, sha256=found.sha256,
            schema_version=found.schema_version,
        )  # fmt: skip

    def _copy(self) -> _Snapshot:
        plain, packed = self._beside("snapshot"), self._beside("snapshot.gz")
        plain.unlink(missing_ok=True)
        connection = connect(self._store.path)
        try:
            version: int = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.execute("VACUUM INTO ?", (str(plain),))
        finally:
            connection.close()
        with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target, _BLOCK)
        plain.unlink()
        return _Snapshot(secrets.token_hex(8), packed, packed.stat().st_size, _hash(packed), version)

    async def stage(self, request: StateIn) -> Staged:
        """Keep one part; with the last one the whole is verified. Refused with a sentence leaves nothing behind."""
        async with self._one_at_a_time:
            incoming = self._expected(request)
            try:
                await asyncio.to_thread(self._keep, incoming, request)
            except Refused:
                self._drop()
                raise
        return Staged(restore_id=incoming.restore_id, complete=incoming.complete)

    def _expected(self, request: StateIn) -> _Incoming:
        if not request.restore_id and request.part == 0:
            self._drop()
            file = self._beside("incoming.gz")
            self._incoming = _Incoming(secrets.token_hex(16), file, request.parts, request.sha256)
        incoming = self._incoming
        if incoming is None or (request.restore_id and request.restore_id != incoming.restore_id):
            raise Refused(f"{self._name} knows of no such restore: begin again")
        if (request.part, request.parts, request.sha256) != (incoming.received, incoming.parts, incoming.sha256):
            raise Refused(f"{self._name} waits for part {incoming.received + 1} of {incoming.parts}: begin again")
        return incoming

    def _keep(self, incoming: _Incoming, request: StateIn) -> None:
        try:
            data = base64.b64decode(request.data, validate=True)
        except binascii.Error as error:
            raise Refused("a part of the state is not base64") from error
        with incoming.file.open("wb" if request.part == 0 else "ab") as target:
            target.write(data)
        incoming.received += 1
        if incoming.received == incoming.parts:
            self._verify(incoming)
            incoming.complete = True

    def _verify(self, incoming: _Incoming) -> None:
        if _hash(incoming.file) != incoming.sha256:
            raise Refused(f"the state of {self._name} did not arrive as it was sent")
        draft = self._beside("draft")
        try:
            _unpack(incoming.file, draft)
        except (OSError, EOFError, zlib.error) as error:
            raise Refused(f"the state of {self._name} cannot be unpacked: {error}") from error
        problem = problem_of(draft, len(MIGRATIONS))
        if problem:
            raise Refused(f"the state of {self._name} cannot be put back: {problem}")

    async def apply(self, request: StateApply) -> StateApplied:
        """Let the verified state take its place at the next start."""
        async with self._one_at_a_time:
            incoming = self._incoming
            if incoming is None or not incoming.complete or request.restore_id != incoming.restore_id:
                raise Refused(f"{self._name} knows of no such restore: begin again")
            await asyncio.to_thread(_settle, self._beside("draft"), restored_path(self._store.path))
            self._drop()
        return StateApplied(name=self._name)

    def _drop(self) -> None:
        self._incoming = None
        for suffix in ("incoming.gz", "draft", "draft-wal", "draft-shm", "draft-journal"):
            self._beside(suffix).unlink(missing_ok=True)

    def _beside(self, suffix: str) -> Path:
        return self._store.path.with_name(f"{self._store.path.name}.{suffix}")


def _read(file: Path, offset: int) -> bytes:
    with file.open("rb") as source:
        source.seek(offset)
        return source.read(PART_BYTES)


def _hash(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _unpack(packed: Path, plain: Path) -> None:
    descriptor = os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with gzip.open(packed, "rb") as source, os.fdopen(descriptor, "wb") as target:
        left = LARGEST_STATE
        while block := source.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise OSError("it is too large")
            target.write(block)


def _settle(draft: Path, target: Path) -> None:
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    with contextlib.suppress(FileNotFoundError):
        target.unlink()
    draft.rename(target)
