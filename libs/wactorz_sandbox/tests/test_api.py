import asyncio
from types import SimpleNamespace

import pytest

from wactorz_sandbox.guest.api import Agent
from wactorz_sandbox.guest.port import AgentError


@pytest.fixture
def agent(port):
    return Agent({"name": "tester", "actor_id": "ID-1", "grants": {"model": True}}, port)


async def test_what_is_told(agent, port):
    await agent.publish("t", {"a": 1}, retain=True)
    agent.publish_result(1)
    agent.publish_detection({"class": "cat"})
    agent.publish_world_state("room", {"empty": True})
    assert port.published == [
        ("t", {"a": 1}, True), ("agents/ID-1/result", 1, False), ("agents/ID-1/detections", {"class": "cat"}, False),
        ("agents/tester/data/room", {"empty": True}, True),
    ]  # fmt: skip
    agent.alert("hot", "critical")
    agent.set_status("busy")
    agent.notify_user("hello", options=["a"])
    agent.increment_processed()
    agent.increment_errors(2)
    agent.stop()
    assert port.told == [
        ("alert", {"message": "hot", "severity": "critical"}), ("status", {"text": "busy"}),
        ("notify", {"message": "hello", "options": ["a"]}), ("processed", {"count": 1}), ("errors", {"count": 2}), ("stop", {}),
    ]  # fmt: skip


async def test_logging(agent, port):
    agent.log("a")
    await agent.log(5, "warning")
    agent.logger.error("x %s", 1)
    agent.logger.debug("100 %", 1)
    assert port.lines == [("info", "a"), ("warning", "5"), ("error", "x 1"), ("debug", "100 % 1")]


async def test_a_contract_is_told_as_a_whole(agent, port):
    agent.declare_contract("a", ["b"])
    await agent.declare_contract(publish="c", schema={"x": "float"})
    assert port.told[-1] == (
        "contract",
        {"publishes": ["a", "c"], "subscribes": ["b"], "produces_schema": {"x": "float"}},
    )


async def test_other_agents(agent):
    assert await agent.send_to("b", {"q": 1}) == {"from": "b", "got": {"q": 1}}
    assert "grants.agents" in (await agent.delegate("secret", 1))["error"]
    answers = await agent.send_to_many([("b", 1), ("secret", 2), ("c", 3)])
    assert [answer.get("from") for answer in answers] == ["b", None, "c"]


async def test_messages_that_are_kept(agent, port):
    assert await agent.mqtt_get("kept", timeout=3) == {"value": 7}
    assert await agent.read_world_state("agents/b/data/x") is None
    assert port.performed[0] == ("mqtt_get", {"topic": "kept", "timeout": 3})


async def test_the_model_remembers_what_was_said(agent, port):
    assert await agent.chat("one") == await agent.ask_llm("one") == "answer to one after 1"
    assert await agent.complete([{"role": "user", "content": "x"}]) == "answer to x after 1"
    for n in range(40):
        await agent.llm.converse(f"q{n}")
    assert await agent.llm.converse("last") == "answer to last after 65"


async def test_a_long_conversation_is_cut_to_what_can_be_kept(agent, port):
    for _ in range(5):
        await agent.llm.converse("x" * 10_000)
    assert len(port.kept["_conversation"]) <= 60_000


async def test_without_the_grant_there_is_no_model(port):
    agent = Agent({"name": "tester"}, port)
    assert agent.llm is None
    for ask in (lambda: agent.chat("x"), lambda: agent.complete([])):
        with pytest.raises(AgentError, match=r'"grants": ."model": true'):
            ask()


async def test_the_web(agent):
    page = await agent.http.get("http://host/a?b=1", params={"c": 2}, headers={"X": 3})
    assert page.json() == {
        "method": "GET",
        "url": "http://host/a?b=1&c=2",
        "headers": {"X": "3"},
        "body": "",
        "timeout": 30,
    }
    form = (await agent.http.request("put", "http://host", data={"a": "b c"})).json()
    assert (form["method"], form["body"]) == ("PUT", "a=b+c")
    missing = await agent.http.post("http://host/missing", data=b"raw")
    assert (missing.status_code, missing.ok) == (404, False)
    with pytest.raises(AgentError, match="404"):
        missing.raise_for_status()


async def test_work_beside_is_guarded(agent, port):
    async def bad():
        raise ValueError("beside")

    agent.run_in_background(bad())
    await asyncio.sleep(0.01)
    assert "ValueError: beside" in port.lines[0][1]
    assert port.told == [("errors", {"count": 1, "error": "ValueError: beside"})]


async def test_a_callback_must_be_one(agent):
    with pytest.raises(TypeError, match="callback"):
        agent.subscribe("t", None)
    assert not SimpleNamespace(**vars(agent))._heard
