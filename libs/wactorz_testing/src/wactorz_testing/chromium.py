"""A Chromium to drive: the machine's own, or one that is installed where this user may."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--force-color-profile=srgb", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
)  # fmt: skip
"""As tests run it: by root, without a graphics card, speaking to nobody else."""

_LIMIT_SECONDS = 600


def find() -> str:
    """The program, or nothing."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def install() -> str:
    """Install it with apt when this user may; the program, or nothing."""
    apt = shutil.which("apt-get")
    if apt is None or os.getuid() != 0:
        return ""
    print("Installing Chromium with apt-get", flush=True)  # noqa: T201  # a recipe's progress
    install_command = [apt, "-q", "-y", "install", "--no-install-recommends", "chromium"]
    for command in (install_command, [apt, "-q", "-y", "update"], install_command):
        if _runs(command) and find():
            break
    return find()


def needed(root: Path) -> str:
    """The program; without one the test is skipped, or fails where the machine is one that tests everything."""
    found = find()
    if found:
        return found
    sentence = "no Chromium: install it (for example: apt-get install chromium)"
    if rigs(root).exists():
        pytest.fail(sentence)
    pytest.skip(sentence)


def rigs(root: Path) -> Path:
    """Where a machine that tests everything keeps what it needs for that; `root` is the checkout."""
    return Path(os.environ.get("WACTORZ_RIGS") or root.parent / "shared" / "rigs")


def _runs(command: list[str]) -> bool:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(  # noqa: S603
            command, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_LIMIT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[3]} failed: {error}", file=sys.stderr)  # noqa: T201
        return False
    return done.returncode == 0


if __name__ == "__main__":
    if not (find() or install()):
        print("There is no Chromium here, so nothing is tested in it", file=sys.stderr)  # noqa: T201
