"""Spawned agents on a real broker: hosted by the real process, in the real sandbox."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiomqtt import Client, ProtocolVersion

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult
from wactorz_common.ids import clock
from wactorz_common.settings import AgentSettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker

pytestmark = [pytest.mark.broker, pytest.mark.sandbox]

ECHO = """
async def setup(agent):
    starts = agent.recall("starts", 0) + 1
    agent.persist("starts", starts)
    await agent.publish("custom/echo/up", {"starts": starts})

async def handle_task(agent, payload):
    return {"echo": payload, "starts": agent.recall("starts")}
"""
QUEUE = 16 * 1024 * 1024


class Ear:
    """Everything that is said on the broker, and a way to speak."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard: list[tuple[str, Any]] = []
        self._news = asyncio.Condition()
        self._asked = 0

    async def listen(self) -> None:
        async for message in self.client.messages:
            payload = bytes(message.payload)
            try:
                value = json.loads(payload) if payload else None
            except ValueError:
                value = payload
            async with self._news:
                self.heard.append((str(message.topic), value))
                self._news.notify_all()

    async def until(self, found: Callable[[str, Any], bool], seconds: float = 30.0, since: int = 0) -> tuple[str, Any]:
        """The first message for which `found` holds."""

        def first() -> tuple[str, Any] | None:
            return next((one for one in self.heard[since:] if found(*one)), None)

        try:
            async with asyncio.timeout(seconds), self._news:
                while first() is None:
                    await self._news.wait()
        except TimeoutError:
            last = "\n".join(f"{topic} {str(value)[:300]}" for topic, value in self.heard[-15:])
            pytest.fail(f"not heard within {seconds:g} s; last:\n{last}")
        return first()  # type: ignore[return-value]

    async def say(self, topic: str, value: Any, qos: int = 1) -> None:
        await self.client.publish(topic, json.dumps(value), qos=qos)

    async def ask(self, name: str, body: dict[str, Any], seconds: float = 15, **envelope: Any) -> dict[str, Any]:
        """The reply to a task, as a plain MQTT client gets it."""
        self._asked += 1
        task_id, reply_topic = f"t{self._asked}", f"main/reply/test/{self._asked}"
        task = {**body, "_task_id": task_id, "_reply_topic": reply_topic, "_remote_task": True, **envelope}
        await self.say(f"agents/by-name/{name}/task", task)
        _, reply = await self.until(lambda topic, _: topic == reply_topic, seconds)
        assert reply["_task_id"] == task_id
        return dict(reply)


class Host:
    """One host process and the runner's end of its control stream."""

    def __init__(self, folder: Path, broker: TestBroker, ear: Ear, **env: str) -> None:
        self.socket = Path(tempfile.mkdtemp(prefix="wz-")) / "c.sock"
        self.state_dir, self.ear = folder, ear
        self.env = {
            "PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "WACTORZ_STATE_DIR": str(folder),
            "MQTT_HOST": broker.host, "MQTT_PORT": str(broker.port), "WACTORZ_HEARTBEAT_SECONDS": "1",
            "WACTORZ_LOG_LEVEL": "INFO", **env,
        }  # fmt: skip
        self.answers: list[dict[str, Any]] = []
        self.ids: dict[str, str] = {}
        self._orders = 0

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "wactorz_dynamic_agent", "--control", str(self.socket), env=self.env
        )
        await self.connect()

    async def connect(self) -> None:
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(OSError):
                    self.reader, self.writer = await asyncio.open_unix_connection(str(self.socket), limit=QUEUE)
                    break
                await asyncio.sleep(0.05)
            await self.answer(lambda one: one["event"] == "ready", 60)

    async def answer(self, found: Callable[[dict[str, Any]], bool], seconds: float = 15) -> dict[str, Any]:
        kept = next((one for one in self.answers if found(one)), None)
        if kept is not None:
            self.answers.remove(kept)
            return kept
        async with asyncio.timeout(seconds):
            while True:
                line = await self.reader.readline()
                assert line, "the control stream ended"
                one: dict[str, Any] = json.loads(line)
                if found(one):
                    return one
                self.answers.append(one)

    async def order(self, op: str, name: str, **more: Any) -> dict[str, Any]:
        self._orders += 1
        number = str(self._orders)
        self.writer.write(json.dumps({"op": op, "name": name, "id": number, **more}).encode() + b"\n")
        return await self.answer(lambda one: one["id"] == number)

    async def host(self, name: str, code: str = "", **spec: Any) -> str:
        """Host an agent; returns its id."""
        agent_id = self.ids.setdefault(name, clock.mint(name))
        wanted = {"name": name, "code": code, "_agent_id": agent_id, **spec}
        answer = await self.order("host", name, spec=wanted)
        assert answer["event"] == "hosted", answer
        return agent_id

    async def ended(self, name: str, seconds: float = 30) -> dict[str, Any]:
        return await self.answer(lambda one: one["event"] == "ended" and one["name"] == name, seconds)

    async def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process.returncode is None:
            self.process.send_signal(number)
        await asyncio.wait_for(self.process.wait(), 15)


@contextlib.asynccontextmanager
async def listening(broker: TestBroker) -> AsyncIterator[Ear]:
    async with Client(broker.host, broker.port, protocol=ProtocolVersion.V5) as client:
        ear = Ear(client)
        await client.subscribe("#", qos=1)
        task = asyncio.create_task(ear.listen())
        try:
            yield ear
        finally:
            task.cancel()


@pytest.fixture
async def host(broker: TestBroker, tmp_path: Path) -> AsyncIterator[Host]:
    """A host that is ready."""
    async with listening(broker) as ear:
        made = Host(tmp_path / "state", broker, ear)
        await made.start()
        try:
            yield made
        finally:
            await made.stop()


def of(agent_id: str, leaf: str) -> Callable[[str, Any], bool]:
    return lambda topic, _: topic == f"agents/{agent_id}/{leaf}"


async def test_an_agent_is_an_agent_like_any_other(host: Host) -> None:
    agent_id = await host.host(
        "echo", ECHO, description="Says it again.", capabilities=["echoing"], input_schema={"x": "int - a number"}
    )
    _, beat = await host.ear.until(of(agent_id, "heartbeat"))
    _, manifest = await host.ear.until(of(agent_id, "manifest"))
    _, spawned = await host.ear.until(of(agent_id, "spawn"))
    assert (beat["name"], beat["state"], beat["protected"]) == ("echo", "running", False)
    assert manifest["description"] == "Says it again."
    assert manifest["capabilities"] == ["echoing"]
    assert manifest["input_schema"] == {"x": "int - a number"}
    assert spawned["agent_type"] == "dynamic"
    reply = await host.ear.ask("echo", {"x": 1, "action": "shout"})
    assert reply["echo"] == {"action": "shout", "x": 1}
    _, later = await host.ear.until(
        lambda topic, value: topic == f"agents/{agent_id}/manifest" and bool(value["observed_samples"])
    )
    assert later["observed_samples"] == {"custom/echo/up": {"fields": {"starts": "int"}, "example": {"starts": 1}}}
    assert later["publishes"] == ["custom/echo/up"]


async def test_tasks_are_unwrapped_and_answered_as_the_wire_contract_says(host: Host) -> None:
    await host.host("echo", ECHO)
    await host.host("scalar", "async def handle_task(agent, payload):\n    return 42\n")
    await host.host("raises", "async def handle_task(agent, payload):\n    return {}['missing']\n")
    await host.host("deaf", "async def process(agent):\n    pass\n", poll_interval=60)
    assert (await host.ear.ask("echo", {"payload": {"x": 1}}))["echo"] == {"x": 1}
    assert (await host.ear.ask("echo", {"payload": [1, 2]}))["echo"] == [1, 2]
    assert (await host.ear.ask("echo", {"text": "hi", "payload": "hi"}))["echo"] == {"text": "hi"}
    assert (await host.ear.ask("scalar", {}))["result"] == "42"
    failed = await host.ear.ask("raises", {})
    assert failed["error"] == "KeyError: 'missing'"
    assert (failed["error_phase"], failed["agent"]) == ("handle_task", "raises")
    assert (await host.ear.ask("deaf", {}))["error"] == "Agent 'deaf' has no handle_task function."


async def test_a_durable_task_is_done_once(host: Host) -> None:
    counting = """
async def handle_task(agent, payload):
    agent.persist("count", agent.recall("count", 0) + 1)
    return {"count": agent.recall("count")}
"""
    await host.host("counter", counting)
    far = 4_000_000_000.0
    body = {"_task_id": "once", "_reply_topic": "main/reply/test/once", "_deadline_at": far, "x": 1}
    for _ in range(2):
        since = len(host.ear.heard)
        await host.ear.say("agents/by-name/counter/task", body)
        _, reply = await host.ear.until(lambda topic, _: topic == "main/reply/test/once", since=since)
        assert reply["count"] == 1


async def test_chat_is_answered_in_words(host: Host) -> None:
    await host.host(
        "echo", "async def handle_task(agent, payload):\n    return {'message': f'got {sorted(payload)}'}\n"
    )
    assert (await host.ear.ask("echo", {"action": "chat", "text": "hello"}))["text"] == "got ['text']"
    assert (await host.ear.ask("echo", {"action": "chat", "text": '{"a": 1, "b": 2}'}))["text"] == "got ['a', 'b']"


async def test_what_was_kept_is_there_after_a_kill(host: Host) -> None:
    agent_id = await host.host("echo", ECHO)
    _, first = await host.ear.until(of(agent_id, "heartbeat"))
    assert (await host.ear.ask("echo", {}))["starts"] == 1
    await host.stop(signal.SIGKILL)
    await host.start()
    await host.host("echo", ECHO)
    assert (await host.ear.ask("echo", {}))["starts"] == 2
    _, beat = await host.ear.until(
        lambda topic, value: topic == f"agents/{agent_id}/heartbeat" and value["incarnation"] > first["incarnation"]
    )
    assert beat["state"] == "running"


async def test_the_same_order_again_changes_nothing_and_a_new_client_takes_over(host: Host) -> None:
    await host.host("echo", ECHO)
    assert (await host.ear.ask("echo", {}))["starts"] == 1
    host.writer.close()
    await host.connect()
    await host.host("echo", ECHO)
    assert (await host.ear.ask("echo", {}))["starts"] == 1
    await host.host("echo", ECHO, description="another one")
    assert (await host.ear.ask("echo", {}))["starts"] == 2


async def test_pause_resume_stop_start_and_delete(host: Host) -> None:
    code = """
async def setup(agent):
    await agent.publish("custom/life", {"say": "setup"})
async def process(agent):
    await agent.publish("custom/life", {"say": "process"})
async def cleanup(agent):
    await agent.publish("custom/life", {"say": "cleanup"})
async def handle_task(agent, payload):
    return {"ok": True}
"""
    agent_id = await host.host("liver", code, poll_interval=0.1)
    await host.ear.until(lambda topic, value: topic == "custom/life" and value["say"] == "process")

    async def command(word: str, state: str) -> int:
        since = len(host.ear.heard)
        await host.ear.say(f"agents/{agent_id}/commands", {"command": word})
        await host.ear.until(
            lambda topic, value: topic == f"agents/{agent_id}/status" and value["state"] == state, since=since
        )
        return since

    def said(since: int) -> list[str]:
        return [value["say"] for topic, value in host.ear.heard[since:] if topic == "custom/life"]

    await command("pause", "paused")
    await asyncio.sleep(0.3)
    quiet = len(host.ear.heard)
    assert "paused" in (await host.ear.ask("liver", {}))["error"]
    await asyncio.sleep(0.4)
    assert said(quiet) == []
    since = await command("resume", "running")
    await host.ear.until(lambda topic, value: topic == "custom/life" and value["say"] == "process", since=since)
    since = await command("stop", "stopped")
    await host.ear.until(lambda topic, value: topic == "custom/life" and value["say"] == "cleanup", since=since)
    since = await command("start", "running")
    await host.ear.until(lambda topic, value: topic == "custom/life" and value["say"] == "setup", since=since)
    await host.ear.say(f"agents/{agent_id}/commands", {"command": "delete"})
    assert (await host.ear.ask("liver", {}))["ok"] is True
    since = len(host.ear.heard)
    assert (await host.order("drop", "liver", delete=True))["event"] == "dropped"
    await host.ear.until(lambda topic, value: topic == "custom/life" and value["say"] == "cleanup", since=since)
    await host.ear.until(lambda topic, value: topic == f"agents/{agent_id}/manifest" and value is None, since=since)
    assert not (host.state_dir / "state" / "liver").exists()


async def test_messages_reach_callbacks_and_windows(host: Host) -> None:
    code = """
async def setup(agent):
    agent.window("sensors/lab/temperature", seconds=60)
    agent.subscribe("sensors/+/temperature", lambda payload: heard(agent, payload))

async def heard(agent, payload):
    agent.state["last"] = payload

async def handle_task(agent, payload):
    window = agent.window("sensors/lab/temperature", seconds=60)
    return {"mean": window.mean(), "count": window.count(), "last": agent.state.get("last")}
"""
    await host.host("watcher", code)
    await host.ear.ask("watcher", {})
    for value in (20, 22, 24):
        await host.ear.say("sensors/lab/temperature", {"value": value})
    for _ in range(50):
        reply = await host.ear.ask("watcher", {})
        if reply["count"] >= 3:
            break
    assert (reply["mean"], reply["count"], reply["last"]) == (22, 3, {"value": 24})


async def test_guests_give_each_other_tasks_where_granted(host: Host) -> None:
    await host.host("echo", ECHO)
    asks = """
async def handle_task(agent, payload):
    one = await agent.send_to("echo", {"x": payload["x"]}, timeout=5)
    many = await agent.send_to_many([("echo", {"x": 2}), ("nobody", {})])
    return {"one": one, "many": many}
"""
    await host.host("asker", asks, grants={"agents": ["echo"]})
    reply = await host.ear.ask("asker", {"x": 1})
    assert reply["one"] == {"echo": {"x": 1}, "starts": 1}
    assert reply["many"][0]["echo"] == {"x": 2}
    assert '"agents": ["nobody"]' in reply["many"][1]["error"]


REFUSED = {
    'await agent.publish("zigbee2mqtt/lamp/set", {})': '"publish": ["zigbee2mqtt/lamp/set"]',
    'agent.subscribe("zigbee2mqtt/#", print)': '"subscribe": ["zigbee2mqtt/#"]',
    'await agent.mqtt_get("private/x")': '"subscribe": ["private/x"]',
    'await agent.http.get("http://example.com/")': '"http": ["example.com:80"]',
    'await agent.chat("hello")': '"model": true',
    'await agent.publish(f"agents/{agent.actor_id}/heartbeat", {})': "written by the system",
    'await agent.publish("agents/by-name/main/task", {})': '"publish"',
    'await agent.publish("main/reply/somebody/1", {})': "written by the system",
}  # fmt: skip


async def test_what_was_not_granted_is_refused_by_name(host: Host) -> None:
    lines = "\n".join(f"    if n == {number}:\n        {call}" for number, call in enumerate(REFUSED))
    await host.host(
        "curious", f"async def handle_task(agent, payload):\n    n = payload['n']\n{lines}\n    return 'done'\n"
    )
    for number, (call, named) in enumerate(REFUSED.items()):
        reply = await host.ear.ask("curious", {"n": number})
        assert named.replace("true", "true") in reply["error"].replace("True", "true"), (call, reply)
    since = len(host.ear.heard)
    assert not [topic for topic, _ in host.ear.heard[:since] if topic.startswith(("zigbee2mqtt", "private"))]


async def test_a_trap_is_reported_and_the_agent_comes_back_with_its_state(host: Host) -> None:
    code = (
        ECHO
        + """
async def process(agent):
    pass

async def on_answer(agent, question, option):
    pass
"""
    )
    code = code.replace("    return {", "    while payload.get('spin'):\n        pass\n    return {")
    agent_id = await host.host("echo", code, poll_interval=60)
    await host.host("bystander", ECHO)
    assert (await host.ear.ask("echo", {}))["starts"] == 1
    reply = await host.ear.ask("echo", {"spin": True})
    assert "without waiting" in reply["error"]
    _, error = await host.ear.until(of(agent_id, "errors"))
    assert "without waiting" in error["error"]
    assert (await host.ear.ask("echo", {}))["starts"] == 2
    assert (await host.ear.ask("bystander", {}))["starts"] == 1


async def test_traps_without_end_are_failed(host: Host) -> None:
    agent_id = await host.host(
        "bomb", "async def process(agent):\n    import os\n    os._exit(1)\n", poll_interval=0.05
    )
    ended = await host.ended("bomb", 60)
    assert "exit" in ended["error"]
    assert ended["final"] is False
    await host.ear.until(lambda topic, value: topic == f"agents/{agent_id}/status" and value["state"] == "failed")
    traps = [value for topic, value in host.ear.heard if topic == f"agents/{agent_id}/errors"]
    assert len(traps) >= 6
    assert traps[-1]["fatal"] is True
    last = [value["state"] for topic, value in host.ear.heard if topic == f"agents/{agent_id}/status"][-1]
    assert last == "failed"


async def test_code_that_cannot_run_is_refused_in_words(host: Host) -> None:
    spec = {"name": "bad", "code": "import socket\ndef setup():\n    pass\n"}
    answer = await host.order("host", "bad", spec=spec)
    assert answer["event"] == "refused"
    assert "line 1: 'socket' cannot be imported" in answer["error"]
    assert "async def setup(agent)" in answer["error"]
    await host.host("late", "async def setup(agent):\n    raise ValueError('no such thing')\n")
    ended = await host.ended("late")
    assert ended["error"] == "setup: ValueError: no such thing"


async def test_state_travels(host: Host) -> None:
    await host.host("echo", ECHO, _initial_state={"starts": 41, "more": {"a": [1]}})
    assert (await host.ear.ask("echo", {}))["starts"] == 42
    exported = await host.order("export", "echo")
    assert exported["state"] == {"starts": 42, "more": {"a": [1]}}


async def test_a_failing_process_is_retried_then_given_up(host: Host) -> None:
    agent_id = await host.host(
        "sick", "async def process(agent):\n    raise OSError('no sensor')\n", poll_interval=0.05
    )
    _, third = await host.ear.until(
        lambda topic, value: topic == f"agents/{agent_id}/errors" and value["consecutive"] == 3, 30
    )
    assert (third["severity"], third["degraded"], third["error"]) == ("critical", True, "OSError: no sensor")
    ended = await host.ended("sick", 45)
    assert "5 times in a row" in ended["error"]


async def test_agents_see_who_else_is_there(host: Host) -> None:
    code = """
async def handle_task(agent, payload):
    return {"agents": agent.agents(), "can": agent.capabilities("echoing"), "topics": agent.topics("custom/echo")}
"""
    await host.host("echo", ECHO, description="Says it again.", capabilities=["echoing"], publishes=["custom/echo/up"])
    await host.host("looker", code)
    for _ in range(40):
        reply = await host.ear.ask("looker", {})
        if reply["can"] and {one["name"] for one in reply["agents"]} == {"echo", "looker"}:
            break
        await asyncio.sleep(0.2)
    echo = next(one for one in reply["agents"] if one["name"] == "echo")
    assert (echo["description"], echo["remote"], echo["node"]) == ("Says it again.", False, "local")
    assert reply["topics"] == [{"topic": "custom/echo/up", "agents": ["echo"]}]


async def test_a_broker_that_goes_away_and_comes_back_is_no_death(host: Host, broker: TestBroker) -> None:
    await host.host("echo", ECHO)
    assert (await host.ear.ask("echo", {}))["starts"] == 1
    broker.kill()
    await asyncio.sleep(0.5)
    broker.start()
    async with listening(broker) as ear:
        await ear.until(lambda topic, value: topic.endswith("/heartbeat") and value["name"] == "echo", 15)
        assert (await ear.ask("echo", {}))["starts"] == 1


async def test_an_agent_may_end_itself(host: Host) -> None:
    await host.host("done", "async def setup(agent):\n    agent.stop()\n")
    ended = await host.ended("done")
    assert ended["final"] is True


class Oracle(Agent[AgentSettings]):
    """A language model that says what it was asked."""

    name = "llm"
    description = "A double of the model service."

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.asked: list[Completion] = []
        self.answers: list[str] = []

    @handles(COMPLETE)
    async def complete(self, request: Completion, _task: Task) -> CompletionResult:
        """Answer."""
        self.asked.append(request)
        text = self.answers.pop(0) if self.answers else f"{len(request.messages)}: {request.messages[-1].content}"
        return CompletionResult(text=text, provider="test", model="test", input_tokens=3, output_tokens=2, cost_usd=0.5)


async def test_a_persona_talks_and_remembers(host: Host, broker: TestBroker, tmp_path: Path) -> None:
    async with running(Oracle, broker, tmp_path / "llm") as oracle:
        agent_id = await host.host("butler", system_prompt="You are a butler.", grants={"model": True})
        assert (await host.ear.ask("butler", {"action": "chat", "text": "hello"}))["text"] == "1: hello"
        assert (await host.ear.ask("butler", {"text": "again"}))["result"] == "3: again"
        await host.stop()
        await host.start()
        await host.host("butler", system_prompt="You are a butler.", grants={"model": True})
        assert (await host.ear.ask("butler", {"text": "still there?"}))["result"] == "5: still there?"
        assert {(one.system, one.agent, one.purpose) for one in oracle.asked} == {
            ("You are a butler.", "butler", "persona")
        }
        _, metrics = await host.ear.until(
            lambda topic, value: topic == f"agents/{agent_id}/metrics" and value.get("llm_calls") == 2
        )
        assert (metrics["input_tokens"], metrics["cost_usd"]) == (6, 1.0)


async def test_code_asks_the_model_where_granted(host: Host, broker: TestBroker, tmp_path: Path) -> None:
    code = """
async def handle_task(agent, payload):
    first = await agent.llm.chat("one", system="short")
    await agent.llm.converse("two")
    return {"first": first, "talk": await agent.llm.converse("three")}
"""
    async with running(Oracle, broker, tmp_path / "llm"):
        await host.host("thinker", code, grants={"model": True})
        reply = await host.ear.ask("thinker", {})
        assert (reply["first"], reply["talk"]) == ("1: one", "3: three")


async def test_files_of_a_message_are_shown_while_it_is_answered(
    host: Host, broker: TestBroker, tmp_path: Path
) -> None:
    photo = {"id": "1" * 32, "name": "photo.png", "media_type": "image/png", "size": 5, "sha256": ""}
    stolen = {**photo, "id": "2" * 32}
    code = """
async def handle_task(agent, payload):
    files = payload.get("attachments", [])
    if files:
        agent.persist("files", files)
    question = {"role": "user", "content": "look", "attachments": agent.recall("files", []) + payload.get("more", [])}
    await agent.send_to("llm", {"action": "complete", "messages": [question], "person": "ann"})
    return await agent.llm.complete([question])
"""
    said = {"action": "chat", "text": "look", "person": "ann", "attachments": [photo]}
    async with running(Oracle, broker, tmp_path / "llm") as oracle:
        await host.host("looker", code, grants={"model": True, "agents": ["llm"]})
        await host.host("butler", system_prompt="You are a butler.", grants={"model": True})
        for name in ("looker", "butler"):
            oracle.asked.clear()
            await host.ear.ask(
                name, {**said, "text": json.dumps({"text": "look", "more": [stolen]})}, _sender="io-agent"
            )
            shown = [([file.id for file in one.messages[-1].attachments], one.person) for one in oracle.asked]
            assert len(shown) == (2 if name == "looker" else 1)
            assert shown[-1] == ([photo["id"]], "ann")
            assert all(files == [] and not person for files, person in shown[:-1]), "past the check goes nothing"
            oracle.asked.clear()
            await host.ear.ask(name, {**said, "attachments": []}, _sender="io-agent")
            await host.ear.ask(name, said, _sender="looker")
            assert not any(message.attachments for one in oracle.asked for message in one.messages)


async def test_broken_code_is_mended_by_the_model(host: Host, broker: TestBroker, tmp_path: Path) -> None:
    broken = "async def setup(agent):\n    agent.nothing()\n"
    mended = "async def setup(agent):\n    pass\n\nasync def handle_task(agent, payload):\n    return 'mended'\n"
    async with running(Oracle, broker, tmp_path / "llm") as oracle:
        oracle.answers = [f"Here it is:\n```python\n{mended}```\n"]
        await host.host("patient", broken, grants={"model": True}, repair=True)
        answer = await host.answer(lambda one: one["event"] == "repaired")
        assert answer["code"] == mended
        assert (await host.ear.ask("patient", {}))["result"] == "mended"
        assert "AttributeError" in oracle.asked[0].messages[0].content
        oracle.answers = ["```python\nasync def setup(agent):\n    agent.other()\n```"] * 2
        await host.host("hopeless", broken, grants={"model": True}, repair=True)
        assert "AttributeError" in (await host.ended("hopeless"))["error"]
        assert len(oracle.asked) == 3  # the second answer changed nothing
        await host.host("unasked", broken, grants={"model": True})
        await host.ended("unasked")
        assert len(oracle.asked) == 3


async def test_code_with_packages_runs_on_plain_python(host: Host, tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    info = "tinything-1.0.dist-info"
    with zipfile.ZipFile(wheels / "tinything-1.0-py3-none-any.whl", "w") as file:
        file.writestr("tinything.py", "ANSWER = 42\n")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinything\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    await host.stop()
    host.env["WACTORZ_DYNAMIC_WHEELS"] = str(wheels)
    await host.start()
    code = """
import asyncio
import sys
import tinything

async def setup(agent):
    agent.persist("starts", agent.recall("starts", 0) + 1)
    agent.subscribe("custom/in", lambda payload: agent.publish("custom/out", payload))

async def handle_task(agent, payload):
    if payload.get("exit"):
        sys.exit(1)
    await asyncio.sleep(0)
    return {"answer": tinything.ANSWER, "starts": agent.recall("starts")}
"""
    await host.host("packed", code, install=["tinything"])
    assert await host.ear.ask("packed", {}) | {"_task_id": ""} == {
        "answer": 42, "starts": 1, "agent": "packed", "_state": "done", "_task_id": ""
    }  # fmt: skip
    assert "SystemExit" in (await host.ear.ask("packed", {"exit": True}))["error"]
    await host.ear.say("custom/in", {"x": 1})
    assert (await host.ear.until(lambda topic, _: topic == "custom/out"))[1] == {"x": 1}
    answer = await host.order("host", "second", spec={"name": "second", "code": code, "install": ["tinything"]})
    assert "process of its own" in answer["error"]
    answer = await host.order("host", "packed", spec={"name": "packed", "code": code, "install": ["--index-url=x"]})
    assert "no package name" in answer["error"]
    assert (await host.ear.ask("packed", {}))["answer"] == 42


async def test_web_servers_where_granted(host: Host) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.json_response({"value": 21})

    app = web.Application()
    app.router.add_get("/", page)
    code = """
async def handle_task(agent, payload):
    answer = await agent.http.get(payload["url"])
    return {"status": answer.status, "value": answer.json()["value"]}
"""
    async with TestServer(app) as server:
        place = f"127.0.0.1:{server.port}"
        await host.host("surfer", code, grants={"http": [place]})
        reply = await host.ear.ask("surfer", {"url": f"http://{place}/"})
        assert (reply["status"], reply["value"]) == (200, 21)
        assert '"http": ["127.0.0.1:1"]' in (await host.ear.ask("surfer", {"url": "http://127.0.0.1:1/"}))["error"]


async def test_orders_over_standard_streams(broker: TestBroker, tmp_path: Path) -> None:
    async with listening(broker) as ear:
        made = Host(tmp_path / "state", broker, ear)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "wactorz_dynamic_agent", env=made.env,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=QUEUE,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        made.process, made.reader, made.writer = process, process.stdout, process.stdin
        await made.answer(lambda one: one["event"] == "ready", 60)
        await made.host("echo", "print('at import')\n" + ECHO)
        assert (await ear.ask("echo", {"x": 1}))["echo"] == {"x": 1}
        process.stdin.close()
        assert (await ear.ask("echo", {"x": 2}))["echo"] == {"x": 2}
        await made.stop()
        assert await process.stdout.read() == b""
        assert process.returncode == 0
