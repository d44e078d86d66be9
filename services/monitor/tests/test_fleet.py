"""What is sent to nodes, what they answer, and who is told."""

import time

import pytest

from wactorz_common.contracts.guests import RETAINED_LEAVES
from wactorz_common.errors import ConfigError
from wactorz_common.signing import Verifier
from wactorz_monitor.spawn_registry import Leftover


async def test_a_spawn_is_signed_over_its_bytes_for_its_topic_and_expires(bench):
    bench.beat()
    assert await bench.fleet.send(await bench.wish()) == ""
    assert await bench.fleet.send(bench.registry.entries["watcher"]) == ""
    verifier, nonces = Verifier((bench.signer.public_key,)), set()
    for topic, data, qos, retain, properties in bench.bus.sent:
        assert (topic, qos, retain) == ("nodes/local/spawn", 1, False)
        assert 0 < properties["message_expiry_interval"] <= 60

        nonces.add(verifier.check(topic, data, dict(properties["headers"]), time.time()).nonce)
    assert len(nonces) == 2
    assert bench.accounts.made == [("watcher", "local")] * 2


async def test_without_its_account_nothing_is_sent_and_people_are_told_once(bench):
    bench.beat()
    entry = await bench.wish()
    bench.accounts.error = ConfigError("Node local has no secret")
    assert await bench.fleet.send(entry) == "Node local has no secret"
    await bench.fleet.send(entry)
    assert bench.bus.sent == []
    assert bench.alerts == [("watcher does not run: Node local has no secret", "warning")]
    assert bench.registry.entries["watcher"].problem == "Node local has no secret"


async def test_what_was_left_on_a_node_is_wiped_before_a_new_agent_of_that_name_gets_there(bench):
    bench.beat()
    await bench.registry.leave(Leftover("watcher", "local", delete=True))
    await bench.fleet.send(await bench.wish())
    assert [topic for topic, *_ in bench.bus.sent] == ["nodes/local/stop", "nodes/local/spawn"]
    assert bench.bus.on("nodes/local/stop") == [{"name": "watcher", "delete": True, "keep_topics": True}]
    assert bench.registry.leftovers == {}


async def test_an_acknowledged_agent_is_settled_and_who_waits_is_told(bench):
    bench.beat()
    await bench.wish()
    with bench.fleet.expecting("watcher") as answer:
        await bench.ack(node="other")
        assert not answer.done()
        await bench.ack()
        assert answer.result().reason == ""
    assert bench.registry.entries["watcher"].settled


async def test_a_final_refusal_holds_a_new_agent_and_reverts_a_replacement(bench):
    await bench.wish()
    await bench.ack(refused="setup failed")
    entry = bench.registry.entries["watcher"]
    assert (entry.held, entry.problem) == (True, "setup failed")
    assert bench.alerts == [("watcher does not run: setup failed", "error")]
    await bench.wish("second", settled=True)
    await bench.wish("second", code="bad")
    with bench.fleet.expecting("second"):
        await bench.ack("second", refused="no")
    assert bench.registry.entries["second"].settled
    assert bench.registry.entries["second"].spec["code"] != "bad"
    assert len(bench.alerts) == 1


async def test_a_known_agent_that_a_node_cannot_start_again_is_tried_on(bench):
    await bench.wish(settled=True)
    await bench.ack(refused="the disk is full")
    entry = bench.registry.entries["watcher"]
    assert (entry.held, entry.settled, entry.problem) == (False, True, "the disk is full")
    await bench.ack(refused="the disk is full")
    assert len(bench.alerts) == 1
    await bench.ack()
    assert bench.registry.entries["watcher"].problem == ""


async def test_an_answer_about_what_is_stopped_or_unknown_changes_nothing(bench):
    entry = await bench.wish(settled=True)
    await bench.registry.change(entry, wanted="stopped")
    await bench.ack(refused="no")
    await bench.ack("nobody")
    assert bench.alerts == []
    assert bench.registry.entries["watcher"].problem == ""


async def test_every_retained_leaf_of_every_id_is_cleared(bench):
    await bench.fleet.clear_topics("watcher", ("id-1", "id-2"))
    assert {topic for topic, *_ in bench.bus.sent} == {
        f"agents/{agent}/{leaf}" for agent in ("id-1", "id-2") for leaf in RETAINED_LEAVES
    }
    assert all(data == b"" and retain for _, data, _, retain, _ in bench.bus.sent)


@pytest.mark.parametrize(
    ("changes", "beat", "actual", "words"),
    [
        ({}, None, "waiting", "offline"),
        ({}, {}, "waiting", "being started"),
        ({}, {"state": "running"}, "running", ""),
        ({}, {"state": "backoff"}, "running", ""),
        ({}, {"state": "quarantined"}, "quarantined", "died too often"),
        ({"wanted": "stopped"}, {}, "stopped", ""),
        ({"held": True, "problem": "no"}, {}, "failed", "no"),
    ],
)
async def test_how_an_agent_stands_is_said_in_one_word_and_a_reason(bench, changes, beat, actual, words):
    entry = await bench.wish(settled=True)
    if beat is not None:
        bench.beat("local", *(["watcher"] if beat else []), **beat)
    stands, problem = bench.fleet.actual(await bench.registry.change(entry, **changes))
    assert stands == actual
    assert words in problem


async def test_the_back_off_begins_anew_when_something_else_is_wanted_and_ends_when_it_runs(bench):
    bench.beat()
    entry = await bench.wish()
    for _ in range(3):
        await bench.fleet.send(entry)
    assert bench.fleet.attempts["watcher", "local"].count == 3
    await bench.ack()
    assert bench.fleet.attempts["watcher", "local"].count == 1
    bench.fleet.begin_anew("watcher")
    assert bench.fleet.attempts == {}
