"""What code asks the host to do, and how it is refused."""

import asyncio
import json

import pytest

from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.llm import CompletionResult, UnseenFile
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_common.errors import ContractError
from wactorz_dynamic_agent.egress import Web
from wactorz_dynamic_agent.errors import Denied
from wactorz_dynamic_agent.handed import HandedFiles
from wactorz_dynamic_agent.operations import Operations, addressed
from wactorz_dynamic_agent.policy import Policy


class Bus:
    reply_topic = "agents/by-name/x/reply/id"

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, object], float]] = []
        self.reply: object = {}
        self.heard = None

    def next_ask_id(self) -> str:
        return "x.1.1"

    async def request(self, topic, data, ask_id, timeout):
        self.sent.append((topic, json.loads(data), timeout))
        return json.dumps(self.reply).encode()

    def listen(self, filter_, listener, qos=1):
        self.heard = (filter_, listener)
        return lambda: setattr(self, "heard", None)


class Agent:
    name = "x"

    def __init__(self) -> None:
        self.bus = Bus()
        self.answer = CompletionResult(text="yes", provider="p", model="m")
        self.paid: list[CompletionResult] = []
        self.handed = HandedFiles()

    async def ask(self, operation, request, timeout):
        self.request = request
        return self.answer

    def spent(self, answer):
        self.paid.append(answer)


def made(**grants: object) -> tuple[Agent, Operations]:
    agent = Agent()
    spec = SpawnSpec.model_validate({"name": "x", "grants": grants})
    return agent, Operations(agent, Policy(spec, "id"), Web((), allow_private=False))


async def test_a_task_travels_as_the_wire_contract_says() -> None:
    agent, operations = made(agents=["echo"])
    agent.bus.reply = {"_task_id": "x.1.1", "_state": "done", "agent": "echo", "value": 1}
    answer = await operations.perform("send_to", {"name": "echo", "payload": {"a": 1, "_secret": 2}, "timeout": 9})
    assert answer == {"value": 1}
    topic, body, timeout = agent.bus.sent[0]
    assert (topic, timeout) == ("agents/by-name/echo/task", 9.0)
    assert body == {
        "a": 1, "_remote_task": True, "_reply_topic": "agents/by-name/x/reply/id", "_sender": "x", "_task_id": "x.1.1",
    }  # fmt: skip
    await operations.perform("send_to", {"name": "echo", "payload": "hello"})
    assert agent.bus.sent[1][1]["text"] == agent.bus.sent[1][1]["payload"] == "hello"
    assert agent.bus.sent[1][2] == 60.0


async def test_errors_of_others_keep_their_words() -> None:
    agent, operations = made(agents=["echo"])
    agent.bus.reply = {"error": "no", "agent": "echo", "error_phase": "handle_task", "_task_id": "1"}
    answer = await operations.perform("send_to", {"name": "echo", "payload": {}})
    assert answer == {"error": "no", "agent": "echo", "error_phase": "handle_task"}
    agent.bus.reply = [1]
    assert await operations.perform("send_to", {"name": "echo", "payload": {}}) == {"result": [1]}


async def test_one_message_or_none() -> None:
    agent, operations = made()
    assert await operations.perform("mqtt_get", {"topic": "custom/x", "timeout": 0.01}) is None
    assert agent.bus.heard is None
    listen = agent.bus.listen

    def at_once(filter_, listener, qos=1):

        asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(listener("custom/x", b'{"a": 1}', True)))
        return listen(filter_, listener, qos)

    agent.bus.listen = at_once
    assert await operations.perform("mqtt_get", {"topic": "custom/x", "timeout": 5}) == {"a": 1}


async def test_the_model() -> None:
    agent, operations = made(model=True)
    answer = await operations.perform("llm", {"messages": [{"role": "user", "content": "why?"}], "system": "short"})
    assert answer["text"] == "yes"
    assert (agent.request.agent, agent.request.system, agent.request.purpose) == ("x", "short", "agent")
    assert len(agent.paid) == 1
    agent.answer = CompletionResult(text="No model is configured.", provider="offline", model="", available=False)
    with pytest.raises(ContractError, match="No model is configured"):
        await operations.perform("llm", {"messages": [{"role": "user", "content": "why?"}]})
    with pytest.raises(ContractError, match="asked nothing"):
        await operations.perform("llm", {"messages": []})


@pytest.mark.parametrize(
    ("op", "args", "grant"),
    [
        ("send_to", {"name": "main"}, '"agents": ["main"]'), ("mqtt_get", {"topic": "private/x"}, '"subscribe"'),
        ("llm", {"messages": [{"role": "user", "content": "x"}]}, '"model": true'),
        ("http", {"url": "http://example.com/"}, '"http": ["example.com:80"]'),
    ],
)  # fmt: skip
async def test_refusals_name_the_grant(op: str, args: dict[str, object], grant: str) -> None:
    agent, operations = made()
    with pytest.raises(Denied) as caught:
        await operations.perform(op, args)
    assert grant in str(caught.value)
    assert agent.bus.sent == []


async def test_nothing_else() -> None:
    with pytest.raises(ContractError, match="no operation 'launch'"):
        await made()[1].perform("launch", {})


async def test_the_model_is_asked_in_nobody_elses_name_and_writes_into_no_chat() -> None:
    agent, operations = made(agents=["llm"])
    asked = {"action": "complete", "agent": "main", "stream_to": "somebodys-chat", "_sender": "main"}
    for payload in (asked, {"payload": asked}, json.dumps(asked)):
        await operations.perform("send_to", {"name": "llm", "payload": payload})
        body = agent.bus.sent[-1][1]
        assert (body["agent"], body["_sender"]) == ("x", "x")
        assert "stream_to" not in body


def test_a_task_without_an_answer_bears_its_senders_name() -> None:
    told = addressed("x", "echo", {"a": 1, "_sender": "main", "_reply_topic": "main/reply/a/b", "_deadline_at": 9e9})
    assert told == {"a": 1, "_remote_task": True, "_sender": "x"}
    assert addressed("x", "echo", "hello")["text"] == "hello"


PHOTO = Attachment(id="1" * 32, name="photo.png", media_type="image/png", size=5)


async def test_code_shows_the_model_files_of_the_request_that_it_answers() -> None:
    agent, operations = made(model=True)
    agent.answer = agent.answer.model_copy(
        update={"unseen": (UnseenFile(id="1", name="a.pdf", why="gone", reason="it is gone"),)}
    )
    other = {**PHOTO.to_wire(), "id": "2" * 32}
    messages = [{"role": "user", "content": "what?", "attachments": [PHOTO.to_wire(), other]}]
    with agent.handed.during(ChatRequest(text="?", person="ann", attachments=(PHOTO,)), "io-agent"):
        answer = await operations.perform("llm", {"messages": messages})
    assert answer["unseen"] == [{"name": "a.pdf", "reason": "it is gone"}]
    assert (agent.request.messages[0].attachments, agent.request.person) == ((PHOTO,), "ann")
    await operations.perform("llm", {"messages": messages})
    assert (agent.request.messages[0].attachments, agent.request.person) == ((), "")


def test_no_file_goes_to_the_model_past_that_check() -> None:
    message = {"role": "user", "content": "what?", "attachments": [PHOTO.to_wire()]}
    body = {"messages": [message, "x"], "attachments": [PHOTO.to_wire()], "person": "ann", "system": "s"}
    told = addressed("x", "llm", body)
    assert told["messages"] == [{"role": "user", "content": "what?"}, "x"]
    assert not {"attachments", "person"} & told.keys()
    assert addressed("x", "llm", {"messages": "none"})["messages"] == "none"
    assert "attachments" in addressed("x", "echo", body)
