"""The container engine, through the door that only lets guests be made."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wactorz_common.contracts.spawning import Limits
from wactorz_common.errors import ConfigError, Refused, TransportError

if TYPE_CHECKING:
    from aiodocker.stream import Stream

SLOT = "slot"
AGENT = "agent"
EGRESS = "wactorz.egress"
"""Label of a container that is on the network with a way out."""

_SECONDS = 30.0
_OVERHEAD_MB = 128
_MEBIBYTE = 1024 * 1024
_NANO = 1_000_000_000
_STATE = "/var/lib/wactorz"
_FORBIDDEN, _MISSING, _CONFLICT = 403, 404, 409
_UNREACHABLE = (502, 900)
"""What the proxy answers without an engine, and what the client library answers without a proxy."""


@dataclass(frozen=True)
class Container:
    """A guest's container as the engine describes it."""

    id: str
    name: str
    running: bool
    exit_code: int = 0
    out_of_memory: bool = False
    volume: str = ""


@dataclass(frozen=True)
class Place:
    """Whose containers these are, and what they are made of."""

    url: str
    project: str
    node: str
    image: str
    env: Mapping[str, str] = field(default_factory=dict)

    def name(self, kind: str, of: str) -> str:
        """The name of a container: of a slot or of an agent."""
        return f"{self.project}-{kind}-{of}"

    def is_slot(self, name: str) -> bool:
        """Whether a container of this name has not been given out."""
        return name.startswith(self.name(SLOT, ""))


class ContainerPipe:
    """The attached standard input and output of a container."""

    def __init__(self, stream: "Stream") -> None:
        self._stream = stream

    async def read(self) -> bytes:
        """What the container has written; nothing at the end."""
        import aiohttp  # noqa: PLC0415  # nodes without containers do not load it

        try:
            message = await self._stream.read_out()
        except (aiohttp.ClientError, OSError):
            return b""
        return message.data if message is not None else b""

    async def write(self, data: bytes) -> None:
        """Write to the container."""
        try:
            await self._stream.write_in(data)
        except (AssertionError, RuntimeError) as error:
            raise OSError("the stream is closed") from error

    async def close(self) -> None:
        """Detach; the container goes on."""
        with contextlib.suppress(AssertionError, OSError):
            await self._stream.close()


class ContainerEngine:
    """Makes, finds and removes the containers of one node. TransportError may pass, Refused is final."""

    def __init__(self, place: Place) -> None:
        import aiodocker  # noqa: PLC0415  # nodes without containers do not load it

        if not place.url.startswith(("http://", "tcp://")):
            raise ConfigError(
                "WACTORZ_NODE_DOCKER_URL must be the address of wactorz_docker_proxy, such as http://docker-create:2375"
            )
        self.place = place
        self._docker = aiodocker.Docker(url=place.url, api_version="v1.41")
        self._failure = aiodocker.DockerError

    async def close(self) -> None:
        """Close all connections."""
        await self._docker.close()

    async def make(self, kind: str, of: str, volume: str, limits: Limits, labels: Mapping[str, str]) -> str:
        """A new container with its volume, not started yet; its id."""
        marks = {**labels, "wactorz.node": self.place.node}
        wanted: dict[str, Any] = {
            "Image": self.place.image,
            "Labels": marks,
            "Env": [f"{key}={value}" for key, value in self.place.env.items()],
            "HostConfig": {
                "Memory": (limits.memory_mb + _OVERHEAD_MB) * _MEBIBYTE,
                "NanoCpus": round(limits.cpu * _NANO),
                "Mounts": [{"Type": "volume", "Source": volume, "Target": _STATE}],
            },
        }
        async with self._asking():
            await self._docker.volumes.create({"Name": volume, "Labels": marks})  # type: ignore[no-untyped-call]
            name = self.place.name(kind, of)
            try:
                container = await self._docker.containers.create(wanted, name=name)
            except self._failure as error:
                if error.status != _CONFLICT:
                    raise
                await self._docker.containers.container(name).delete(force=True)  # left by a runner that was killed
                container = await self._docker.containers.create(wanted, name=name)
            return str(container.id)

    async def attach(self, container: str) -> ContainerPipe:
        """Its standard input and output."""
        async with self._asking():
            stream = self._docker.containers.container(container).attach(stdin=True, stdout=True)
            await stream.__aenter__()
            return ContainerPipe(stream)

    async def start(self, container: str) -> None:
        """Start it."""
        async with self._asking():
            await self._docker.containers.container(container).start()

    async def rename(self, container: str, name: str) -> None:
        """Give it another name."""
        async with self._asking():
            await self._docker.containers.container(container).rename(name)

    async def remove(self, container: str) -> None:
        """Kill and remove it; nothing when it is not there."""
        async with self._asking(ignore=(_MISSING, _CONFLICT)):
            await self._docker.containers.container(container).delete(force=True)

    async def remove_volume(self, volume: str) -> None:
        """Remove a volume with all that it holds; nothing when it is not there."""
        async with self._asking(ignore=(_MISSING,)):
            await (await self._docker.volumes.get(volume)).delete()  # type: ignore[no-untyped-call]

    async def show(self, container: str) -> Container | None:
        """What is known of it; None when it is not there."""
        async with self._asking(ignore=(_MISSING,)):
            return _described(await self._docker.containers.container(container).show())
        return None

    async def all(self) -> list[Container]:
        """Every container of this node."""
        async with self._asking():
            filters = {"label": [f"wactorz.node={self.place.node}"]}
            found = await self._docker.containers.list(all=True, filters=filters)
            return [_described(await item.show()) for item in found]

    @asynccontextmanager
    async def _asking(self, ignore: tuple[int, ...] = ()) -> AsyncIterator[None]:
        """Failures of the engine in words for a person."""
        import aiohttp  # noqa: PLC0415  # nodes without containers do not load it

        try:
            async with asyncio.timeout(_SECONDS):
                yield
        except self._failure as error:
            if error.status not in ignore:
                raise self._explained(error.status, str(error.message)) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._unreachable(str(error) or type(error).__name__) from error

    def _unreachable(self, reason: str) -> TransportError:
        where = f"The container engine at {self.place.url} cannot be reached"
        return TransportError(f"{where}: see whether Docker and its proxy run ({reason})")

    def _explained(self, status: int, message: str) -> Refused | TransportError:
        if status in _UNREACHABLE:
            return self._unreachable(message)
        if status == _FORBIDDEN:
            return Refused(f"the container is refused: {message}")
        if status == _MISSING and "image" in message.lower():
            return TransportError(f"The image {self.place.image} is missing: make it with ./just images dynamic-agent")
        if "no space left" in message.lower():
            return TransportError("The disk of the container engine is full: free some space, then it goes on")
        return TransportError(f"The container engine cannot do it: {message}")


def new_id() -> str:
    """Tells slots and volumes apart."""
    return secrets.token_hex(6)


def _described(found: Mapping[str, Any]) -> Container:
    state = found.get("State") or {}
    mounts = found.get("Mounts") or [{}]
    return Container(
        str(found["Id"]), str(found.get("Name", "")).lstrip("/"), bool(state.get("Running")),
        int(state.get("ExitCode") or 0), bool(state.get("OOMKilled")), str(mounts[0].get("Name", "")),
    )  # fmt: skip
