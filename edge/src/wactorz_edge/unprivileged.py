"""Runs a program as another user: `unprivileged.py UID FOLDER PROGRAM ...`; standard library only."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

FIRST_USER = 70_000
"""User ids of agents that run as plain processes begin here; none of them has an account."""


def give(folder: Path, user: int) -> None:
    """Hand a folder and all that lies in it to a user; it stays closed to everybody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in (folder, *folder.rglob("*")):
        os.chown(place, user, user, follow_symlinks=False)


def closed_passage(place: Path) -> Path | None:
    """The first folder on the way to a place that other users may not pass; None when the way is open."""
    for folder in reversed(place.parents):
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def main(arguments: Sequence[str]) -> None:
    """Give every right away, then become the program."""
    user, folder, *command = arguments
    os.setgroups([])
    os.setresgid(int(user), int(user), int(user))
    os.setresuid(int(user), int(user), int(user))
    os.umask(0o077)
    os.chdir(folder)
    os.execv(command[0], command)  # noqa: S606  # the program that the runner names


if __name__ == "__main__":
    main(sys.argv[1:])
