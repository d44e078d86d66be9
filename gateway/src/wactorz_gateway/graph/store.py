"""The graph store as the gateway reaches it: one address, no redirects, bounded in size and time."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Final
from urllib.parse import urlencode

import httpx

from wactorz_gateway.graph.protocol import FORM, QUERY, UPDATE, Form, Operation, ProtocolError, refusal_of

MOST_BYTES: Final = 64 * 1024 * 1024
"""Bytes of one answer."""

AT_ONCE: Final = 8
_REFUSAL_BYTES: Final = 8 * 1024
_NOT_SET_UP: Final = (
    "There is no graph store: set FUSEKI_URL to the address of one, such as http://127.0.0.1:3030, and FUSEKI_USER "
    "and FUSEKI_PASSWORD where it asks for them"
)


@dataclass(frozen=True)
class Patience:
    """Seconds that the store may take."""

    connect: float = 5.0
    first: float = 60.0
    """Until it begins to answer, and between two pieces."""
    whole: float = 180.0


@dataclass
class GraphStore:
    """A store that speaks SPARQL, or none while there is no address."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    most_bytes: int = MOST_BYTES
    patience: Patience = Patience()
    _asking: int = 0

    async def query(
        self, stack: AsyncExitStack, dataset: str, form: Form, accept: str
    ) -> tuple[str, AsyncIterator[bytes]]:
        """Content type and pieces of the answer; it is open as long as the stack."""
        response = await self._ask(stack, QUERY, dataset, form, accept)
        return response.headers.get("content-type", ""), self._pieces(response)

    async def update(self, dataset: str, form: Form) -> None:
        """Have it done, or say that it was not."""
        async with AsyncExitStack() as stack:
            await self._ask(stack, UPDATE, dataset, form, "*/*")

    async def _ask(
        self, stack: AsyncExitStack, operation: Operation, dataset: str, form: Form, accept: str
    ) -> httpx.Response:  # fmt: skip
        if not self.url:
            raise ProtocolError(503, _NOT_SET_UP)
        if self._asking >= AT_ONCE:
            raise ProtocolError(503, "The graph store is asked too much at once: try again in a moment")
        self._asking += 1
        stack.callback(self._answered)
        client = await stack.enter_async_context(self._client())
        request = client.build_request(
            "POST", f"{self.url.rstrip('/')}/{dataset}/{operation.place}", content=urlencode(form),
            headers={"content-type": FORM, "accept": accept, "accept-encoding": "identity"},
        )  # fmt: skip
        try:
            async with asyncio.timeout(self.patience.first + self.patience.connect):
                response = await client.send(request, stream=True)
                stack.push_async_callback(response.aclose)
                refusal = (
                    None
                    if response.is_success
                    else refusal_of(operation, dataset, response.status_code, await _text(response))
                )
        except (httpx.HTTPError, TimeoutError) as error:
            raise _trouble(operation, error) from error
        if refusal is not None:
            raise refusal
        return response

    def _answered(self) -> None:
        self._asking -= 1

    def _client(self) -> httpx.AsyncClient:
        times = httpx.Timeout(self.patience.first, connect=self.patience.connect)
        login = httpx.BasicAuth(self.user, self.password) if self.user else None
        verify = _certificates() if self.url.startswith("https:") else False  # nothing to verify without TLS
        return httpx.AsyncClient(auth=login, timeout=times, verify=verify, follow_redirects=False, trust_env=False)

    async def _pieces(self, response: httpx.Response) -> AsyncIterator[bytes]:
        """An answer that is too large or too slow breaks off, so that nobody takes it for a whole one."""
        seen, ends_at = 0, time.monotonic() + self.patience.whole
        async for piece in response.aiter_bytes():
            seen += len(piece)
            if seen > self.most_bytes or time.monotonic() > ends_at:
                raise BrokenOffError(
                    f"The answer of the graph store is larger than {self.most_bytes} bytes, or too slow"
                )
            yield piece


class BrokenOffError(Exception):
    """An answer was ended before its end."""


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _text(response: httpx.Response) -> str:
    said = b""
    async for piece in response.aiter_bytes():
        said += piece
        if len(said) > _REFUSAL_BYTES:
            break
    return said[:_REFUSAL_BYTES].decode(errors="replace")


def _trouble(operation: Operation, error: Exception) -> ProtocolError:
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return ProtocolError(502, "The graph store cannot be reached, so nothing was done: does it run at FUSEKI_URL?")
    if operation is UPDATE:
        return ProtocolError(
            504, "The graph store has not confirmed it, so it is not certain whether it was done: look"
        )
    if isinstance(error, httpx.TimeoutException | TimeoutError):
        return ProtocolError(504, "The graph store did not answer in time: ask for less, for example with LIMIT")
    return ProtocolError(502, "The graph store broke off its answer: look at its log")
