"""The built guest: found, checked, and loaded once for a process."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from wasmtime import WasmtimeError
from wasmtime import component as wasm

from wactorz_sandbox import build
from wactorz_sandbox.engine import engine
from wactorz_sandbox.errors import ComponentError


class Component:
    """The guest component in machine code; serves all instances of a process."""

    def __init__(self, code: wasm.Component) -> None:
        self.code = code

    @classmethod
    async def load(cls, folder: Path | None = None, log: Callable[[str], None] = lambda _: None) -> "Component":
        """Load from a folder, by default the user's cache; what is missing there is made in a process of its own.

        Raises ComponentError when it cannot be made.
        """
        return await asyncio.to_thread(cls.load_now, folder, log)

    @classmethod
    def load_now(cls, folder: Path | None = None, log: Callable[[str], None] = lambda _: None) -> "Component":
        """The same, blocking."""
        where = build.default_folder() if folder is None else folder
        ready = _ready(where)
        if ready is None:
            log("preparing the sandbox: this takes up to a minute, once")
            build.run_apart(where, log)
            ready = _ready(where)
        if ready is None:
            raise ComponentError(f"the sandbox was built in {where} but cannot be loaded: delete the folder, try again")
        return cls(ready)


def _ready(folder: Path) -> wasm.Component | None:
    path = build.usable(folder)
    if path is None:
        return None
    try:
        return wasm.Component.deserialize_file(engine(), str(path))
    except WasmtimeError:  # of another version or processor, whatever its stamp says
        path.unlink(missing_ok=True)
        return None
