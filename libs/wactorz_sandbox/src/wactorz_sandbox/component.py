"""The built guest: found, checked, and loaded once for a process."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
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
    async def load(
        cls, folder: Path | None = None, *, shipped: Path | None = None, log: Callable[[str], None] = lambda _: None
    ) -> "Component":
        """Load what came with the product in `shipped`, or else from `folder`, by default the user's cache.

        What is missing in `folder` is made there in a process of its own. Raises ComponentError when it cannot be made.
        """
        return await asyncio.to_thread(cls.load_now, folder, shipped=shipped, log=log)

    @classmethod
    def load_now(
        cls, folder: Path | None = None, *, shipped: Path | None = None, log: Callable[[str], None] = lambda _: None
    ) -> "Component":
        """The same, blocking."""
        where = build.default_folder() if folder is None else folder
        ready = (_ready(shipped, log) if shipped else None) or _ready(where, log)
        if ready is None:
            log("preparing the sandbox: this takes up to a minute, once")
            build.run_apart(where, log, shipped)
            ready = _ready(where, log)
        if ready is None:
            raise ComponentError(f"the sandbox was built in {where} but cannot be loaded: delete the folder, try again")
        return cls(ready)


def _ready(folder: Path, log: Callable[[str], None]) -> wasm.Component | None:
    path = build.usable(folder)
    if path is None:
        return None
    try:
        return wasm.Component.deserialize_file(engine(), str(path))
    except WasmtimeError as error:  # for another processor, whatever its stamp says
        log(f"the compiled sandbox in {folder} does not fit this machine: {str(error).splitlines()[0]}")
        with suppress(OSError):
            build.forget(path)
        return None
