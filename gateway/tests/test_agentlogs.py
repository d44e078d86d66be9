"""What agents said lately, within bounds."""

import asyncio

import pytest

from wactorz_common.contracts.lifecycle import AgentAlert, AgentError, AgentLog, Heartbeat
from wactorz_gateway.agentlogs import KEPT_IN_ALL, KEPT_OF_ONE, MOST_AGENTS, MOST_ENTRIES, AgentLogs, file_entries


def log(message, at=1.0):
    return AgentLog(type="log", message=message, timestamp=at)


def error(name="lamp", actor_id="i"):
    return AgentError(actor_id=actor_id, name=name, phase="setup", error="boom", traceback="line", timestamp=2)


def test_entries_of_one_agent_are_found_by_id_and_name():
    logs = AgentLogs()
    logs.add(log("second", 3), "i", "lamp")
    logs.add(error(), "i", "")
    logs.add(AgentAlert(actor_id="i", name="lamp", message="hot", severity="critical", timestamp=4), "monitors-id", "m")
    logs.add(log("other"), "j", "fan")
    logs.add(Heartbeat(actor_id="i", name="lamp", timestamp=9, state="running"), "i", "lamp")
    for key in ("i", "lamp"):
        found = logs.of(key)
        assert [(e.kind, e.level, e.message) for e in found] == [
            ("error", "warning", "boom"), ("log", "info", "second"), ("alert", "error", "hot"),
        ]  # fmt: skip
    assert (found[0].phase, found[0].traceback) == ("setup", "line")
    assert logs.of("nobody") is None


def test_a_flood_replaces_only_the_agent_s_own_entries():
    logs = AgentLogs()
    logs.add(log("mine"), "quiet", "quiet")
    for number in range(MOST_ENTRIES + 50):
        logs.add(log("x" * 5_000, number), "loud", "loud")
    assert len(logs.of("loud")) == MOST_ENTRIES
    assert len(logs.of("loud")[0].message) == 1_000
    assert logs.of("loud")[0].timestamp == 50
    assert [entry.message for entry in logs.of("quiet")] == ["mine"]
    for number in range(MOST_AGENTS):
        logs.add(log("hi"), f"agent-{number}", "")
    assert logs.of("quiet") is None


@pytest.mark.parametrize("name", ["none", "linked"])
def test_no_log_file_means_no_entries(tmp_path, name):
    (tmp_path / "linked.log").symlink_to("/etc/passwd")
    assert file_entries(tmp_path, name, 10) == []


def test_lines_of_a_log_file_get_their_times(tmp_path):
    text = "2026-02-12T09:15:30.5Z [info] started\n  more of it\nnot a time\n2026-02-12T09:15:31Z [info] next\n"
    (tmp_path / "lamp.log").write_text(text)
    entries = file_entries(tmp_path, "lamp", 3)
    assert [entry.message for entry in entries] == ["  more of it", "not a time", "2026-02-12T09:15:31Z [info] next"]
    whole = file_entries(tmp_path, "lamp", 10)
    assert whole[0].timestamp == whole[2].timestamp == 1770887730.5
    assert whole[3].timestamp == 1770887731


def test_entries_of_all_agents_are_lines_in_the_order_of_their_time():
    logs = AgentLogs()
    logs.add(log("b\nc", 1.5), "j", "fan")
    logs.add(log("a", 1), "i", "lamp")
    logs.add(error(), "i", "")
    assert [(line.agent, line.line) for line in logs.lines("", 10)] == [
        ("lamp", "1970-01-01 00:00:01 [info    ] a"), ("fan", "1970-01-01 00:00:01 [info    ] b c"),
        ("lamp", "1970-01-01 00:00:02 [warning ] boom in setup"),
    ]  # fmt: skip
    assert [line.agent for line in logs.lines("lamp", 1)] == ["lamp"]
    assert (logs.lines("", 0), logs.lines("nobody", 5), logs.names()) == ([], [], ["fan", "lamp"])


async def test_new_entries_are_followed_until_the_follower_leaves():
    logs = AgentLogs()
    following = logs.follow("lamp")
    waiting = asyncio.ensure_future(anext(following))
    await asyncio.sleep(0)
    logs.add(log("other"), "j", "fan")
    logs.add(log("mine"), "i", "lamp")
    assert (await waiting).line.endswith("] mine")
    await following.aclose()
    assert not logs._followers


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "\u202eevil", "../main", "a b"])
def test_an_agent_whose_name_no_file_can_have_has_no_log_file(tmp_path, name):
    assert file_entries(tmp_path, name, 10) == []


def test_the_last_lines_of_each_agent_are_there_after_a_restart():
    logs = AgentLogs()
    logs.add(log("mine", 1), "quiet", "lamp")
    logs.add(error(), "quiet", "")
    for number in range(MOST_ENTRIES):
        logs.add(log("x" * 900, 10 + number), "loud", "fan")
    assert logs.changed
    again = AgentLogs()
    again.load(logs.dump())
    assert not logs.changed
    assert [(entry.kind, entry.message) for entry in again.of("lamp")] == [("log", "mine"), ("error", "boom")]
    assert len(again.of("fan")) == KEPT_OF_ONE
    assert len(again.of("fan")[0].message) < 500
    again.add(log("more", 999), "quiet", "")
    assert [line.agent for line in again.lines("lamp", 9)] == ["lamp"] * 3


def test_no_more_than_so_many_lines_are_kept_and_those_are_the_newest():
    logs = AgentLogs()
    for number in range(100):
        for moment in range(10):
            logs.add(log(f"n{moment}", number * 10 + moment), f"agent-{number}", f"name-{number}")
    rows = logs.dump()
    again = AgentLogs()
    again.load([*rows, {"nonsense": 1}])
    assert sum(len(again.of(name)) for name in again.names()) == KEPT_IN_ALL
    assert again.of("name-0") is None
    assert len(again.of("name-99")) == 10
