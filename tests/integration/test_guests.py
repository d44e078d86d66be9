"""Spawned agents on a node: signed in, hosted, found again, and nothing twice."""

import asyncio
import os
import signal
import time

import pytest

from wactorz_common.ids import clock
from wactorz_common.signing import Signer
from wactorz_testing.node import CODE, Node, spec

pytestmark = pytest.mark.broker


@pytest.fixture
async def node(tmp_path, broker):
    node = Node(tmp_path, broker.port)
    await node.start()
    async with node.client():
        await node.until(lambda: node.pulse.get("status") == "online")
        yield node
        await node.end()
    await node.until(lambda: not node.hosts())


async def test_an_agent_is_hosted_listed_stopped_and_deleted(node):
    wanted = spec("counter")
    assert not node.hosts(), "without a guest there is no host"
    ack = await node.spawn(wanted)
    assert ack.get("refused") is None
    beat = await node.hear("/heartbeat", name="counter")
    assert beat["actor_id"] == wanted["_agent_id"]
    assert (await node.ask("counter", "hello"))["said"] == "hello"
    await node.until(lambda: "counter" in node.pulse["agents"])
    [shown] = [item for item in node.pulse["processes"] if item["name"] == "counter"]
    assert (shown["executor"], shown["state"]) == ("shared", "running")
    assert shown["pid"] in node.hosts()
    await node.say("nodes/local/list", {})
    listed = await node.hear("nodes/local/agents")
    assert listed["agents"] == [{"name": "counter", "actor_id": wanted["_agent_id"]}]
    await node.say("nodes/local/stop", "counter")
    await node.hear("/events", name="counter", kind="stopped")
    await node.until(lambda: "counter" not in node.pulse["agents"])
    assert (await node.spawn(wanted)).get("refused") is None
    assert (await node.ask("counter", ""))["starts"] == 2, "a plain stop keeps the state"
    await node.say("nodes/local/stop", {"name": "counter", "delete": True})
    await node.hear("/events", name="counter", kind="stopped")
    assert not (node.state_dir / "state" / "counter").exists()
    assert (await node.spawn(spec("counter"))).get("refused") is None
    assert (await node.ask("counter", ""))["starts"] == 1, "a delete forgets the state"


async def test_the_same_again_changes_nothing_and_replace_replaces(node):
    wanted = spec("again")
    await node.spawn(wanted)
    await node.spawn(wanted)
    await node.spawn({**wanted, "replace": True})
    assert (await node.ask("again", ""))["starts"] == 1
    other = {**wanted, "code": CODE.replace("payload.get", "'new ' + payload.get")}
    await node.spawn(other)
    assert (await node.ask("again", "x"))["said"] == "x", "a name that runs is not taken without replace"
    await node.spawn({**other, "replace": True})
    answer = await node.ask("again", "x")
    assert (answer["said"], answer["starts"]) == ("new x", 2)


async def test_forged_altered_replayed_and_expired_messages_are_refused_and_kept(node):
    topic = "nodes/local/spawn"
    data, headers = node.sign(spec("genuine"))
    stranger = Signer.load(node.folder / "strange-key")
    forged = [
        (data, {}),
        (data.replace(b"genuine", b"altered"), headers),
        (data, {**headers, "wactorz-nonce": "0" * 32}),
        (data, stranger.headers(topic, data, time.time())),
        node.sign(spec("late"), now=time.time() - 120),
        node.sign(spec("elsewhere"), topic="nodes/garage/spawn"),
    ]
    for message in forged:
        await node.say(topic, *message)
    await node.say(topic, data, headers)
    assert (await node.hear("/spawn_ack"))["agent"] == "genuine", "forged messages get no answer"
    for _ in range(3):
        await node.say(topic, data, headers)
    await node.until(lambda: len(node.audit()) == 9)
    reasons = [reason for reason, _ in node.audit()]
    assert reasons[-3:] == ["it was received before"] * 3
    assert [reason.split(" ")[1] for reason in reasons[:6]] == [
        "is",
        "signature",
        "signature",
        "key",
        "expired",
        "signature",
    ]
    assert all(len(digest) == 64 for _, digest in node.audit())
    await node.until(lambda: node.pulse["signing_failures"] == 9)
    assert node.pulse["agents"] == ["genuine"]


async def test_ten_thousand_forged_messages_neither_execute_nor_stop_the_node(node):
    data, headers = node.sign(spec("flood"))
    for batch in range(0, 10_000, 200):
        numbers = range(batch, batch + 200)
        await asyncio.gather(
            *(node.say("nodes/local/spawn", data, {**headers, "wactorz-nonce": f"{n:032x}"}) for n in numbers)
        )
    ack = await node.spawn(spec("after"))
    assert (ack["agent"], ack.get("refused")) == ("after", None)
    await node.until(lambda: node.pulse["signing_failures"] == 10_000)
    assert len(node.audit()) == 10_000
    await node.until(lambda: node.pulse["agents"] == ["after"])


async def test_what_cannot_run_is_refused_in_words_and_nothing_is_left_of_it(node):
    cases = {
        "broken": ({"code": "def setup(agent:"}, "broken"),
        "elsewhere": ({"node": "garage"}, "garage"),
        "packages": ({"install": ["requests"]}, "WACTORZ_ALLOW_PROCESS_AGENTS"),
        "anonymous": ({"_agent_id": ""}, "no id"),
        "sandbox": ({}, "sandbox"),
        "../up": ({}, "cannot be the name"),
    }
    for name, (fields, words) in cases.items():
        ack = await node.spawn({**spec(name.strip("./")), "name": name, **fields})
        assert words in ack["refused"], ack
        assert not ack.get("temporary")
    await asyncio.sleep(0.6)
    assert node.pulse["agents"] == []
    assert len(node.audit()) == len(cases)


async def test_a_killed_host_is_back_with_all_its_agents(node):
    for name in ("one", "two"):
        await node.spawn(spec(name))
        assert (await node.ask(name, ""))["starts"] == 1
    [before] = node.hosts()
    os.kill(before, signal.SIGKILL)
    await node.until(lambda: node.hosts() not in ([], [before]))
    for name in ("one", "two"):
        assert (await node.ask(name, ""))["starts"] == 2
    await node.until(lambda: set(node.pulse["agents"]) == {"one", "two"})


async def test_a_killed_runner_finds_its_host_again_and_nothing_runs_twice(node):
    wanted = spec("kept")
    await node.spawn(wanted)
    before = node.hosts()
    assert await node.end(signal.SIGKILL) == -signal.SIGKILL
    assert (await node.ask("kept", ""))["starts"] == 1, "the host goes on without its runner"
    await node.start()
    node.pulse = {}
    await node.until(lambda: "kept" in node.pulse.get("agents", ()))
    assert node.hosts() == before
    assert (await node.ask("kept", ""))["starts"] == 1
    await node.say("nodes/local/spawn", *node.sign(wanted))
    await node.hear("/spawn_ack", agent="kept")
    assert (await node.ask("kept", ""))["starts"] == 1


async def test_a_nonce_is_remembered_over_the_death_of_the_runner(node):
    message = node.sign(spec("once"))
    await node.say("nodes/local/spawn", *message)
    await node.hear("/spawn_ack", agent="once")
    await node.say("nodes/local/stop", "once")
    await node.hear("/events", name="once", kind="stopped")
    await node.end(signal.SIGKILL)
    await node.start()
    await node.say("nodes/local/spawn", *message)
    await node.until(
        lambda: node.audit() == [("it was received before", node.audit()[0][1])] if node.audit() else False
    )
    assert node.pulse["agents"] == []


async def test_an_orderly_stop_ends_the_guests_and_the_next_start_waits_for_the_monitor(node):
    wanted = spec("parked")
    await node.spawn(wanted)
    assert (await node.ask("parked", ""))["starts"] == 1
    assert await node.end() == 0
    assert not node.hosts()
    await node.start()
    node.pulse = {}
    await node.until(lambda: node.pulse.get("status") == "online")
    assert node.pulse["agents"] == []
    await node.spawn(wanted)
    assert (await node.ask("parked", ""))["starts"] == 2


async def test_a_restart_and_a_move(node):
    await node.spawn(spec("mover"))
    assert (await node.ask("mover", ""))["starts"] == 1
    await node.say("nodes/local/restart_agent", {"name": "mover", "reason": "it is silent"})
    await node.hear("/events", name="mover", kind="died")
    await node.hear("/events", name="mover", kind="started")
    assert (await node.ask("mover", ""))["starts"] == 2
    await node.say("nodes/local/migrate", {"name": "mover", "target_node": "garage"})
    answer = await node.hear("/migrate_result", agent="mover")
    assert answer["success"] is False
    assert "monitor" in answer["error"]
    await node.say("nodes/local/migrate", {"name": "mover", "target_node": "@main", "return_token": "t1"})
    back = await node.hear("/state_return", return_token="t1")
    assert back["state"] == {"starts": 2}
    assert back["config"]["code"] == CODE
    await node.until(lambda: "mover" not in node.pulse["agents"])
    moved = {**back["config"], "_initial_state": {"starts": 40}, "_migration_token": "t1", "name": "moved"}
    ack = await node.spawn({**moved, "_agent_id": clock.mint("moved")})
    assert ack["migration_token"] == "t1"
    assert (await node.ask("moved", ""))["starts"] == 41


async def test_what_was_handed_over_works_again_only_when_it_is_spawned_again(node):
    wanted = spec("held")
    await node.spawn(wanted)
    assert (await node.ask("held", ""))["starts"] == 1
    await node.say("nodes/local/migrate", {"name": "held", "target_node": "@main", "return_token": "t1"})
    await node.hear("/state_return", return_token="t1")
    body = {"text": "between", "_task_id": "between", "_reply_topic": "agents/by-name/test/reply/1"}
    await node.say("agents/by-name/held/task", body)
    [host] = node.hosts()
    os.kill(host, signal.SIGKILL)
    await node.end(signal.SIGKILL)
    await node.come_back()
    assert node.pulse["agents"] == []
    assert (await node.spawn(wanted)).get("refused") is None
    after = asyncio.create_task(
        node._repeat("agents/by-name/held/task", {**body, "text": "after", "_task_id": "after"})
    )
    first = await node.hear("/reply/1")
    assert (first["said"], first["starts"]) == ("after", 2), "its session ended, and with it what was queued"
    after.cancel()


async def test_stop_all_ends_the_guests_and_the_runner(node):
    await node.spawn(spec("last"))
    await node.say("nodes/local/stop_all", {"reason": "the node is removed"})
    assert await asyncio.wait_for(node.process.wait(), 20) == 0
    assert not node.hosts()
