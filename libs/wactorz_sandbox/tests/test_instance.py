"""Agents in the built component: what they can do, and what becomes of those that misbehave."""

import asyncio
import time

import pytest

from wactorz_sandbox.errors import GuestEnded, GuestError
from wactorz_sandbox.instance import Instance
from wactorz_sandbox.limits import Limits

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(400)]

ECHO = "async def handle_task(agent, payload):\n    return payload\n"


async def until(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        await asyncio.sleep(0.01)


async def test_functions_are_named_and_called(spawn):
    agent = await spawn("def setup(agent): pass\n" + ECHO)
    assert agent.functions == ("setup", "handle_task")
    assert await agent.call("setup") is None
    assert await agent.call("handle_task", {"text": "hällo ✓", "n": [1, 2.5, None]}) == {
        "text": "hällo ✓",
        "n": [1, 2.5, None],
    }
    with pytest.raises(GuestError, match="has no process function"):
        await agent.call("process")


async def test_sync_and_async_spelling_give_the_same(spawn, ports):
    agent = await spawn(
        """
        def heard(payload):
            pass
        def handle_task(agent, payload):
            agent.subscribe("a/+", heard); agent.publish("a/b", 1); agent.persist("k", [1])
            agent.log("line"); agent.set_status("busy")
            return [agent.recall("k"), agent.window("a/+").count(), agent.recall("none", 3), agent.agents()]
        async def process(agent):
            await agent.subscribe("a/+", heard); await agent.publish("a/b", 1); await agent.persist("k", [1])
            await agent.log("line"); await agent.set_status("busy")
            w = await agent.window("a/+")
            return [await agent.recall("k"), w.count(), await agent.recall("none", 3), await agent.agents()]
        """.replace("\n        ", "\n")
    )
    assert await agent.call("handle_task", {}) == await agent.call("process") == [[1], 0, 3, []]
    assert ports.filters == ["a/+"]
    assert ports.published == [("a/b", 1, False)] * 2
    assert ports.kept == {"k": "[1]"}
    assert ports.told == [("status", {"text": "busy"})] * 2


async def test_operations_run_side_by_side_while_messages_come_in(spawn, ports):
    agent = await spawn(
        """
import asyncio
seen = []
async def setup(agent):
    agent.subscribe("s/#", hear)
async def hear(payload):
    seen.append(payload["value"])
async def handle_task(agent, payload):
    both = await asyncio.gather(agent.send_to("b", {"seconds": 0.6}), asyncio.create_task(agent.delegate("c", {"seconds": 0.6})))
    return [answer["from"] for answer in both] + seen
"""
    )
    await agent.call("setup")
    began = time.monotonic()
    task = asyncio.create_task(agent.call("handle_task", {}))
    await asyncio.sleep(0.05)
    assert agent.deliver("s/kitchen", '{"value": 1}')
    assert agent.deliver("other", '{"value": 2}')
    assert await task == ["b", "c", 1]
    assert time.monotonic() - began < 1.19  # one after the other it would be 1.2


async def test_agents_call_one_another_back(component, spawn, ports):
    """A asks B, which asks A again while A still waits."""
    a = await spawn("async def handle_task(agent, n):\n    return n if n > 3 else (await agent.send_to('b', n))['n']\n")
    b = await spawn("async def handle_task(agent, n):\n    return {'n': (await agent.send_to('a', n + 1))}\n")

    async def send_to(args):
        return await {"a": a, "b": b}[args["name"]].call("handle_task", args["payload"])

    ports._send_to = send_to
    assert await a.call("handle_task", 1) == 4


async def test_timers_time_outs_and_cancellation(spawn, ports):
    agent = await spawn(
        """
import asyncio
async def handle_task(agent, payload):
    await asyncio.sleep(0.05)
    try:
        await asyncio.wait_for(agent.send_to("b", {"seconds": 30}), 0.05)
    except asyncio.TimeoutError:
        return "too late"
async def process(agent):
    try:
        await agent.send_to("b", {"seconds": 30})
    finally:
        agent.log("tidied")
"""
    )
    assert await agent.call("handle_task", {}) == "too late"
    assert ports.canceled == ["send_to"]
    with pytest.raises(TimeoutError):
        await agent.call("process", timeout=0.05)
    await until(lambda: ("info", "tidied") in ports.lines)
    await until(lambda: ports.canceled == ["send_to"] * 2)
    task = asyncio.create_task(agent.call("process"))
    await asyncio.sleep(0.05)
    task.cancel()
    await until(lambda: ports.canceled == ["send_to"] * 3)
    assert agent.ended is None


async def test_refusals_name_the_grant(spawn):
    agent = await spawn(
        """
async def handle_task(agent, payload):
    said = [await agent.send_to("secret", 1), agent.llm]
    for attempt in (lambda: agent.publish("secret/x", 1), lambda: agent.subscribe("secret/#", print), lambda: agent.ask_llm("hi")):
        try:
            attempt()
        except Exception as error:
            said.append(str(error))
    return said
"""
    )
    answer = await agent.call("handle_task", {})
    assert "grants.agents" in answer[0]["error"]
    assert answer[1] is None
    assert "grants.publish" in answer[2]
    assert "grants.subscribe" in answer[3]
    assert '"grants": {"model": true}' in answer[4]


async def test_a_granted_model_and_the_web(spawn):
    agent = await spawn(
        """
async def handle_task(agent, payload):
    page = await agent.http.post("http://host/x", json={"a": 1}, params={"q": "ä"})
    sent = page.json()
    missing = await agent.http.get("http://host/missing")
    said = [await agent.llm.chat("one"), await agent.llm.converse("two"), await agent.llm.converse("three")]
    return said + [page.status, page.ok, page.headers["x-a"], sent["url"], sent["body"], sent["headers"], missing.ok]
""",
        {"grants": {"model": True}},
    )
    assert await agent.call("handle_task", {}) == [
        "answer to one after 1", "answer to two after 1", "answer to three after 3", 200, True, "b", "http://host/x?q=%C3%A4",
        '{"a": 1}', {"Content-Type": "application/json"}, False,
    ]  # fmt: skip


async def test_errors_point_into_the_agents_own_lines(spawn, ports):
    with pytest.raises(GuestError, match="SyntaxError"):
        await spawn("def setup(agent:\n")
    with pytest.raises(GuestError, match="name its package in 'install'"):
        await spawn("import numpy\n")
    agent = await spawn(
        "def handle_task(agent, p):\n    return p['missing']\ndef process(agent):\n    raise SystemExit(3)\n"
    )
    with pytest.raises(GuestError, match="KeyError") as caught:
        await agent.call("handle_task", {})
    assert 'File "<agent>", line 2' in caught.value.traceback
    assert "return p['missing']" in caught.value.traceback
    with pytest.raises(GuestError, match="SystemExit"):
        await agent.call("process")
    assert agent.ended is None


async def test_an_error_in_a_callback_is_logged_and_counted(spawn, ports):
    agent = await spawn("def bad(payload): return 1 / 0\ndef setup(agent): agent.subscribe('x', bad)\n" + ECHO)
    await agent.call("setup")
    agent.deliver("x", "1")
    await until(lambda: ports.told)
    assert ports.told[0][0] == "errors"
    assert "ZeroDivisionError" in ports.lines[0][1]
    assert await agent.call("handle_task", 5) == 5


async def test_print_goes_into_the_log(spawn, ports):
    agent = await spawn("def process(agent):\n    print('one'); print('two', 3, end='')\n    print()\n")
    await agent.call("process")
    assert ports.lines == [("info", "one"), ("info", "two 3")]


async def test_the_directory_is_a_snapshot_that_can_be_refreshed(spawn):
    agent = await spawn(
        "def process(agent): return [agent.agents(), agent.topics('kit'), agent.name, agent.node, agent.state]\n",
        {
            "directory": {"agents": [{"name": "b"}], "topics": [{"topic": "kitchen"}, {"topic": "hall"}]},
            "state": {"a": 1},
        },
    )
    assert await agent.call("process") == [[{"name": "b"}], [{"topic": "kitchen"}], "tester", "local", {"a": 1}]
    agent.refresh({"agents": [{"name": "c"}]})
    assert (await agent.call("process"))[:2] == [[{"name": "c"}], []]


async def test_one_thousand_calls_at_once(spawn):
    agent = await spawn(ECHO, limits=Limits(open_calls=1000))
    answers = await asyncio.gather(*[agent.call("handle_task", n) for n in range(1000)])
    assert answers == list(range(1000))


async def test_waiting_messages_are_bounded_and_the_newest_stay(spawn):
    agent = await spawn(
        "seen = []\ndef setup(agent): agent.subscribe('x', seen.append)\ndef process(agent): return seen\n",
        limits=Limits(waiting_messages=10, message_bytes=1000),
    )
    await agent.call("setup")
    taken = [agent.deliver("x", str(n)) for n in range(30)]
    assert taken == [True] * 10 + [False] * 20
    assert not agent.deliver("x", '"' + "x" * 1000 + '"')
    await asyncio.sleep(0.1)
    assert await agent.call("process") == list(range(20, 30))


async def test_what_cannot_be_json_is_the_callers_error(spawn):
    agent = await spawn(ECHO)
    with pytest.raises(TypeError):
        await agent.call("handle_task", object())
    assert await agent.call("handle_task", 1) == 1


async def test_an_end_fails_what_is_open_and_the_next_instance_starts_clean(spawn, ports):
    agent = await spawn(
        """
import asyncio
async def handle_task(agent, payload):
    agent.state["n"] = agent.state.get("n", 0) + 1
    agent.persist("n", agent.state["n"])
    await asyncio.sleep(payload)
    return agent.state["n"]
def process(agent):
    while True:
        pass
"""
    )
    ends = []
    agent.on_end = ends.append
    neighbor = asyncio.create_task(agent.call("handle_task", 30))
    await asyncio.sleep(0.05)
    with pytest.raises(GuestEnded, match="without waiting") as ended:
        await agent.call("process")
    with pytest.raises(GuestEnded):
        await neighbor
    with pytest.raises(GuestEnded):
        await agent.call("handle_task", 0)
    assert not agent.deliver("x", "1")
    await asyncio.sleep(0)
    assert ended.value.reason == "time"
    assert [end.reason for end in ends] == ["time"]
    fresh = await agent.respawn()
    assert await fresh.call("handle_task", 0) == 1
    assert ports.kept["n"] == "1"
    await fresh.close()
    assert [end.reason for end in ends] == ["time"]


async def test_close_fails_what_is_open(spawn, ports):
    agent = await spawn("async def process(agent):\n    await agent.send_to('b', {'seconds': 30})\n")
    task = asyncio.create_task(agent.call("process"))
    await asyncio.sleep(0.05)
    await agent.close()
    with pytest.raises(GuestEnded, match="stopped"):
        await task
    assert ports.canceled == ["send_to"]
    await agent.close()


async def test_endless_rounds_of_the_loop_do_not_stop_the_others(spawn):
    agent = await spawn(
        "import asyncio\nasync def process(agent):\n    while True:\n        await asyncio.sleep(0)\n" + ECHO,
        limits=Limits(cpu=0.5),
    )
    spinning = asyncio.create_task(agent.call("process", timeout=1.5))
    assert await agent.call("handle_task", 1) == 1
    used = time.process_time()
    with pytest.raises(TimeoutError):
        await spinning
    assert time.process_time() - used < 1.6
    assert agent.ended is None


async def test_loading_too_long_or_with_too_little_memory_is_an_end(spawn, component):
    with pytest.raises(GuestEnded) as ended:
        await spawn("while True: pass", limits=Limits(load_seconds=0.3))
    assert ended.value.reason == "time"
    with pytest.raises(GuestEnded) as ended:
        await spawn(ECHO, limits=Limits(memory_mb=4))
    assert ended.value.reason == "memory"


async def test_setup_has_more_time_in_its_first_slice(spawn):
    source = "import time\ndef work(agent):\n    end = time.monotonic() + 0.4\n    while time.monotonic() < end: pass\nsetup = process = work\n"
    agent = await spawn(source, limits=Limits(slice_seconds=0.2, setup_seconds=2, cpu=2))
    await agent.call("setup")
    with pytest.raises(GuestEnded):
        await agent.call("process")


async def test_a_slow_port_does_not_use_up_the_guests_time(spawn, ports):
    ports.persist = lambda key, value: time.sleep(0.5) or ""
    agent = await spawn(
        "def process(agent):\n    agent.persist('k', 1)\n    return sum(range(1000))\n",
        limits=Limits(slice_seconds=0.3),
    )
    assert await agent.call("process") == 499500


async def test_a_port_that_raises_does_not_end_the_guest(spawn, ports):
    def fail(*_):
        raise OSError("disk full")

    ports.persist = ports.publish = ports.log = ports.recall = fail
    agent = await spawn(
        """
def process(agent):
    said = []
    agent.log("x")
    said.append(agent.recall("k"))
    for attempt in (lambda: agent.persist("k", 1), lambda: agent.publish("t", 1)):
        try:
            attempt()
        except Exception as error:
            said.append(str(error))
    return said
"""
    )
    assert await agent.call("process") == [None, "the host failed: disk full", "the host failed: disk full"]


async def test_instances_know_nothing_of_one_another(component, spawn):
    source = "import json, random, uuid\ndef process(agent):\n    json.mine = getattr(json, 'mine', 0) + 1\n    return [json.mine, random.random(), str(uuid.uuid4())]\n"
    one, two = await spawn(source), await spawn(source)
    first, second = await one.call("process"), await two.call("process")
    assert first[0] == second[0] == 1
    assert first[1] != second[1]
    assert first[2] != second[2]
    assert isinstance(one, Instance)


async def test_closing_waits_for_a_thread_whose_task_was_canceled(spawn):
    agent = await spawn("def process(agent):\n    while True: pass\n", limits=Limits(slice_seconds=0.3))
    call = asyncio.create_task(agent.call("process"))
    await asyncio.sleep(0.05)
    agent._worker.cancel()
    began = time.monotonic()
    await agent.close()
    assert time.monotonic() - began > 0.1
    with pytest.raises(GuestEnded):
        await call


async def test_a_guest_that_forges_ids_of_operations_is_ended_and_nothing_goes_on(spawn, ports):
    agent = await spawn(
        """
import agent_app, json
async def handle_task(agent, payload):
    ops = [[1, "send_to", json.dumps({"name": "b", "payload": {"seconds": 30}})]] * 2000
    agent_app.WitWorld.step = lambda self, x: json.dumps({"next": 0, "ops": ops})
"""
    )
    await agent.call("handle_task", {})
    with pytest.raises(GuestEnded, match="under way already"):
        await agent.call("handle_task", {})
    await agent.close()
    await until(lambda: len(ports.canceled) == len(ports.performed))
    assert len(ports.performed) <= 1


async def test_a_guest_that_goes_on_with_refused_operations_is_ended(spawn, ports):
    agent = await spawn(
        """
import asyncio
async def handle_task(agent, payload):
    while True:
        await asyncio.gather(*[agent.send_to("b", {"seconds": 0.01}) for _ in range(1_000)], return_exceptions=True)
""",
        limits=Limits(open_ops=4, cpu=2),
    )
    with pytest.raises(GuestEnded) as ended:
        await agent.call("handle_task", {})
    assert ended.value.reason == "flood"
    assert "operations" in str(ended.value)


async def test_an_answer_of_many_parts_ends_the_guest_and_stops_nobody(spawn):
    agent = await spawn(
        """
import agent_app
async def handle_task(agent, payload):
    said = '{"next": 0, "x": [' + "[]," * 1_000_000 + "1]}"
    agent_app.WitWorld.step = lambda self, x: said
"""
    )
    await agent.call("handle_task", {})
    with pytest.raises(GuestEnded, match="too many parts"):
        await agent.call("handle_task", {})


async def test_waiting_messages_are_bounded_in_length_too(spawn):
    agent = await spawn("def handle_task(agent, payload): pass\n", limits=Limits(waiting_chars=1_000))
    assert agent.deliver("a", '"' + "x" * 400 + '"')
    assert agent.deliver("b", '"' + "x" * 400 + '"')
    assert not agent.deliver("c", '"' + "x" * 400 + '"')
    assert agent.deliver("d", "1")


async def test_a_guest_that_pauses_its_thread_pays_for_it(spawn):
    agent = await spawn(
        """
import time
def process(agent): time.sleep(0.2)
def handle_task(agent, payload): return time.monotonic()
""",
        limits=Limits(cpu=0.1, slice_seconds=2),
    )
    for _ in range(6):  # 1.2 s, of which one is free
        await agent.call("process")
    began = time.monotonic()
    await agent.call("handle_task", {})
    assert time.monotonic() - began > 0.5
