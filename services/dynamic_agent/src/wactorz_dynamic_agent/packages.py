"""Installs the packages of an agent into a folder of its own."""

import asyncio
import hashlib
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from wactorz_common.errors import Refused

MOST_PACKAGES = 20
INSTALL_SECONDS = 300.0

_NAME = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?(?:\[[A-Za-z0-9,_-]{1,60}\])?"
                   r"(?:(?:==|>=|<=|~=|<|>)[0-9][A-Za-z0-9.*+!]{0,30})?$")  # fmt: skip
_STAMP = ".installed"
_LONGEST_REASON = 600


def problem_of(names: tuple[str, ...]) -> str:
    """Why these packages are not installed; empty when they can be tried."""
    if len(names) > MOST_PACKAGES:
        return f"{len(names)} packages are asked for; at most {MOST_PACKAGES} are installed"
    wrong = next((name for name in names if not _NAME.fullmatch(name)), None)
    return "" if wrong is None else f"'{wrong[:80]}' is no package name: options, addresses and paths are refused"


async def install(names: tuple[str, ...], folder: Path, wheels: Path | None) -> None:
    """Install what is not there yet; Refused with the installer's own reason when that fails."""
    problem = problem_of(names)
    if problem:
        raise Refused(problem)
    if await asyncio.to_thread(_is_there, names, folder):
        return
    command = command_of(names, folder, wheels)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "PIP_NO_INPUT": "1"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(INSTALL_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise Refused(f"installing {', '.join(names)} took longer than {INSTALL_SECONDS:g} s") from None
    if process.returncode:
        raise Refused(f"{', '.join(names)} could not be installed: {reason_of(output.decode(errors='replace'))}")
    await asyncio.to_thread((folder / _STAMP).write_text, stamp_of(names))


def _is_there(names: tuple[str, ...], folder: Path) -> bool:
    """Whether it was installed before; makes the folder."""
    stamp = folder / _STAMP
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return stamp.exists() and stamp.read_text() == stamp_of(names)


def command_of(names: tuple[str, ...], folder: Path, wheels: Path | None) -> list[str]:
    """The installer's command: wheels only, so that nothing is executed while installing."""
    source = ["--no-index", "--find-links", str(wheels)] if wheels else []
    return [sys.executable, *_pip(), "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir",
            "--only-binary", ":all:", "--upgrade", "--target", str(folder), *source, "--", *names]  # fmt: skip


def _pip() -> tuple[str, ...]:
    """The installer of this interpreter, or the one that Python itself carries for new environments."""
    if find_spec("pip") is not None:
        return ("-m", "pip")
    carrier = find_spec("ensurepip")
    carried = sorted(Path(carrier.origin).parent.glob("_bundled/pip-*.whl")) if carrier and carrier.origin else []
    if not carried:
        raise Refused("packages cannot be installed here: this Python has no pip")
    return (f"{carried[-1]}/pip",)


def stamp_of(names: tuple[str, ...]) -> str:
    """Tells whether what is installed is what is wanted."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def reason_of(output: str) -> str:
    """The lines in which the installer says what is wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return " ".join(errors or lines[-3:] or ["the installer does not say why"])[:_LONGEST_REASON]
