"""The proxy before a real engine: what a client gets through it, and what it never gets."""

import asyncio
import os
import re
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiodocker
import aiohttp
import pytest

from tests.compose.conftest import Engine

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

BASE = "python:3.12-slim-bookworm"
ECHO = "import sys\nfor line in sys.stdin:\n    print('heard ' + line.strip(), flush=True)\n"


class Place:
    """A project of its own on the engine; everything of it is removed at the end."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.project = f"wzproxy-{uuid.uuid4().hex[:8]}"
        self.image = f"{self.project}-image:test"
        self._proxies: list[subprocess.Popen[str]] = []

    def proxy(self, role: str) -> str:
        settings = {"ROLE": role, "PROJECT": self.project, "LISTEN": "127.0.0.1:0", "IMAGES": self.image}
        variables = {f"WACTORZ_DOCKER_PROXY_{key}": value for key, value in settings.items()}
        command = [sys.executable, "-m", "wactorz_docker_proxy"]
        process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True)
        self._proxies.append(process)
        assert process.stdout is not None
        found = re.search(r'"127\.0\.0\.1", (\d+)', process.stdout.readline())
        assert found, "the proxy did not come up"
        return f"http://127.0.0.1:{found[1]}"

    def log_of(self, number: int) -> str:
        process = self._proxies[number]
        process.terminate()
        return process.communicate(timeout=10)[0]

    def service(self, name: str, *command: str, supervised: bool = True, project: str | None = None) -> str:
        labels = {"com.docker.compose.project": project or self.project, "com.docker.compose.service": name}
        if supervised:
            labels["wactorz.supervised"] = "true"
        options = [part for key, value in labels.items() for part in ("--label", f"{key}={value}")]
        return self.engine.run(
            "run", "-d", "--init", "--name", f"{self.project}-{name}-1", "--label", f"wzproxy={self.project}",
            "-e", "SECRET=do-not-show", *options, BASE, *(command or ("sleep", "600")),
        ).strip()  # fmt: skip

    def guest_image(self) -> None:
        self.engine.run("network", "create", "--internal", f"{self.project}_guests")
        script = self.engine.run("create", "--label", f"wzproxy={self.project}", BASE).strip()
        echo = f'CMD ["python","-uc",{_quoted(ECHO)}]'
        self.engine.run("commit", "--change", echo, script, self.image)

    def clear(self) -> None:
        for process in self._proxies:
            process.terminate()
            process.wait(10)
        for label in (f"wzproxy={self.project}", f"wactorz.project={self.project}"):
            found = self.engine.run("ps", "-aq", "--filter", f"label={label}").split()
            if found:
                self.engine.run("rm", "-f", "-v", *found)
        volumes = self.engine.run("volume", "ls", "-q", "--filter", f"name={self.project}").split()
        if volumes:
            self.engine.run("volume", "rm", *volumes)
        if self.engine.run("images", "-q", self.image).strip():
            self.engine.run("rmi", self.image)
        if self.engine.run("network", "ls", "-q", "--filter", f"name={self.project}_guests").strip():
            self.engine.run("network", "rm", f"{self.project}_guests")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@pytest.fixture
def place(engine: Engine) -> Iterator[Place]:
    place = Place(engine)
    try:
        yield place
    finally:
        place.clear()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def status(session: aiohttp.ClientSession, method: str, url: str, **arguments: Any) -> int:
    async with session.request(method, url, **arguments) as answer:
        return answer.status


async def test_the_watcher_sees_and_restarts_its_project_only(place: Place, session: aiohttp.ClientSession) -> None:
    own, plain, foreign = (
        place.service("agent"), place.service("broker", supervised=False), place.service("other", project="another")
    )  # fmt: skip
    docker = aiodocker.Docker(place.proxy("watch"))
    try:
        listed = await docker.containers.list(all=True)
        assert {item["Names"][0] for item in listed} == {f"/{place.project}-agent-1", f"/{place.project}-broker-1"}
        widened = await docker.containers.list(filters='{"label": ["com.docker.compose.project=another"]}')
        assert widened == []
        shown = await (await docker.containers.get(own)).show()
        assert shown["State"]["Running"] is True
        assert "do-not-show" not in str(shown)
        assert "Mounts" not in shown
        await docker.containers.container(own).restart(t=0)
        await docker.containers.container(own).stop(t=0)
        assert (await docker.containers.container(own).show())["State"]["Running"] is False
        await docker.containers.container(own).start()
        assert place.engine.inspect(own)[0]["State"]["Running"] is True
        for name in (plain, foreign):
            with pytest.raises(aiodocker.DockerError) as refusal:
                await docker.containers.container(name).restart(t=0)
            assert refusal.value.status == 403
        with pytest.raises(aiodocker.DockerError) as unseen:
            await docker.containers.get(foreign)
        assert unseen.value.status == 403
        assert unseen.value.message.startswith("Refused by the proxy: It does not bear the label com.docker.compose")
    finally:
        await docker.close()
    assert '"refused"' in place.log_of(0)


async def test_a_paused_container_is_restarted_without_waiting(place: Place) -> None:
    own = place.service("agent")
    place.engine.run("pause", own)
    docker = aiodocker.Docker(place.proxy("watch"))
    try:
        await docker.containers.container(own).restart(t=0)
        state = (await docker.containers.container(own).show())["State"]
        assert (state["Running"], state["Paused"]) == (True, False)
    finally:
        await docker.close()


async def test_events_come_as_they_happen_and_of_the_project_only(place: Place, session: aiohttp.ClientSession) -> None:
    url = place.proxy("watch")
    own, foreign = place.service("agent"), place.service("other", project="another")
    async with session.get(f"{url}/events") as stream:
        place.engine.run("kill", foreign)
        place.engine.run("kill", own)
        async with asyncio.timeout(5):
            first = await stream.content.readline()
    assert own.encode() in first
    assert foreign.encode() not in first


@pytest.mark.parametrize("role", ["watch", "create"])
async def test_nobody_reaches_the_machine_through_it(place: Place, session: aiohttp.ClientSession, role: str) -> None:
    url = place.proxy(role)
    own = place.service("agent")
    privileged = {"Image": BASE, "HostConfig": {"Privileged": True, "Binds": ["/:/host"]}}
    for method, path, body in (
        ("POST", f"/containers/create?name={place.project}-agent-x", privileged),
        ("POST", "/v1.41/containers/create", privileged),
        ("POST", f"/containers/{own}/exec", {"Cmd": ["id"]}),
        ("POST", f"/containers/{own}/update", {"Memory": 1}),
        ("GET", f"/containers/{own}/archive?path=/etc", None),
        ("PUT", f"/containers/{own}/archive?path=/etc", None),
        ("GET", f"/containers/{own}/export", None),
        ("POST", f"/images/create?fromImage={BASE}", None),
        ("POST", "/build", None),
        ("POST", f"/commit?container={own}", None),
        ("GET", "/images/json", None),
        ("POST", "/networks/create", {"Name": "x"}),
        ("POST", "/swarm/init", {}),
        ("GET", "/info", None),
        ("GET", "/secrets", None),
        ("POST", "/containers/prune", None),
        ("DELETE", f"/containers/{own}?force=1", None),
        ("POST", f"/containers/{own}/pause", None),
        ("POST", f"/containers/{own}/kill", None),
    ):
        assert await status(session, method, url + path, json=body) == 403, (method, path)
    assert place.engine.inspect(own)[0]["State"]["Running"] is True


async def raw(url: str, request: str) -> str:
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request.replace("\n", "\r\n").encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return answer.decode().splitlines()[0]


async def test_no_spelling_of_a_path_gets_round_the_rules(place: Place) -> None:
    url = place.proxy("watch")
    own = place.service("agent")
    for target in (
        f"/containers/{own}/%65xec", f"//containers/{own}/exec", f"/v1.24/../containers/{own}/exec",
        f"/v1.41/v1.41/containers/{own}/exec", f"/containers/x%2f..%2f{own}/start", f"/containers/{own}/start?t=1&t=2",
        f"/containers/{own}/stop?t=1;t=2", f"http://docker/containers/{own}/exec", f"/containers/{own}/start/",
        f"/containers/{own}\\start", "/containers/./json", "/_ping/../info",
    ):  # fmt: skip
        answer = await raw(url, f"POST {target} HTTP/1.1\nHost: x\nContent-Length: 0\n\n")
        assert " 403 " in answer or " 400 " in answer, (target, answer)
    chunked = f"POST /containers/{own}/restart HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n0\n\n"
    assert " 403 " in await raw(url, chunked)
    assert " 403 " in await raw(url, f"POST /containers/{own}/restart HTTP/1.1\nHost: x\nContent-Length: 99999\n\n")


def guest_body(place: Place, **more: Any) -> dict[str, Any]:
    mount = {"Type": "volume", "Source": f"{place.project}-guest-a", "Target": "/var/lib/wactorz"}
    return {"Image": place.image, "Labels": {"wactorz.agent": "a"}, "HostConfig": {"Mounts": [mount], **more}}


async def test_a_guest_gets_the_fixed_profile_and_its_streams(place: Place, session: aiohttp.ClientSession) -> None:
    place.guest_image()
    url = place.proxy("create")
    docker = aiodocker.Docker(url)
    try:
        with pytest.raises(aiodocker.DockerError) as early:
            await docker.containers.create(guest_body(place), name=f"{place.project}-slot-a")
        assert early.value.status == 404
        await docker.volumes.create({"Name": f"{place.project}-guest-a", "Labels": {"wactorz.agent": "a"}})  # type: ignore[no-untyped-call]
        guest = await docker.containers.create(guest_body(place), name=f"{place.project}-slot-a")
        await guest.start()
        stream = guest.attach(stdin=True, stdout=True, stderr=True)
        async with stream:
            for word in ("one", "two"):
                await stream.write_in(f"{word}\n".encode())
                assert await one_line(stream) == f"heard {word}\n".encode()
        await guest.rename(f"{place.project}-agent-a")
        known = place.engine.inspect(f"{place.project}-agent-a")[0]
        assert_profile(place, known)
        assert "heard two" in "".join(await guest.log(stdout=True, stderr=True))
        assert (await guest.stats(stream=False))[0]["memory_stats"]["limit"] == 256 * 1024 * 1024
        assert [item["Labels"]["wactorz.agent"] for item in await docker.containers.list(all=True)] == ["a"]
        await guest.kill()
        await guest.delete(force=True)
        assert await status(session, "DELETE", f"{url}/volumes/{place.project}-guest-a") == 204
    finally:
        await docker.close()


async def one_line(stream: Any) -> bytes:
    """A line, in however many pieces it comes."""
    line = b""
    async with asyncio.timeout(10):
        while not line.endswith(b"\n"):
            piece = await stream.read_out()
            assert piece is not None
            line += piece.data
    return line


def assert_profile(place: Place, known: dict[str, Any]) -> None:
    host = known["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["Privileged"] is False
    assert host["CapDrop"] == ["ALL"]
    assert host["CapAdd"] is None
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["PidsLimit"] == 64
    assert host["Memory"] == host["MemorySwap"] == 256 * 1024 * 1024
    assert host["NanoCpus"] == 500_000_000
    assert "noexec" in host["Tmpfs"]["/tmp"]
    assert host["Binds"] is None
    assert host["NetworkMode"] == f"{place.project}_guests"
    assert host["RestartPolicy"]["Name"] == "no"
    assert known["Config"]["User"] == "10001:10001"
    assert [mount["Name"] for mount in known["Mounts"]] == [f"{place.project}-guest-a"]


async def test_the_creator_touches_guests_only(place: Place, session: aiohttp.ClientSession) -> None:
    place.guest_image()
    own = place.service("agent")
    place.engine.run("volume", "create", f"{place.project}-guest-stolen")
    url = place.proxy("create")
    for method, path in (
        ("POST", f"/containers/{own}/stop"), ("POST", f"/containers/{own}/kill"), ("DELETE", f"/containers/{own}"),
        ("GET", f"/containers/{own}/logs?stdout=1"), ("GET", f"/containers/{own}/json"),
        ("POST", f"/containers/{own}/rename?name={place.project}-agent-b"),
        ("DELETE", f"/volumes/{place.project}-guest-stolen"), ("DELETE", "/volumes/somebody"),
        ("GET", f"/images/{BASE}/json"),
    ):  # fmt: skip
        assert await status(session, method, url + path) == 403, path
    create = f"{url}/containers/create?name={place.project}-agent-b"
    stolen = guest_body(place)
    stolen["HostConfig"]["Mounts"][0]["Source"] = f"{place.project}-guest-stolen"
    foreign_image = {**guest_body(place), "Image": BASE}
    for body in (stolen, foreign_image, guest_body(place, NetworkMode="host"), guest_body(place, Memory=1 << 40)):
        assert await status(session, "POST", create, json=body) == 403, body
    assert await status(session, "GET", f"{url}/images/{place.image}/json") == 200
