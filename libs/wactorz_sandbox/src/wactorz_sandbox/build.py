"""Makes the guest component and its machine code: `python -m wactorz_sandbox.build [--out DIR]`."""

import argparse
import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from wasmtime import component as wasm

from wactorz_sandbox.engine import engine
from wactorz_sandbox.errors import ComponentError

_GUEST = Path(__file__).parent / "guest"
_COMPONENTIZE = "0.25.1"
_FLAGS = "epoch_interruption"
_ENTRY = "agent_app"
_BUILD_SECONDS = 600
_BY_OTHERS = 0o022
_FILES_OF_OTHERS = 6
"""Of other versions, which may be in use too: a component, its machine code and a stamp each."""


def default_folder() -> Path:
    """The user's cache folder for built components."""
    return Path.home() / ".cache" / "wactorz" / "sandbox"


@cache
def guest_hash() -> str:
    """Hash of what the component is made from."""
    found = hashlib.sha256(_COMPONENTIZE.encode())
    for path in sorted([*_GUEST.glob("*.py"), *_GUEST.glob("wit/*.wit")]):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def component_path(folder: Path) -> Path:
    """Where the component of the present sources is, once built."""
    return folder / f"agent-{guest_hash()}.wasm"


def stamp() -> dict[str, str]:
    """What machine code depends on."""
    return {"guest": guest_hash(), "wasmtime": version("wasmtime"), "flags": _FLAGS, "machine": platform.machine(),
            "system": platform.system()}  # fmt: skip


def code_path(folder: Path) -> Path:
    """Where the machine code for this machine is, once compiled."""
    return folder / f"agent-{guest_hash()}-{version('wasmtime')}-{platform.machine()}.cwasm"


def usable(folder: Path) -> Path | None:
    """The machine code, when it is ours, whole, and made for this machine; it is executed as it is."""
    code = code_path(folder)
    try:
        written = json.loads(code.with_suffix(".json").read_text())
        if not _private(code) or {key: written.get(key) for key in stamp()} != stamp():
            return None
        return code if written.get("sha256") == _digest(code) else None
    except (OSError, ValueError):
        return None


def forget(code: Path) -> None:
    """Have machine code made anew; raises OSError where nothing can be written."""
    code.with_suffix(".json").unlink(missing_ok=True)


def make(folder: Path, log: Callable[[str], None], shipped: Path | None = None) -> Path:
    """Build what is missing in a folder, one process at a time; gives the path of the machine code.

    A component in `shipped` is compiled instead of building one. Raises ComponentError.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return usable(folder) or _make(folder, log, shipped)


def _make(folder: Path, log: Callable[[str], None], shipped: Path | None) -> Path:
    source = component_path(folder)
    if not source.exists() and shipped is not None and component_path(shipped).exists():
        source = component_path(shipped)
    if not source.exists():
        log("building the guest component")
        _componentize(source)
    log("compiling the guest component for this machine")
    data = wasm.Component.from_file(engine(), str(source)).serialize()
    code = code_path(folder)
    _write(code, bytes(data))
    _write(code.with_suffix(".json"), json.dumps({**stamp(), "sha256": _digest(code)}).encode())
    _tidy(folder)
    return code


def _tidy(folder: Path) -> None:
    others = [path for path in folder.glob("agent-*") if guest_hash() not in path.name]
    for path in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[_FILES_OF_OTHERS:]:
        path.unlink(missing_ok=True)


def run_apart(folder: Path, log: Callable[[str], None], shipped: Path | None = None) -> None:
    """Build in a process of its own with low priority: it takes a third of a gigabyte for a while."""
    command = [sys.executable, "-m", __name__, "--background", "--out", str(folder)]
    command += ["--shipped", str(shipped)] if shipped else []
    said = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:  # noqa: S603
        for line in run.stdout or ():
            said = line.strip() or said
            log(said)
    if run.returncode:
        raise ComponentError(f"the sandbox could not be built: {said or f'exit code {run.returncode}'}")


def _componentize(target: Path) -> None:
    if find_spec("componentize_py") is None or version("componentize-py") != _COMPONENTIZE:
        raise ComponentError(f"{target} is not there and cannot be built: install componentize-py=={_COMPONENTIZE}")
    with tempfile.TemporaryDirectory(prefix="wactorz-sandbox-") as name:
        folder = Path(name)
        _stage(folder / "app")
        empty = folder / "venv"  # else the tool takes in what is installed here
        (empty / "lib" / "python3" / "site-packages").mkdir(parents=True)
        code = "import sys; from componentize_py import script; sys.exit(script())"
        command = [sys.executable, "-I", "-c", code, "-d", str(_GUEST / "wit"), "-w", "agent-world", "componentize",
                   _ENTRY, "-p", str(folder / "app"), "-o", str(folder / "agent.wasm")]  # fmt: skip
        env = {"VIRTUAL_ENV": str(empty), "PATH": os.defpath, "HOME": name}
        done = subprocess.run(  # noqa: S603 (nothing of it comes from outside)
            command, env=env, capture_output=True, text=True, timeout=_BUILD_SECONDS, check=False
        )
        if done.returncode:
            raise ComponentError(f"componentize-py failed: {(done.stderr or done.stdout).strip()[-2_000:]}")
        _write(target, (folder / "agent.wasm").read_bytes())


def _stage(folder: Path) -> None:
    package = folder / "wactorz_sandbox" / "guest"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    for path in _GUEST.glob("*.py"):
        shutil.copy(path, folder if path.stem == _ENTRY else package)


def _write(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _private(path: Path) -> bool:
    """Whether nobody but this user and root could have written it."""
    for part in (path, path.parent):
        info = part.stat()
        if info.st_uid not in (0, os.getuid()) or info.st_mode & _BY_OTHERS:
            return False
    return True


def main(arguments: list[str] | None = None) -> int:
    """Build from the command line."""
    parser = argparse.ArgumentParser(prog="python -m wactorz_sandbox.build", description=__doc__)
    parser.add_argument("--out", type=Path, default=default_folder(), help="folder (default: %(default)s)")
    parser.add_argument("--shipped", type=Path, help="folder with a built component to compile")
    parser.add_argument("--background", action="store_true", help="let other programs go first")
    chosen = parser.parse_args(arguments)
    if chosen.background:
        os.nice(10)
    try:
        path = make(chosen.out, _say, chosen.shipped)
    except (ComponentError, OSError) as error:
        _say(str(error))
        return 1
    _say(str(path))
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
