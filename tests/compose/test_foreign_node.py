"""The stand-alone runner of another machine: MQTT 3.1.1 through the entry, with an account of the kind `node`."""

import asyncio
import json
import uuid

import aiomqtt
import pytest

from tests.compose.spawning import ECHO, Guests, login, wire
from tests.integration.spawning_doubles import StandAloneRunner, run_stand_alone
from wactorz_testing.system import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

NODE = "attic"


class Answering(StandAloneRunner):
    """One whose agents answer tasks."""

    async def on_task(self, name: str, payload: bytes) -> None:
        body = json.loads(payload)
        if name in self.agents and "_reply_topic" in body:
            answer = {"result": f"{name} in the attic", "_task_id": body.get("_task_id", "")}
            await self.say(str(body["_reply_topic"]), answer)


async def test_agents_of_another_machine_are_spawned_listed_asked_and_stopped(guests: Guests) -> None:
    client = login(guests.stack, NODE, aiomqtt.ProtocolVersion.V311)
    async with run_stand_alone(Answering(client, NODE)) as runner:
        await asyncio.to_thread(eventually, lambda: guests.is_online(NODE), 20, "the node")
        said = await asyncio.to_thread(guests.running, "owl", ECHO, node=NODE)
        assert said["node"] == NODE
        [config] = [json.loads(one) for one in runner.spawned]
        assert (config["name"], config["code"]) == ("owl", ECHO)
        assert "owl" not in guests.containers(), "it runs elsewhere"
        await asyncio.to_thread(guests.serves, "owl")
        assert runner.lists >= 1
        [shown] = [node for node in guests.stack.get("/api/nodes") if node["node"] == NODE]
        assert [one if isinstance(one, str) else one["name"] for one in shown["agents"]] == ["owl"]
        async with wire(guests.stack, "tester", "agents/by-name/tester/reply/+") as person:
            answer = await person.ask("owl", {"text": "hello"}, f"agents/by-name/tester/reply/{uuid.uuid4().hex}")
        assert answer["result"] == "owl in the attic"
        await asyncio.to_thread(guests.delete, "owl")
        assert runner.agents == {}
        assert "owl" not in guests.kept()
