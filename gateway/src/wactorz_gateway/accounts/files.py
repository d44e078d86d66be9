"""Small files that only this user may read: the set-up code and the machine's own token."""

import contextlib
import hmac
import os
import re
import secrets
import stat
from pathlib import Path

from wactorz_common.errors import StoreError

FOLDER = "secrets"
CODE_FILE = "setup-code"
TOKEN_FILE = "local-token"  # noqa: S105  # the name of a file
MARK_FILE = "sessions-mark"
_OWN = 0o600
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE = re.compile(rf"[{_ALPHABET}]{{4}}(-[{_ALPHABET}]{{4}}){{2}}")


def write_private(path: Path, text: str) -> None:
    """Write a file with mode 0600 in a folder of mode 0700; whoever reads it sees the old text or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWN)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
        draft.replace(path)
    except OSError as error:
        raise StoreError(
            f"the file {path} cannot be written ({error.strerror}): give this user the right to, or set "
            "WACTORZ_STATE_DIR to another folder",
            path=str(path),
        ) from error


def read_private(path: Path) -> str:
    """What such a file says; empty when there is none."""
    try:
        return path.read_text().strip()
    except OSError:
        return ""


def remove(path: Path) -> None:
    """Take a file away, if it is there."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


class SetupCode:
    """The code that makes the first owner: in a file and on the screen, the same over restarts, good for once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / CODE_FILE
        self._code = ""

    def make(self) -> str:
        """The code that is in its file, else a new one, written there."""
        self._code = self._kept() or self._new()
        return self._code

    def _kept(self) -> str:
        """The code of an earlier start; nothing where others than this user could have read or written it."""
        with contextlib.suppress(OSError):
            facts = self.path.lstat()
            if stat.S_ISREG(facts.st_mode) and stat.S_IMODE(facts.st_mode) == _OWN and facts.st_uid == os.geteuid():
                kept = read_private(self.path)
                return kept if _CODE.fullmatch(kept) else ""
        return ""

    def _new(self) -> str:
        word = "".join(secrets.choice(_ALPHABET) for _ in range(12))
        code = f"{word[:4]}-{word[4:8]}-{word[8:]}"
        write_private(self.path, code)
        return code

    def fits(self, given: str) -> bool:
        """Whether this is the code."""
        return bool(self._code) and hmac.compare_digest(_plain(given), _plain(self._code))

    def take(self, given: str) -> bool:
        """Use the code up: True once, for whoever has it."""
        if not self.fits(given):
            return False
        self._code = ""
        return True

    def give_back(self, code: str) -> None:
        """It was used for nothing: it is good again."""
        self._code = code

    def drop(self) -> None:
        """There is an owner: no code any more."""
        self._code = ""
        remove(self.path)


def _plain(code: str) -> bytes:
    return code.replace("-", "").replace(" ", "").upper().encode(errors="replace")


class LocalToken:
    """The token for whoever has this machine: new at each start, in a file that only this user may read."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / TOKEN_FILE
        self._token = ""

    def make(self) -> None:
        """A new token, written to its file."""
        self._token = "wzl_" + secrets.token_urlsafe(32)
        write_private(self.path, self._token)

    def fits(self, given: str) -> bool:
        """Whether this is the token."""
        return bool(self._token) and hmac.compare_digest(given.encode(errors="replace"), self._token.encode())

    def drop(self) -> None:
        """Nobody comes in with it any more."""
        self._token = ""
        remove(self.path)
