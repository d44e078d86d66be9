"""The gateway's interface for the command line: every failure becomes one sentence with what to do."""

import json
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

import httpx

from wactorz_cli.errors import CommandFailed, NotLetIn

ANSWER_SECONDS = 140.0
"""The deadline of a message, and the time in which its end is still fetched."""

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 30.0
_RECONNECT_SECONDS = 10.0
_RETRY_PAUSE = 0.3
_LOGIN = "/api/login"


@dataclass(frozen=True)
class Event:
    """One Server-Sent Event."""

    kind: str
    data: dict[str, Any]


class BearerAuth(httpx.Auth):
    """Sends a token that is asked for anew with each request; none when it is empty."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header."""
        token = self._token()
        if token:
            request.headers["authorization"] = f"Bearer {token}"
        yield request


class GatewayClient:
    """Speaks to one gateway; `transport` replaces the network in tests."""

    def __init__(
        self, address: str, token: str | Callable[[], str] = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        self.address = address
        limits = httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
        auth = BearerAuth(token if callable(token) else lambda: token)
        self._http = httpx.Client(base_url=address, auth=auth, timeout=limits, transport=transport, trust_env=False)

    def __enter__(self) -> Self:
        """Use the client for a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close its connections."""
        self._http.close()

    def get(self, path: str, *, seconds: float = _READ_SECONDS, **params: Any) -> Any:
        """Read something; `seconds` is how long the answer may take."""
        limits = httpx.Timeout(seconds, connect=_CONNECT_SECONDS)
        with self._explained():
            return _content(self._http.get(path, params=params, timeout=limits))

    def health(self) -> dict[str, Any]:
        """The state of the gateway; also when it cannot serve."""
        with self._explained():
            response = self._http.get("/api/health")
        return dict(response.json()) if response.status_code in (200, 503) else dict(_content(response))

    def set_state(self, entity_id: str, state: str, attributes: dict[str, Any]) -> dict[str, Any]:
        """Move a sensor of the demo home."""
        with self._explained():
            body = {"state": state, "attributes": attributes}
            return dict(_content(self._http.post(f"/api/home/{quote(entity_id, safe='')}", json=body)))

    def send(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> Any:
        """Have something done, once: the request has a key of its own."""
        headers = {"idempotency-key": uuid.uuid4().hex, **(headers or {})}
        limits = httpx.Timeout(ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        with self._explained():
            return _content(self._http.request(method, path, json=body, headers=headers, timeout=limits))

    def text(self, path: str) -> str:
        """Read a document that is no JSON."""
        with self._explained():
            response = self._http.get(path)
        if response.is_error:
            _content(response)
        return response.text

    def stop(self, chat_id: str) -> None:
        """An answer is not wanted any more; whoever works on it is told."""
        with self._explained():
            _content(self._http.post("/api/chat/stop", json={"chat_id": chat_id}))

    def has_log(self, agent: str) -> bool:
        """Whether a process of this name writes a log that the gateway can read."""
        with self._explained():
            response = self._http.get("/api/logs", params={"agent": agent, "lines": 0})
        return response.status_code != httpx.codes.NOT_FOUND

    def say(self, message: str, to: str = "", session: str = "") -> Iterator[Event]:
        """Say something; yields `accepted`, `piece`s and `reply`. A broken connection is taken up again once.

        The same idempotency key makes sure that the message is not taken for a second one.
        """
        body = {"message": message, "to": to, "session": session}
        headers = {"accept": "text/event-stream", "idempotency-key": uuid.uuid4().hex}
        try:
            yield from self._say(body, headers)
        except (httpx.ConnectError, httpx.UnsupportedProtocol):
            with self._explained():
                raise
        except httpx.TransportError:
            self._wait_until_back()
            with self._explained():
                yield from self._say(body, headers)

    def _say(self, body: dict[str, Any], headers: dict[str, str]) -> Iterator[Event]:
        limits = httpx.Timeout(ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        until = time.monotonic() + ANSWER_SECONDS
        with self._http.stream("POST", "/api/chat", json=body, headers=headers, timeout=limits) as response:
            if response.is_error:
                response.read()
                _content(response)
            for event in events(response.iter_lines()):
                if event.kind == "error":
                    raise CommandFailed(str(event.data.get("detail", "The message was not taken")))
                yield event
                if event.kind == "reply":
                    return
                if time.monotonic() > until:
                    break
        raise httpx.ReadError("the answer ended before it was whole")

    def logs(self, agent: str, lines: int) -> Iterator[dict[str, Any]]:
        """The last lines of a log."""
        yield from self.get("/api/logs", agent=agent, lines=lines)["lines"]

    def follow_logs(self, agent: str, lines: int) -> Iterator[dict[str, Any]]:
        """The last lines of a log, then new ones as they come."""
        headers = {"accept": "text/event-stream"}
        params: dict[str, str | int] = {"agent": agent, "lines": lines}
        with self._explained(), self._http.stream("GET", "/api/logs", params=params, headers=headers) as response:
            if response.is_error:
                response.read()
                _content(response)
            for event in events(response.iter_lines()):
                yield event.data

    def _wait_until_back(self) -> None:
        until = time.monotonic() + _RECONNECT_SECONDS
        while True:
            try:
                self._http.get("/healthz")
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise CommandFailed(
                        f"Wactorz at {self.address} went away before it answered: the message may have been acted on; "
                        "look before you ask again"
                    ) from None
                time.sleep(_RETRY_PAUSE)
            else:
                return

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except httpx.InvalidURL as error:
            raise CommandFailed(f"WACTORZ_URL={self.address} is not an address: {error}") from error
        except httpx.UnsupportedProtocol:
            raise CommandFailed(f"WACTORZ_URL={self.address} must begin with http:// or https://") from None
        except httpx.ConnectError:
            raise CommandFailed(self._away()) from None
        except httpx.TimeoutException:
            raise CommandFailed(
                f"Wactorz at {self.address} does not answer in time: try again, or look at `wactorz logs`"
            ) from None
        except httpx.TransportError as error:
            raise CommandFailed(f"The connection to Wactorz at {self.address} broke ({error}): try again") from error

    def _away(self) -> str:
        return f"Wactorz does not answer at {self.address}: start it with `wactorz up`"


def events(lines: Iterator[str]) -> Iterator[Event]:
    """The Server-Sent Events in the lines of a response."""
    kind, data = "", list[str]()
    for line in lines:
        if line.startswith("event:"):
            kind = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and (kind or data):
            yield Event(kind, _object("\n".join(data)))
            kind, data = "", []


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise CommandFailed("The gateway sent something that is not Wactorz: check WACTORZ_URL") from error
    return found if isinstance(found, dict) else {}


def _content(response: httpx.Response) -> Any:
    """The JSON of an answer; the gateway's own sentence when it is an error."""
    if response.status_code == httpx.codes.NO_CONTENT:
        return None
    try:
        body = response.json()
    except ValueError as error:
        raise CommandFailed(
            f"{response.url.copy_with(path='/', query=None)} answers, but it is not Wactorz: check WACTORZ_URL"
        ) from error
    if response.is_success:
        return body
    detail = body.get("detail") if isinstance(body, dict) else None
    if response.status_code == httpx.codes.UNAUTHORIZED and response.url.path != _LOGIN:
        raise NotLetIn("Wactorz wants to know who you are: `wactorz login`, or set WACTORZ_API_TOKEN to a token")
    raise CommandFailed(str(detail or f"The gateway answered with status {response.status_code}"))
