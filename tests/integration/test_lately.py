"""What happened is known after a restart of the gateway, and nothing is told that did not happen."""

import asyncio
import time

import httpx
import pytest

from .live_doubles import gateway, speaker, url_of

pytestmark = pytest.mark.broker

AGENT = "20260101T000000.0000Z-llm"


async def rows(client, path):
    return (await client.get(path)).json()


async def introduce(say, incarnation, uptime):
    """What an agent says at its start, and after each reconnect."""
    facts = {"agent_id": AGENT, "name": "llm", "agent_type": "service", "timestamp": time.time()}
    await say(f"agents/{AGENT}/spawn", facts)
    status = {"actor_id": AGENT, "name": "llm", "state": "running", "incarnation": incarnation, "uptime": uptime}
    await say(f"agents/{AGENT}/status", status)


async def until(client, path, ok):
    async with asyncio.timeout(20):
        while not ok(await rows(client, path)):
            await asyncio.sleep(0.05)


async def test_activity_alerts_and_lines_outlive_the_gateway(broker, tmp_path):
    async with speaker(broker) as say:
        async with gateway(broker, tmp_path) as agent, httpx.AsyncClient(base_url=url_of(agent)) as client:
            await introduce(say, 3, 1.0)
            for _ in range(2):
                for kind in ("died", "started"):
                    event = {"node": "n", "name": "llm", "kind": kind, "exit_code": -9, "timestamp": time.time()}
                    await say("nodes/n/events", event, 1)
            await say(f"agents/{AGENT}/logs", {"type": "log", "message": "thinking", "timestamp": time.time()})
            await until(client, "/api/feed?kind=log", bool)
            (alert,) = await rows(client, "/api/alerts")
            assert (alert["message"], alert["severity"]) == (
                "llm was killed (signal 9) and is back (2 times)",
                "warning",
            )
            before = [(entry["kind"], entry["message"]) for entry in await rows(client, "/api/feed?agent=llm")]
            assert before.count(("spawned", "llm has started")) == 1
        async with gateway(broker, tmp_path) as agent, httpx.AsyncClient(base_url=url_of(agent)) as client:
            await introduce(say, 3, 600.0)
            await say(f"agents/{AGENT}/logs", {"type": "log", "message": "more", "timestamp": time.time()})
            await until(client, "/api/feed?kind=log", lambda found: len(found) == 2)
            after = [(entry["kind"], entry["message"]) for entry in await rows(client, "/api/feed?agent=llm")]
            assert after == [("log", "more"), *before]
            assert [entry["message"] for entry in await rows(client, "/api/alerts")] == [alert["message"]]
            said = str(await rows(client, "/api/agents/llm/logs"))
            assert "thinking" in said
            assert "more" in said
            await introduce(say, 4, 0.5)
            await until(client, "/api/feed?kind=spawned&agent=llm", lambda found: len(found) == 2)


async def test_charts_outlive_the_gateway_and_one_of_a_newer_program_is_told(broker, tmp_path):
    path = "/api/agents/llm/history?seconds=86400"
    async with speaker(broker) as say:

        async def report(messages):
            beat = {"actor_id": AGENT, "name": "llm", "state": "running", "timestamp": time.time(), "memory_mb": 9.5}
            await say(f"agents/{AGENT}/heartbeat", beat)
            await say(f"agents/{AGENT}/metrics", {"actor_id": AGENT, "messages_processed": messages})

        async with gateway(broker, tmp_path) as agent, httpx.AsyncClient(base_url=url_of(agent)) as client:
            await report(3)
            await until(client, path, lambda found: len(found.get("points", ())) == 1)
            (before,) = (await rows(client, path))["points"]
        async with gateway(broker, tmp_path) as agent, httpx.AsyncClient(base_url=url_of(agent)) as client:
            assert (await rows(client, path))["points"] == [before]
            assert (before["memory_mb"], before["messages_processed"]) == (9.5, 3)
            async with asyncio.timeout(20):
                while len((await rows(client, path))["points"]) == 1:  # one point a second at most
                    await report(5)
            await agent.store.write(lambda one: one.execute("UPDATE histories_version SET version = 9"))
        async with gateway(broker, tmp_path) as agent, httpx.AsyncClient(base_url=url_of(agent)) as client:
            assert (await rows(client, path))["points"] == []
            await until(client, "/api/alerts", lambda found: any("version 9" in one["message"] for one in found))
