"""Runs agents' code in WebAssembly instances of this process."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from wactorz_common import logs
from wactorz_common.errors import ConfigError
from wactorz_dynamic_agent.errors import CodeFailed, InstanceEnded, OverTime
from wactorz_sandbox import build
from wactorz_sandbox.component import Component
from wactorz_sandbox.errors import ComponentError, GuestEnded, GuestError
from wactorz_sandbox.instance import Instance
from wactorz_sandbox.limits import Limits
from wactorz_sandbox.ports import Ports


class SandboxInstance:
    """One WebAssembly instance, with errors in the words of this service."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._end: asyncio.Future[GuestEnded] = asyncio.get_running_loop().create_future()
        instance.on_end = self._on_end
        if instance.ended is not None:
            self._on_end(instance.ended)

    @property
    def functions(self) -> tuple[str, ...]:
        """Names of the functions that the code defines."""
        return self._instance.functions

    async def call(self, function: str, *arguments: Any, timeout: float | None) -> Any:
        """Call a function with the agent and JSON values."""
        try:
            return await self._instance.call(function, *arguments, timeout=timeout)
        except (GuestError, GuestEnded) as error:
            _say(error)
        except TimeoutError:
            raise OverTime(f"'{function}' did not end within {timeout or 0:g} s") from None

    async def deliver(self, topic: str, text: str) -> None:
        """Hand over a message."""
        self._instance.deliver(topic, text)

    async def refresh(self, directory: dict[str, Any]) -> None:
        """Hand over a new directory."""
        self._instance.refresh(directory)

    async def ended(self) -> None:
        """Wait until the instance is ended for what it did, and say why."""
        _say(await asyncio.shield(self._end))

    async def close(self) -> None:
        """End it."""
        await self._instance.close()

    def _on_end(self, ended: GuestEnded) -> None:
        if not self._end.done():
            self._end.set_result(ended)


class SandboxRuntime:
    """Makes instances of one component, which is loaded once for the process."""

    def __init__(self, shipped: Path | None) -> None:
        self._shipped = shipped
        self._loading: asyncio.Task[Component] | None = None

    @property
    def is_loading(self) -> bool:
        """Whether the component is just being loaded or built, which nothing can interrupt."""
        return self._loading is not None and not self._loading.done()

    async def warm_up(self) -> None:
        """Load the component when it is built already; one that must be built first waits until it is needed."""
        places = [place for place in (self._shipped, build.default_folder()) if place is not None]
        if any([await asyncio.to_thread(build.usable, place) for place in places]):
            await self.load()

    async def load(self) -> Component:
        """The component, loaded once; ConfigError when it cannot be had."""
        if self._loading is None or (self._loading.done() and self._loading.exception() is not None):
            log = logs.get(__name__).info
            self._loading = asyncio.ensure_future(Component.load(shipped=self._shipped, log=log))
        try:
            return await asyncio.shield(self._loading)
        except ComponentError as error:
            raise ConfigError(f"The sandbox cannot be used: {error}") from error

    async def open(self, source: str, config: dict[str, Any], ports: Ports, kept: Mapping[str, int]) -> SandboxInstance:
        """Load a program into an instance of its own."""
        component = await self.load()
        limits = Limits(memory_mb=config["memory_mb"], cpu=config["cpu"])
        try:
            return SandboxInstance(await Instance.open(component, source, config, ports, limits, kept))
        except (GuestError, GuestEnded) as error:
            _say(error)


def _say(error: GuestError | GuestEnded) -> NoReturn:
    if isinstance(error, GuestError):
        raise CodeFailed(str(error), traceback=error.traceback) from None
    raise InstanceEnded(error.reason, str(error)) from None
