"""A backup: the state of every agent, asked for part by part and written into one file."""

import asyncio
import base64
import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO

from wactorz_common.contracts.backup import SNAPSHOT, SnapshotPart, SnapshotRequest
from wactorz_common.errors import WactorzError
from wactorz_gateway.actor import Agent
from wactorz_gateway.archive import Manifest, Member, Missing, header, manifest_member, padding
from wactorz_gateway.backend import Backend
from wactorz_gateway.parts import Parts
from wactorz_gateway.problems import sentence_of
from wactorz_gateway.views import VERSION

_ANSWER_SECONDS = 20.0
_IN_MEMORY = 4 * 1024 * 1024
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Holder:
    """An agent whose state is part of the whole, and how tasks reach just this one."""

    name: str
    agent_id: str
    replica: str
    address: str
    incarnation: int = 0


def holder(agent: Agent) -> Holder:
    """How the state of an agent is reached: one of several replicas by its id, every other one by its name."""
    replica = str(agent.heartbeat.get("replica", ""))
    address = f"{agent.name}/{agent.agent_id}" if replica else agent.name
    return Holder(agent.name, agent.agent_id, replica, address, agent.incarnation)


async def collected(parts: Parts) -> AsyncIterator[bytes]:
    """The tar file, piece by piece. All snapshots are taken first, at about the same moment."""
    now = parts.now()
    holders = [holder(agent) for agent in parts.registry.listed() if agent.name]
    first = await asyncio.gather(*(_first(parts.backend, one) for one in holders))
    made_at = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    manifest = Manifest(version=VERSION, made_at=made_at)
    for one, beginning in zip(holders, first, strict=True):
        if isinstance(beginning, SnapshotPart):
            with tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(parts.log_dir.parent)) as whole:
                problem = await _fetch(parts.backend, one, beginning, whole)
                if not problem:
                    member = _member(one, beginning)
                    manifest.agents.append(member)
                    yield header(member.file, member.size, now)
                    while piece := whole.read(_CHUNK):
                        yield piece
                    yield padding(member.size)
                    continue
        else:
            problem = beginning
        manifest.missing.append(Missing(name=one.name, why=problem))
    yield manifest_member(manifest, now)


def _member(one: Holder, beginning: SnapshotPart) -> Member:
    own = f"{one.name}/{beginning.agent_id}" if one.replica else one.name
    return Member(
        name=one.name, agent_id=beginning.agent_id, replica=one.replica, file=f"agents/{own}.db.gz",
        size=beginning.size, sha256=beginning.sha256, schema_version=beginning.schema_version,
    )  # fmt: skip


async def _first(backend: Backend, one: Holder) -> SnapshotPart | str:
    """The first part of an agent's state, or why there is none."""
    try:
        return await backend.ask(SNAPSHOT, SnapshotRequest(), to=one.address, timeout=_ANSWER_SECONDS)
    except WactorzError as error:
        return sentence_of(error)


async def _fetch(backend: Backend, one: Holder, beginning: SnapshotPart, whole: IO[bytes]) -> str:
    """Write all parts into a file and go back to its beginning; why that was not possible, or nothing."""
    digest, part = hashlib.sha256(), beginning
    try:
        for number in range(1, beginning.parts + 1):
            data = base64.b64decode(part.data)
            digest.update(data)
            whole.write(data)
            if number < beginning.parts:
                request = SnapshotRequest(snapshot_id=beginning.snapshot_id, part=number)
                part = await backend.ask(SNAPSHOT, request, to=one.address, timeout=_ANSWER_SECONDS)
    except WactorzError as error:
        return sentence_of(error)
    if digest.hexdigest() != beginning.sha256 or whole.tell() != beginning.size:
        return "its state did not arrive as it was sent"
    whole.seek(0)
    return ""
