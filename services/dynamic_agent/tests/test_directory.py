"""Who else is there, from manifests and heartbeats."""

import json
from types import SimpleNamespace

from wactorz_dynamic_agent.directory import Directory


class Bus:
    def __init__(self) -> None:
        self.filters: list[str] = []

    def listen(self, filter_, listener, qos=1):
        self.filters.append(filter_)
        return lambda: None


async def hear(directory: Directory, topic: str, value: object) -> None:
    await directory._heard(topic, b"" if value is None else json.dumps(value).encode(), False)


async def test_what_is_known() -> None:
    now = [100.0]
    directory = Directory(lambda: now[0])
    await hear(directory, "agents/1/manifest", {"name": "echo", "actor_id": "1", "node": "pi", "description": "d",
                                                "publishes": ["custom/x"], "capabilities": ["echoing"]})  # fmt: skip
    await hear(directory, "agents/1/heartbeat", {"state": "running"})
    await hear(directory, "nodes/pi/heartbeat", {"node": "pi", "agents": ["echo"]})
    await hear(directory, "agents/2/manifest", "nonsense")
    known = directory.snapshot()
    assert known["agents"] == [
        {"name": "echo", "type": "agent", "description": "d", "state": "running", "remote": True, "node": "pi"}
    ]
    assert known["nodes"] == [{"node": "pi", "online": True, "agents": ["echo"]}]
    assert known["topics"] == [{"topic": "custom/x", "agents": ["echo"]}]
    assert known["capabilities"][0] == {
        "name": "echo", "description": "d", "capabilities": ["echoing"], "input_schema": {}, "output_schema": {},
        "running": True, "spawnable": False,
    }  # fmt: skip
    now[0] = 131.0
    assert directory.snapshot()["nodes"][0]["online"] is False
    await hear(directory, "agents/1/manifest", None)
    assert directory.snapshot()["agents"] == []


async def test_one_connection_listens_for_all_and_another_takes_over() -> None:
    directory = Directory()
    first, second = (SimpleNamespace(bus=Bus(), refreshed=lambda _: None) for _ in range(2))
    directory.serve(first)
    directory.serve(second)
    assert len(first.bus.filters) == 3
    assert second.bus.filters == []
    directory.forget(first)
    assert second.bus.filters == first.bus.filters
    directory.forget(second)
    directory.forget(second)
