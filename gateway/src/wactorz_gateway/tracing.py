"""W3C trace context: the trace id of a caller goes on to the bus, and every response tells which one was used."""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADER = b"traceparent"
_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_INVALID_VERSION, _FIRST_VERSION = "ff", "00"


@dataclass
class Trace:
    """What is known of the request that is being served; `used` is the trace id that went to the bus.

    `whose` tells callers apart: what one of them has begun under a key of theirs is nobody else's.
    """

    path: str = ""
    given: str = ""
    flags: str = "00"
    used: str = ""
    whose: str = ""


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def parse(traceparent: str) -> tuple[str, str] | None:
    """Trace id and flags of a `traceparent` header; None when it is not a valid one."""
    found = _PARENT.fullmatch(traceparent)
    if found is None:
        return None
    version, trace_id, parent, flags, rest = found.groups()
    if (
        version == _INVALID_VERSION
        or (version == _FIRST_VERSION and rest)
        or not (int(trace_id, 16) and int(parent, 16))
    ):
        return None
    return trace_id, flags


def current() -> Trace:
    """The trace of the request that is being served; an empty one outside of requests."""
    return _current.get() or Trace()


def trace_for(task_id: str) -> str:
    """The trace id that a task takes to the bus: that of the caller, else the task's own id."""
    trace = _current.get()
    if trace is None:
        return task_id
    trace.used = trace.given or task_id
    return trace.used


class Tracing:
    """ASGI middleware that takes on the caller's trace."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        trace = _trace_of(scope)
        token = _current.set(trace)

        async def traced(message: Message) -> None:
            if message["type"] == "http.response.start" and (trace.given or trace.used):
                headers = MutableHeaders(scope=message)
                headers["x-trace-id"] = trace.given or trace.used
                if trace.given:
                    headers["traceresponse"] = f"00-{trace.given}-{secrets.token_hex(8)}-{trace.flags}"
            await send(message)

        try:
            await self.app(scope, receive, traced)
        finally:
            _current.reset(token)


def _trace_of(scope: Scope) -> Trace:
    given = [value for name, value in scope["headers"] if name == _HEADER]
    parsed = parse(given[0].decode("latin-1").strip()) if len(given) == 1 else None
    trace_id, flags = parsed or ("", "00")
    return Trace(scope["path"], trace_id, flags)
