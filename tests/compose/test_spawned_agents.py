"""Spawned agents in containers, from every side: REST, chat with a model, the wire; their profile, life and end."""

import json
import re
import uuid
from typing import Any

import pytest

from tests.compose.spawning import COUNTER, ECHO, PACKAGE, Guests, wire
from wactorz_testing.anthropic_replies import Answer, call
from wactorz_testing.system import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

MEBIBYTE = 1024 * 1024
SECRETS = ("/var/lib/wactorz/secrets/signing_key", "/var/lib/wactorz/secrets/node_secret")


def test_an_agent_spawned_over_rest_runs_in_a_container_and_answers(guests: Guests) -> None:
    said = guests.running("counter", COUNTER, description="Counts")
    guests.serves("counter")
    assert guests.ask("counter") == "count 1, start 1"
    shown = guests.stack.engine.run("ps", "--format", "{{.Names}}").split()
    assert f"{guests.stack.project}-agent-counter" in shown
    assert guests.kept()["counter"]["wanted"] == "running"
    assert said["agent_id"].endswith("-counter")


def test_its_container_has_the_whole_profile(guests: Guests) -> None:
    container = guests.containers()["counter"]
    host, config = container["HostConfig"], container["Config"]
    assert (host["ReadonlyRootfs"], host["Privileged"], host["CapDrop"], host["CapAdd"]) == (True, False, ["ALL"], None)
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert (host["PidsLimit"], host["NanoCpus"]) == (64, 500_000_000)
    assert host["Memory"] == host["MemorySwap"] == 256 * MEBIBYTE
    assert host["Tmpfs"] == {"/tmp": "rw,noexec,nosuid,nodev,size=64m,mode=1777"}
    assert config["User"] == "10001:10001"
    assert host["RestartPolicy"]["Name"] == "no"
    [mount] = container["Mounts"]
    assert (mount["Type"], mount["Destination"]) == ("volume", "/var/lib/wactorz")
    assert (host["Binds"], host["Devices"], host["PortBindings"]) == (None, None, None) or not (
        host["Binds"] or host["Devices"] or host["PortBindings"]
    )
    networks = container["NetworkSettings"]["Networks"]
    assert list(networks) == [f"{guests.stack.project}_guests"]
    [network] = guests.stack.engine.inspect(*networks)
    assert network["Internal"] is True
    labels = config["Labels"]
    assert (labels["wactorz.kind"], labels["wactorz.node"]) == ("guest", "local")
    assert labels["wactorz.project"] == guests.stack.project


def test_no_secret_is_in_it(guests: Guests) -> None:
    shown = json.dumps(guests.containers()["counter"])
    known = [
        guests.stack.compose("exec", "-T", name, "cat", path).strip()
        for name, path in zip(("monitor", "node"), SECRETS, strict=True)
    ]
    assert not [secret for secret in known if secret in shown]
    assert not re.search(r"(PASSWORD|TOKEN|SECRET|KEY)=", shown)


def test_it_comes_back_with_what_it_kept_when_everything_was_down(guests: Guests) -> None:
    before = guests.containers()["counter"]
    guests.stack.down("--timeout", "20")
    assert guests.containers() == {}
    assert guests.warm() == []
    guests.stack.start()
    eventually(lambda: "counter" in guests.containers(), 40, "the container of counter")
    guests.serves("counter")
    after = guests.containers()["counter"]
    assert after["Id"] != before["Id"]
    assert [mount["Name"] for mount in after["Mounts"]] == [mount["Name"] for mount in before["Mounts"]]
    assert eventually(lambda: guests.ask("counter"), 20, "an answer") == "count 2, start 2"


def test_a_delete_takes_container_volume_and_account(guests: Guests) -> None:
    [mount] = guests.containers()["counter"]["Mounts"]
    guests.delete("counter")
    assert "counter" not in guests.kept()
    eventually(lambda: "counter" not in guests.containers(), 20, "no container")
    eventually(lambda: mount["Name"] not in guests.volumes(), 20, "no volume")
    assert eventually(lambda: "not found" in guests.ask("counter") or "stopped" in guests.ask("counter"), 20, "a no")


def spec(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": "Says echo", "code": ECHO, **more}


@pytest.mark.parametrize("way", ["tool", "block"])
def test_a_model_spawns_an_agent_in_chat(guests: Guests, way: str) -> None:
    name = f"by-{way}"
    if way == "tool":
        guests.model.answer(call("spawn_agent", spec(name)), Answer("There it is."))
    else:
        guests.model.answer(Answer(f"I write it down. <spawn>{json.dumps(spec(name))}</spawn>"))
    answer = guests.stack.say(f"please have something made that says echo, number {way}", session=way)
    assert answer["status"] == "done", answer
    assert f"{name} runs on local." in answer["reply"]
    assert "async def" not in answer["reply"]
    guests.serves(name)
    assert name in guests.containers()
    assert guests.ask(name) == "echo"
    guests.delete(name)


async def test_an_agent_is_spawned_from_the_wire(guests: Guests) -> None:
    async with wire(guests.stack, "tester", "agents/by-name/tester/reply/+") as client:
        reply = f"agents/by-name/tester/reply/{uuid.uuid4().hex}"
        said = await client.ask("monitor", {"action": "spawn", **spec("wired")}, reply)
        assert said["result"]["status"] == "running" if isinstance(said.get("result"), dict) else True, said
        assert "wired runs on local" in json.dumps(said)
        answer = await client.ask("wired", {"text": "go"}, reply)
        assert "echo" in json.dumps(answer)
    assert "wired" in guests.containers()
    guests.delete("wired")


def test_what_a_model_proposes_with_grants_waits_for_a_yes(guests: Guests) -> None:
    wished = spec("tides", grants={"http": ["example.org"]})
    guests.model.answer(call("spawn_agent", wished), Answer("It waits for you."))
    answer = guests.stack.say("have something made that watches the tide at example.org", session="tides")
    assert "example.org" in answer["reply"], answer
    assert "tides" not in guests.containers()
    [approval] = guests.stack.get("/api/approvals")
    decided = guests.decide(approval["id"], "approve")
    assert decided.status_code == 200, decided.text
    guests.serves("tides")
    assert "tides" in guests.containers()
    assert guests.decide(approval["id"], "approve").status_code == 409
    guests.delete("tides")


def test_packages_come_from_a_folder_of_wheels(guests: Guests) -> None:
    code = f"import {PACKAGE}\nasync def handle_task(agent, payload):\n    return {{'result': str({PACKAGE}.ANSWER)}}\n"
    guests.running("packed", code, install=[PACKAGE])
    assert guests.ask("packed") == "42"
    guests.delete("packed")


def test_a_package_that_cannot_be_had_is_told(guests: Guests) -> None:
    answer = guests.spawn("lacking", install=["nosuchthing"])
    assert answer.status_code == 422, answer.text
    assert "nosuchthing could not be installed" in answer.json()["detail"]
    assert "lacking" not in guests.kept()
    eventually(lambda: "lacking" not in guests.containers(), 10, "no container")
