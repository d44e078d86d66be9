"""The file of a backup: a tar with one compressed state for each agent and, last, a manifest."""

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

FORMAT = 1
"""Version of the file; a program reads its own and older ones."""

MANIFEST = "manifest.json"
BLOCK = tarfile.BLOCKSIZE
_MOST_MEMBERS = 2_000
_LARGEST_MANIFEST = 4 * 1024 * 1024
_CHUNK = 1024 * 1024


class Member(BaseModel):
    """One agent's state in the file."""

    name: str = Field(min_length=1)
    agent_id: str = ""
    replica: str = ""
    file: str
    size: int = Field(ge=0)
    sha256: str
    schema_version: int = 0


class Missing(BaseModel):
    """An agent that did not give its state."""

    name: str
    why: str


class Manifest(BaseModel):
    """What is in the file."""

    kind: Literal["wactorz-backup"] = "wactorz-backup"
    format: int = FORMAT
    version: str = ""
    made_at: str = ""
    agents: list[Member] = []
    missing: list[Missing] = []


@dataclass(frozen=True)
class Archive:
    """A file whose content agrees with its manifest; `places` are member name to offset."""

    file: Path
    manifest: Manifest
    places: dict[str, int]

    def read(self, member: Member, offset: int, size: int) -> bytes:
        """Some bytes of a member."""
        with self.file.open("rb") as source:
            source.seek(self.places[member.file] + offset)
            return source.read(min(size, member.size - offset))


def header(name: str, size: int, modified: float) -> bytes:
    """What stands before a member of the tar file."""
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, int(modified), 0o600
    return info.tobuf(tarfile.PAX_FORMAT)


def padding(size: int) -> bytes:
    """What follows a member of this size."""
    return bytes(-size % BLOCK)


END = bytes(2 * BLOCK)
"""What ends a tar file."""


def opened(file: Path) -> Archive:
    """Check the whole of a file; HTTPException 422 with a sentence when it cannot be put back."""
    try:
        with tarfile.open(file, "r:") as tar:
            return _checked(file, tar)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _refused("The file is no backup of Wactorz, or only a part of one", error) from error


def _checked(file: Path, tar: tarfile.TarFile) -> Archive:
    members: dict[str, tarfile.TarInfo] = {}
    for info in tar:
        if not info.isreg() or info.name in members or len(members) > _MOST_MEMBERS:
            raise _refused("The file holds something that is not part of a backup")
        members[info.name] = info
    if MANIFEST not in members:
        raise _refused("The file is only a part of a backup: its end is missing")
    manifest = _manifest(tar, members.pop(MANIFEST))
    if {member.file for member in manifest.agents} != members.keys() or len(members) != len(manifest.agents):
        raise _refused("The file does not hold what its manifest says")
    archive = Archive(file, manifest, {name: info.offset_data for name, info in members.items()})
    for member in manifest.agents:
        if members[member.file].size != member.size or _hash(archive, member) != member.sha256:
            raise _refused(f"The state of {member.name} in the file is damaged")
    return archive


def _manifest(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Manifest:
    source = tar.extractfile(info)
    data = source.read(_LARGEST_MANIFEST) if source else b""
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        raise _refused("The manifest of the backup cannot be read", error) from error
    if manifest.format > FORMAT:
        raise _refused(
            f"The backup has format {manifest.format} (Wactorz {manifest.version}), but this program knows only up to "
            f"{FORMAT}: install the newer program first"
        )
    return manifest


def _hash(archive: Archive, member: Member) -> str:
    digest = hashlib.sha256()
    for offset in range(0, member.size, _CHUNK):
        digest.update(archive.read(member, offset, _CHUNK))
    return digest.hexdigest()


def _refused(sentence: str, cause: Exception | None = None) -> HTTPException:
    error = HTTPException(422, f"{sentence}; nothing was changed")
    error.__cause__ = cause
    return error


def manifest_member(manifest: Manifest, modified: float) -> bytes:
    """The last member of the tar file, and its end."""
    data = io.BytesIO(manifest.model_dump_json(indent=1).encode()).getvalue()
    return header(MANIFEST, len(data), modified) + data + padding(len(data)) + END
