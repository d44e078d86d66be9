"""Tells whoever starts the server how the first owner is made."""

import os
import stat
import sys
from pathlib import Path
from typing import TextIO


def invitation(code: str, path: Path, *, kept: bool) -> str:
    """What is said while there is no owner; the code itself only where it is not kept, as it would be in a log file."""
    if kept:
        return f"There is no owner yet: open the page and make an account with the code in {path}"
    return f"There is no owner yet: open the page and make an account with the code {code}"


def announce(code: str, path: Path, out: TextIO | None = None) -> None:
    """Say it on the standard output."""
    out = out or sys.stdout
    out.write(invitation(code, path, kept=_is_file(out)) + "\n")
    out.flush()


def _is_file(out: TextIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(out.fileno()).st_mode)
    except (OSError, ValueError):
        return False
