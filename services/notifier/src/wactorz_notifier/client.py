"""Sends requests to services over HTTP, and reads from the answer whether the message arrived."""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote, urlsplit

from wactorz_notifier.dialects import Answer, Dialect, Request

if TYPE_CHECKING:
    import httpx

_CONNECT_SECONDS = 5.0
_TOO_MANY, _SERVER, _REQUEST = 429, 500, 400
_OK = range(200, 300)
_AGAIN = frozenset({408, 425})
_TOLD = 120
_SHORTEST_SECRET = 4
_PLAIN = frozenset(
    {"webhooks", "services", "sendMessage", "chat_id", "message", "messages", "editMessageText", "wait", "true"}
)
_REFUSALS = {
    401: "it does not accept the key any more", 403: "it does not let us in", 404: "there is nothing at that address",
    410: "that address was given up", 413: "the message is too long for it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending once."""

    arrived: bool = False
    message_id: str = ""
    problem: str = ""
    again_in: float | None = None
    """Seconds that the service wants to pass before the next try."""
    may_retry: bool = False
    unclear: bool = False
    """Whether it may have arrived although nothing says so: it must not be sent again."""
    gone: bool = False
    """Whether the message that should be edited is not there any more."""


class Client:
    """One HTTP client, made at its first use; redirects are not followed, because a URL is a secret between two."""

    def __init__(self) -> None:
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).disabled = True  # they would log URLs
        self._made: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of connections."""
        if self._made is not None:
            await self._made.aclose()

    def _http(self) -> "httpx.AsyncClient":
        if self._made is None:
            import httpx  # noqa: PLC0415  # with its certificates it takes 8 MiB

            self._made = httpx.AsyncClient(headers={"User-Agent": "wactorz"}, follow_redirects=False)
        return self._made

    async def deliver(self, dialect: Dialect, request: Request, seconds: float) -> Outcome:
        """Send once, waiting at most so long."""
        import httpx  # noqa: PLC0415  # as above

        limit = httpx.Timeout(max(0.1, seconds), connect=max(0.1, min(seconds, _CONNECT_SECONDS)))
        try:
            response = await self._http().request(
                request.method, request.url, json=request.body, headers=dict(request.headers), timeout=limit
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Outcome(problem="it cannot be reached", may_retry=True)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError):
            return Outcome(problem="its address cannot be used: enter it again")
        except httpx.TimeoutException:
            return _unclear(request, "it did not answer in time")
        except (httpx.TransportError, httpx.DecodingError):
            return _unclear(request, "the connection broke before it answered")
        return read(dialect, request, Answer(response.status_code, response.headers, response.text))


def _unclear(request: Request, problem: str) -> Outcome:
    """A change of a message may be sent again and again, a message not."""
    return Outcome(problem=problem, may_retry=request.is_repeatable, unclear=not request.is_repeatable)


def read(dialect: Dialect, request: Request, answer: Answer) -> Outcome:
    """What an answer means; pure."""
    if answer.status in _OK and answer.json().get("ok") is not False:
        return Outcome(arrived=True, message_id=dialect.message_id(answer))
    if dialect.is_unchanged(answer):
        return Outcome(arrived=True)
    if dialect.is_gone(answer):
        return Outcome(gone=True, problem="the message is not there any more")
    if answer.status == _TOO_MANY:
        return Outcome(problem="it takes no more messages for now", may_retry=True, again_in=_pause(answer))
    if answer.status >= _SERVER or answer.status in _AGAIN:
        return Outcome(problem=f"it has trouble of its own ({answer.status})", may_retry=True, again_in=_pause(answer))
    said = _own_words(request.url, answer)
    problem = _REFUSALS.get(answer.status, "it does not take the message")
    if answer.status < _REQUEST and answer.status not in _OK:
        problem = "it sends us elsewhere: enter the address that it has now"
    return Outcome(problem=f"{problem} ({answer.status}{said})")


def _pause(answer: Answer) -> float | None:
    """Seconds until the service wants to hear more; Discord and Telegram say it in the body, too."""
    body = answer.json()
    parameters = body.get("parameters")
    told = (body.get("retry_after"), parameters.get("retry_after") if isinstance(parameters, dict) else None)
    for value in told:
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return float(value)
    header = answer.headers.get("retry-after", "")
    try:
        return max(0.0, float(header))
    except ValueError:
        return _until_date(header)


def _until_date(header: str) -> float | None:
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _own_words(url: str, answer: Answer) -> str:
    """What the service says itself, in short and without any part of the URL."""
    body = answer.json()
    said = body.get("message") or body.get("description") or body.get("error") or ("" if body else answer.text)
    if not isinstance(said, str) or not said.strip() or "<" in said:
        return ""
    return f": {covered(' '.join(said.split())[:_TOLD], url)}"


def covered(text: str, url: str) -> str:
    """The text without any part of a URL that may be secret."""
    parts = urlsplit(url)
    found = {url, parts.netloc, parts.username or "", parts.password or ""}
    found |= {one for one in re.split(r"[/?&=:;@]", f"{parts.path}?{parts.query}") if len(one) >= _SHORTEST_SECRET}
    found |= {unquote(one) for one in found}
    for secret in sorted(found - _PLAIN - {""}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
