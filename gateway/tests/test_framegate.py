"""Frames obey the table of roles."""

from types import SimpleNamespace

import pytest

from wactorz_gateway import frames
from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.framegate import FrameGate

from .test_app import make_app

CHAT = frames.ChatFrame(type="chat", content="what I say", agent_name="main")
STOP = frames.StopFrame(type="stop")
COMMAND = frames.CommandFrame(type="command", command="pause", agent_id="tide")
PING = frames.PingFrame(type="ping")


@pytest.fixture
def parts(tmp_path):
    return make_app(tmp_path).state.parts


def gate(parts, role):
    state = SimpleNamespace(caller=Caller("ann", role, "session"), address="1.2.3.4", request_id="0123456789abcdef")
    return FrameGate(parts, SimpleNamespace(state=state))


@pytest.mark.parametrize(
    ("role", "served"),
    [("viewer", [PING]), ("user", [PING, CHAT, STOP]), ("admin", [PING, CHAT, STOP, COMMAND]),
     ("owner", [PING, CHAT, STOP, COMMAND])],
)  # fmt: skip
async def test_roles(parts, role, served):
    asked = gate(parts, role)
    for frame in (PING, CHAT, STOP, COMMAND):
        refused = asked.refuse(frame)
        assert (refused is None) is (frame in served), frame
        assert refused is None or refused.status == 403


async def test_what_is_asked_for_is_written_down_without_what_is_said(parts):
    asked = gate(parts, "user")
    asked.refuse(PING)
    asked.refuse(CHAT)
    asked.refuse(COMMAND)
    found = await parts.accounts.changes.listed(10, None)
    assert [(one.method, one.target, one.status, one.detail) for one in found] == [
        ("WS", "tide", 403, "refused: pause"), ("WS", "main", 202, "chat")
    ]  # fmt: skip
    assert b'reason="role"' in parts.exposition.text()


async def test_too_many_wait(parts):
    parts.accounts.writes.per_minute = 2
    asked = gate(parts, "user")
    assert [getattr(asked.refuse(CHAT), "status", None) for _ in range(3)] == [None, None, 429]
    assert asked.refuse(PING) is None
