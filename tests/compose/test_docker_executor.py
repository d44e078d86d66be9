"""Spawned agents in containers: the node runner, its door to the engine, and real containers of the guest image."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.compose.conftest import TAG, Engine
from wactorz_testing.broker import free_port
from wactorz_testing.node import Node, spec

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

IMAGE = f"wactorz-dynamic-agent:{TAG}"


class ContainedNode(Node):
    """A node whose agents run in containers of a project of its own."""

    engine: Engine
    project: str

    def containers(self, part: str = "") -> dict[str, dict[str, Any]]:
        listed = self.engine.run("ps", "-aq", "--filter", f"label=wactorz.project={self.project}").split()
        found = self.engine.inspect(*listed) if listed else []
        return {item["Name"].lstrip("/"): item for item in found if part in item["Name"]}

    def volumes(self) -> list[str]:
        return self.engine.run("volume", "ls", "-q", "--filter", f"label=wactorz.project={self.project}").split()

    async def warm(self) -> None:
        """Wait until an idle container has said that it is ready, and its runner has heard that."""
        await self.until(lambda: any('"ready"' in self.engine.run("logs", name) for name in self.containers("-slot-")))
        await asyncio.sleep(0.5)


async def answers(port: int) -> None:
    """Wait until somebody listens there."""
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        await asyncio.sleep(0.05)
    pytest.fail(f"nobody listens on port {port}")


@pytest.fixture
async def node(images: Engine, tmp_path: Path) -> AsyncIterator[ContainedNode]:
    project = f"wzguest-{uuid.uuid4().hex[:8]}"
    images.run("network", "create", f"{project}_guests")
    gateway = images.run("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", f"{project}_guests").strip()
    port, door = free_port(), free_port()
    (tmp_path / "broker.conf").write_text(f"listener {port} 0.0.0.0\nallow_anonymous true\nset_tcp_nodelay true\n")
    proxy = {"ROLE": "create", "PROJECT": project, "LISTEN": f"127.0.0.1:{door}", "IMAGES": IMAGE,
             "GUEST_MEMORY_MB": "512"}  # fmt: skip
    env = {**os.environ, **{f"WACTORZ_DOCKER_PROXY_{key}": value for key, value in proxy.items()}}
    node = ContainedNode(
        tmp_path, port, WACTORZ_NODE_DOCKER_URL=f"http://127.0.0.1:{door}", WACTORZ_NODE_GUEST_IMAGE=IMAGE,
        WACTORZ_NODE_GUEST_PROJECT=project, WACTORZ_NODE_WARM_SLOTS="1", WACTORZ_NODE_GUEST_MQTT_HOST=gateway,
    )  # fmt: skip
    node.engine, node.project = images, project
    with (tmp_path / "others.log").open("wb") as log, contextlib.ExitStack() as running:
        for command in (["/usr/sbin/mosquitto", "-c", str(tmp_path / "broker.conf")],
                        [sys.executable, "-m", "wactorz_docker_proxy"]):  # fmt: skip
            process = running.enter_context(subprocess.Popen(command, env=env, stdout=log, stderr=log))
            running.callback(process.terminate)
        for listening in (port, door):
            await answers(listening)
        await node.start()
        try:
            async with node.client():
                await node.until(lambda: node.pulse.get("status") == "online")
                yield node
        finally:
            await node.end()
            for name in node.containers():
                images.run("rm", "-f", name)
            for name in node.volumes():
                images.run("volume", "rm", name)
            images.run("network", "rm", f"{project}_guests")


async def test_an_agent_gets_a_warm_container_in_the_fixed_profile(node: ContainedNode) -> None:
    await node.warm()
    assert (await node.spawn(spec("probe"))).get("refused") is None
    assert (await node.ask("probe", "hello"))["said"] == "hello"
    container = node.containers()[f"{node.project}-agent-probe"]
    assert "wactorz.slot" in container["Config"]["Labels"], "it was warm"
    host = container["HostConfig"]
    assert (host["ReadonlyRootfs"], host["CapDrop"], host["PidsLimit"]) == (True, ["ALL"], 64)
    assert host["Memory"] == host["MemorySwap"] == 256 * 1024 * 1024
    assert not [entry for entry in container["Config"]["Env"] if "PASSWORD" in entry or "SECRET" in entry]
    await node.until(lambda: node.pulse["agents"] == ["probe"])
    [shown] = node.pulse["processes"]
    assert (shown["name"], shown["executor"], shown["state"]) == ("probe", "docker", "running")
    await node.until(lambda: len(node.containers("-slot-")) == 1)


async def test_a_killed_container_is_back_with_its_state(node: ContainedNode) -> None:
    await node.spawn(spec("probe"))
    assert (await node.ask("probe", ""))["starts"] == 1
    node.engine.run("kill", f"{node.project}-agent-probe")
    died = await node.hear("/events", name="probe", kind="died")
    assert died["exit_code"] == 137
    assert (await node.ask("probe", ""))["starts"] == 2
    node.engine.run("rm", "-f", f"{node.project}-agent-probe")
    await node.hear("/events", name="probe", kind="died")
    assert (await node.ask("probe", ""))["starts"] == 3, "a removed container is made anew, with the same volume"


async def test_a_frozen_container_is_replaced_on_request(node: ContainedNode) -> None:
    await node.spawn(spec("probe"))
    assert (await node.ask("probe", ""))["starts"] == 1
    node.engine.run("pause", f"{node.project}-agent-probe")
    await node.say("nodes/local/restart_agent", {"name": "probe", "reason": "it is silent"})
    assert (await node.ask("probe", ""))["starts"] == 2


async def test_a_killed_runner_finds_its_containers_again_and_nothing_is_doubled(node: ContainedNode) -> None:
    await node.warm()
    wanted = spec("probe")
    await node.spawn(wanted)
    assert (await node.ask("probe", ""))["starts"] == 1
    await node.until(lambda: len(node.containers("-slot-")) == 1)
    before = {name: item["Id"] for name, item in node.containers().items()}
    await node.end(signal.SIGKILL)
    await node.come_back()
    await node.until(lambda: "probe" in node.pulse["agents"])
    assert (await node.spawn(wanted)).get("refused") is None
    assert (await node.ask("probe", ""))["starts"] == 1
    assert {name: item["Id"] for name, item in node.containers().items()} == before


async def test_an_orderly_stop_leaves_volumes_only_and_a_delete_nothing(node: ContainedNode) -> None:
    wanted = spec("probe")
    await node.spawn(wanted)
    assert (await node.ask("probe", ""))["starts"] == 1
    assert await node.end() == 0
    assert node.containers() == {}
    assert len(node.volumes()) == 1
    await node.come_back()
    await node.spawn(wanted)
    assert (await node.ask("probe", ""))["starts"] == 2
    await node.say("nodes/local/stop", {"name": "probe", "delete": True})
    await node.hear("/events", name="probe", kind="stopped")
    await node.end()
    assert node.volumes() == []


async def test_what_cannot_be_made_is_told_with_what_to_do(node: ContainedNode) -> None:
    too_large = await node.spawn(spec("large", limits={"memory_mb": 900}))
    assert "Memory must be" in too_large["refused"]
    broken = await node.spawn(spec("broken", code="def setup(agent:"))
    assert "broken" in broken["refused"]
    assert not broken.get("temporary")
    assert node.containers("-agent-") == {}
