"""Installs Mosquitto with the system's package manager, without leaving a system broker running."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")

_DENY = "#!/bin/sh\n# Made by Wactorz while it installs its broker\nexit 101\n"
_PACKAGE = "mosquitto"
_LIMIT_SECONDS = 300


def install() -> str:
    """Install Mosquitto when this user may; the path of the program, or nothing."""
    apt = shutil.which("apt-get")
    if apt is None or os.getuid() != 0:
        return ""
    sys.stdout.write("Installing Mosquitto with apt-get\n")
    with no_service_start(POLICY):
        if not (_apt(apt, "install") or (_apt(apt, "update") and _apt(apt, "install"))):
            return ""
    _forget_service()
    return shutil.which(_PACKAGE, path="/usr/sbin:/usr/bin") or ""


@contextmanager
def no_service_start(policy: Path) -> Iterator[None]:
    """Forbid packages to start services meanwhile; a policy that is already there stays as it is."""
    try:
        descriptor = os.open(policy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755)
    except FileExistsError:
        yield
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(_DENY)
    policy.chmod(0o755)
    try:
        yield
    finally:
        if policy.exists() and policy.read_text() == _DENY:
            policy.unlink()


def _apt(apt: str, action: str) -> bool:
    packages = ["--no-install-recommends", _PACKAGE] if action == "install" else []
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(  # noqa: S603
            [apt, "-q", "-y", action, *packages], env=env, stdin=subprocess.DEVNULL, stdout=sys.stdout,
            stderr=subprocess.STDOUT, check=False, timeout=_LIMIT_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.stdout.write(f"apt-get {action} failed: {error}\n")
        return False
    return done.returncode == 0


def _forget_service() -> None:
    """Keep the package's own service from starting at the next boot."""
    systemctl = shutil.which("systemctl")
    if systemctl is not None:
        command = [systemctl, "disable", "--quiet", f"{_PACKAGE}.service"]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603
