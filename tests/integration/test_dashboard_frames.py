"""Dashboards that exist already: a recorded session of theirs, replayed against a real gateway."""

import asyncio
import contextlib
import json
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT_OUT, CHAT_PIECES, SAY, ChatMessage, ChatPiece, ChatReply
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_testing.agents import running

pytestmark = pytest.mark.broker

RECORDED = json.loads((Path(__file__).parent / "recorded/dashboard_session.json").read_text())
KINDS = {"text": str, "number": (int, float), "flag": bool, "object": dict, "list": list}
PATIENCE = 8


class TalkingAgent(Agent[AgentSettings]):
    """Answers by saying it again; what begins with stream in pieces."""

    name = "io-agent"
    description = "Says it again"
    publishes = (CHAT_OUT, CHAT_PIECES)

    @handles(SAY)
    async def on_say(self, request: ChatMessage, _task: Task) -> ChatReply:
        text = f"{request.to or 'main'}: {request.content}"
        for index, piece in enumerate(text.split() if request.content.startswith("stream") else ()):
            part = ChatPiece(id=request.id, sender="main", content=piece + " ", index=index)
            await self.publish(CHAT_PIECES, part, chat_id=request.id)
        reply = ChatReply(sender="main", content=text, timestamp=1.0, id=request.id)
        await self.publish(CHAT_OUT, reply)
        return reply


class GuestAgent(Agent[AgentSettings]):
    """An agent that a person may delete."""

    name = "guest"
    description = "A guest"
    protected = False


def check(value, fields, place):
    """Whether a value has the fields that such a dashboard reads."""
    if isinstance(fields, str):
        if not (fields.endswith("?") and value is None):
            assert isinstance(value, KINDS[fields.rstrip("?")]), f"{place} is {value!r}, and not {fields}"
        return
    if isinstance(fields, list):
        assert isinstance(value, list), place
        for one in value:
            check(one, fields[0], f"{place}[]")
        return
    for name, wanted in fields.items():
        assert name in value, f"{place}.{name} is missing in {value}"
        check(value[name], wanted, f"{place}.{name}")


def merge(before, change):
    """What a dashboard makes of a difference: merged recursively, null removes."""
    merged = dict(before)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def present(state):
    """A state without what is null: to a dashboard that is the same as missing."""
    if isinstance(state, dict):
        return {key: present(value) for key, value in state.items() if value is not None}
    return [present(one) for one in state] if isinstance(state, list) else state


class Dashboard:
    """Holds the state of the system as a dashboard does: a snapshot, and what changed since."""

    def __init__(self, websocket):
        self.websocket, self.agents, self.nodes, self.feed, self.seen = websocket, {}, {}, [], set()

    async def next(self):
        frame = json.loads(await asyncio.wait_for(self.websocket.recv(), PATIENCE))
        self.seen.add(frame["type"])
        check(frame, RECORDED["fields"][frame["type"]], frame["type"])
        self._apply(frame)
        return frame

    def _apply(self, frame):
        state = frame.get("state") or {}
        if frame["type"] == "full_snapshot":
            self.feed = state["log_feed"]
        if frame["type"] == "delete_agent":
            self.agents.pop(frame["agent_id"], None)
        if frame["type"] in ("full_snapshot", "patch"):
            for agent in state.get("agents", ()):
                self.agents[agent["agent_id"]] = merge(self.agents.get(agent["agent_id"], {}), agent)
            self.nodes |= {node["node"]: node for node in state.get("nodes", ())}
        if frame["type"] == "patch" and frame["event"]:
            self.feed = [*self.feed, frame["event"]][-20:]

    async def expect(self, kind, event=None, **fields):
        while True:
            frame = await self.next()
            event_fits = event is None or (event | (frame.get("event") or {})) == frame.get("event")
            if frame["type"] == kind and event_fits and fields.items() <= frame.items():
                return frame

    async def until(self, agent_id, **fields):
        while not fields.items() <= self.agents.get(agent_id, {}).items():
            await self.next()

    async def drain(self):
        with contextlib.suppress(TimeoutError):
            while True:
                frame = json.loads(await asyncio.wait_for(self.websocket.recv(), 0.6))
                self._apply(frame)


async def fresh_snapshot(url):
    async with connect(url) as websocket:
        return json.loads(await websocket.recv())["state"]


async def settled(dashboard, url):
    """What was put together from differences becomes the same as what a new dashboard gets."""
    for _ in range(10):
        await dashboard.drain()
        fresh = await fresh_snapshot(url)
        wanted = {agent["agent_id"]: agent for agent in present(fresh["agents"])}
        if present(dashboard.agents) == wanted and dashboard.feed == fresh["log_feed"]:
            return
    assert present(dashboard.agents) == wanted
    assert dashboard.feed == fresh["log_feed"]


def filled(value, names):
    """A recorded value with the ids of this run."""
    text = json.dumps(value)
    for name, agent_id in names.items():
        text = text.replace(f"${name}", agent_id)
    return json.loads(text)


async def leave_when_told(guest):
    """What the process of an agent does."""
    await guest.finished.wait()
    await guest.stop()


async def test_a_recorded_dashboard_session_is_served(broker, tmp_path):
    async with (
        running(TalkingAgent, broker, tmp_path), running(GuestAgent, broker, tmp_path) as guest,
        running(GatewayAgent, broker, tmp_path, GatewaySettings, http_port=0) as gateway,
    ):  # fmt: skip
        url = f"ws://127.0.0.1:{gateway.web.port}/ws"
        async with asyncio.timeout(PATIENCE):
            while guest.id not in gateway.registry.agents or not gateway.registry.find("io-agent"):
                await asyncio.sleep(0.02)
        leaving = asyncio.ensure_future(leave_when_told(guest))
        async with connect(url) as websocket:
            dashboard = Dashboard(websocket)
            for recorded in RECORDED["steps"]:
                step = filled(recorded, {"guest": guest.id})
                if "send" in step:
                    await websocket.send(json.dumps(step["send"]))
                elif "publish" in step:
                    await guest.bus.send(step["publish"], json.dumps(step["payload"]).encode(), 0)
                elif "until" in step:
                    await dashboard.until(guest.id, **step["until"])
                elif "settled" in step:
                    await settled(dashboard, url)
                else:
                    await dashboard.expect(step["expect"], step.get("event"), **step.get("with", {}))
        await leaving
        expected = {step["expect"] for step in RECORDED["steps"] if "expect" in step}
        assert expected <= dashboard.seen
