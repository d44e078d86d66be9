"""The container engine as the monitor may see it: through its proxy."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from typing import Any, TypeVar

import aiodocker
import aiohttp

from wactorz_common.errors import WactorzError

R = TypeVar("R")

GOING = (404, 409)
"""Statuses of a container that is being removed, or is no more."""
_EVENTS = (
    "start", "die", "oom", "kill", "stop", "destroy", "pause", "unpause", "health_status",
)  # fmt: skip
_ANSWER_SECONDS = 15.0
_AWAY = 900
"""Status that stands for no answer at all, as aiodocker has it."""


class DockerFault(WactorzError):
    """The engine or its proxy did not do what was asked; `status` is the HTTP one, 900 without an answer."""

    code = "docker"

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, status=status)
        self.status = status


class DockerClient:
    """A few requests and the stream of events; opens its connections at first use."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._docker: aiodocker.Docker | None = None

    async def containers(self) -> list[dict[str, Any]]:
        """Every supervised container of the project, running or not, as the engine lists them."""
        filters = json.dumps({"label": ["wactorz.supervised=true"]})
        found = await _guarded(self._open().containers.list(all=True, filters=filters), _ANSWER_SECONDS)
        return [item._container for item in found]  # noqa: SLF001  # no public way to the whole entry

    async def inspect(self, container: str) -> dict[str, Any]:
        """One container as the engine knows it."""
        return dict(await _guarded(self._open().containers.container(container).show(), _ANSWER_SECONDS))

    async def start(self, container: str) -> None:
        """Start a container that does not run."""
        await _guarded(self._open().containers.container(container).start(), _ANSWER_SECONDS)

    async def stop(self, container: str, wait: int) -> None:
        """Stop a container, a paused one too; it is killed after `wait` seconds."""
        await _guarded(self._open().containers.container(container).stop(t=wait), wait + _ANSWER_SECONDS)

    async def events(self, since_ns: int) -> AsyncIterator[dict[str, Any]]:
        """What happens to containers from then on (nanoseconds since the epoch); a DockerFault when the stream ends."""
        docker = self._open()
        subscriber = docker.events.subscribe(create_task=False)  # type: ignore[no-untyped-call]
        filters = json.dumps({"event": list(_EVENTS)})
        since = f"{since_ns // 10**9}.{since_ns % 10**9:09}"
        reading = asyncio.create_task(_guarded(docker.events.run(filters=filters, since=since), None))
        try:
            while (event := await subscriber.get()) is not None:
                yield event
            await reading
            raise DockerFault("The stream of container events has ended", _AWAY)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def close(self) -> None:
        """Close all connections."""
        if self._docker is not None:
            await self._docker.close()
            self._docker = None

    def _open(self) -> aiodocker.Docker:
        if self._docker is None:
            self._docker = aiodocker.Docker(self._url)
        return self._docker


async def _guarded(work: Awaitable[R], seconds: float | None) -> R:
    """The result of a request, or a DockerFault."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except aiodocker.DockerError as error:
        what = "cannot be reached" if error.status == _AWAY else "says"
        raise DockerFault(f"The container engine {what}: {error.message}", error.status) from error
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise DockerFault(f"The container engine cannot be reached: {error or type(error).__name__}", _AWAY) from error
