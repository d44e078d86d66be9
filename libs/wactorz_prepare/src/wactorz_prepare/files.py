"""Files that only their owner reads, made once.

The folders belong to services, of which one may have been taken over: a link that it left is removed, not followed.
"""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Owner:
    """A user and group of the containers; without the rights of root the present one stays."""

    uid: int
    gid: int

    def take(self, path: Path, mode: int) -> None:
        """Make a file or folder this owner's, with this mode; only its owner may change that, so root is it first."""
        found = path.stat()
        is_root = os.geteuid() == 0
        if stat.S_IMODE(found.st_mode) != mode:
            if is_root:
                os.chown(path, 0, 0)
            path.chmod(mode)
            found = path.stat()
        if is_root and (found.st_uid, found.st_gid) != (self.uid, self.gid):
            os.chown(path, self.uid, self.gid)


def folder(path: Path, owner: Owner) -> Path:
    """A folder that its owner alone may enter, with those above it that are missing."""
    if not path.parent.exists():
        folder(path.parent, owner)
    _drop_link(path)
    path.mkdir(mode=0o700, exist_ok=True)
    owner.take(path, 0o700)
    return path


def write(path: Path, text: str, owner: Owner, mode: int = 0o400) -> None:
    """Write a file as a whole; one that has this text already is left alone but for its owner and mode."""
    _drop_link(path)
    if not path.exists() or path.read_text() != text:
        draft = path.with_name(f".{path.name}.draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        owner.take(draft, mode)
        draft.rename(path)
    owner.take(path, mode)


def secret(path: Path, owner: Owner) -> str:
    """The secret in a file; one is made when there is none."""
    _drop_link(path)
    known = path.read_text().strip() if path.exists() else ""
    text = known or secrets.token_urlsafe(32)
    write(path, text, owner)
    return text


def _drop_link(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
