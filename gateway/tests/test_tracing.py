"""W3C trace context, read strictly."""

import pytest

from wactorz_gateway import tracing

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (f"00-{TRACE}-{SPAN}-01", (TRACE, "01")),
        (f"cc-{TRACE}-{SPAN}-00-later", (TRACE, "00")),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        (f"00-{TRACE[:-1]}-{SPAN}-01", None),
        ("", None),
        ("00", None),
    ],
)
def test_only_a_valid_header_counts(header, expected):
    assert tracing.parse(header) == expected


async def served(headers, within):
    seen = []

    async def app(scope, receive, send):
        within()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message):
        seen.append(message)

    await tracing.Tracing(app)({"type": "http", "path": "/x", "headers": headers}, None, send)
    return {name.decode(): value.decode() for name, value in seen[0]["headers"]}


async def test_the_callers_trace_goes_to_the_bus_and_comes_back():
    used = []
    headers = await served(
        [(b"traceparent", f"00-{TRACE}-{SPAN}-01".encode())], lambda: used.append(tracing.trace_for("t1"))
    )
    assert used == [TRACE]
    assert headers["x-trace-id"] == TRACE
    version, trace, span, flags = headers["traceresponse"].split("-")
    assert (version, trace, flags) == ("00", TRACE, "01")
    assert span != SPAN


async def test_without_one_a_task_is_its_own_trace():
    used = []
    headers = await served([], lambda: used.append(tracing.trace_for("t1")))
    assert used == ["t1"]
    assert headers == {"x-trace-id": "t1"}


async def test_a_request_that_reaches_nobody_tells_of_no_trace():
    assert await served([], lambda: None) == {}


async def test_two_headers_are_none():
    both = [(b"traceparent", f"00-{TRACE}-{SPAN}-01".encode())] * 2
    assert await served(both, lambda: None) == {}


def test_outside_of_requests_a_task_is_its_own_trace():
    assert tracing.trace_for("t2") == "t2"
    assert tracing.current().path == ""
