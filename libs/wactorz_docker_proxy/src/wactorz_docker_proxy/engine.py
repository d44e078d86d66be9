"""The Docker engine behind its socket."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from wactorz_docker_proxy.refusal import Refused

VERSION = "v1.41"
"""Version of the interface that is spoken; every engine from 20.10 on knows it."""

_NOT_FOUND = 404
_FAILED = 400


class Engine:
    """Makes requests of its own; nothing of a client's request is passed on unread."""

    def __init__(self, socket: Path) -> None:
        self._session = aiohttp.ClientSession(
            # A connection for each request: an engine that shuts down still answers on old ones.
            connector=aiohttp.UnixConnector(path=str(socket), limit=0, force_close=True),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
            auto_decompress=False,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def request(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None
    ) -> aiohttp.ClientResponse:
        """The engine's answer, to be read or streamed."""
        url = URL(f"http://docker/{VERSION}{path}", encoded=True).with_query(query)
        return await self._session.request(method, url, json=body, allow_redirects=False)

    async def get(self, path: str) -> dict[str, Any] | None:
        """What the engine knows of one thing; None when there is none."""
        async with await self.request("GET", path) as answer:
            if answer.status == _NOT_FOUND:
                return None
            if answer.status >= _FAILED:
                raise Refused(f"The engine cannot tell whose it is ({answer.status})")
            return dict(await answer.json())
