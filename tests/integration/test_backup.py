"""The whole state in a file and back, over a real broker, through the gateway's own routes."""

import asyncio
import io
import json
import os
import secrets
import sys
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import Field

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts import Operation, Payload
from wactorz_common.contracts.backup import SNAPSHOT, SnapshotRequest
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed
from wactorz_common.run import _serve_once
from wactorz_common.settings import AgentSettings
from wactorz_gateway.agent import GatewayAgent
from wactorz_gateway.settings import GatewaySettings
from wactorz_testing.agents import running
from wactorz_testing.broker import TestBroker, free_port

pytestmark = [pytest.mark.broker]

TAR = {"content-type": "application/x-tar"}


class Level(Payload):
    """A level."""

    value: int = Field(description="The level")


SET = Operation("set", "keeper", Level, Level, "Keep a level", durable=True, timeout=30)
GET = Operation("get", "keeper", Level, Level, "The level that is kept")


class Keeper(Agent[AgentSettings]):
    """Keeps a level, and counts how often it was set."""

    name = "keeper"
    description = "Keeps"
    protected = False

    @handles(SET)
    async def set(self, request: Level, task: Task) -> Level:
        await self.persist("level", request.value)
        with (self.settings.state_dir / "done.log").open("a") as log:
            log.write(f"{task.id}\n")
        return request

    @handles(GET)
    async def get(self, _request: Level, _task: Task) -> Level:
        return Level(value=self.recall("level", 0))


class Asker(Agent[AgentSettings]):
    """Asks."""

    name = "asker"
    description = "Asks"


@asynccontextmanager
async def kept_running(broker: TestBroker, state_dir: Path) -> AsyncIterator[None]:
    """The keeper as its process would run it: begun again whenever it wants to be."""
    settings = AgentSettings.model_validate(
        {"state_dir": state_dir, "mqtt_host": broker.host, "mqtt_port": broker.port}
    )

    async def serve() -> None:
        while await _serve_once(Keeper, settings):
            pass

    task = asyncio.create_task(serve())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def gateway(broker: TestBroker, state_dir: Path) -> AsyncIterator[tuple[GatewayAgent, httpx.AsyncClient]]:
    async with running(GatewayAgent, broker, state_dir, GatewaySettings, http_port=free_port()) as agent:
        address = f"http://127.0.0.1:{agent.settings.http_port}"
        async with httpx.AsyncClient(base_url=address, timeout=60, trust_env=False) as http:
            yield agent, http


async def level(asker: Asker) -> int:
    async with asyncio.timeout(20):
        while True:
            try:
                return (await asker.ask(GET, Level(value=0), timeout=1)).value
            except Exception:
                await asyncio.sleep(0.1)


async def until_known(agent: GatewayAgent, *names: str) -> None:
    async with asyncio.timeout(10):
        while not all(agent.registry.find(name) for name in names):
            await asyncio.sleep(0.05)


async def backup_of(http: httpx.AsyncClient) -> bytes:
    answer = await http.get("/api/backup")
    assert answer.status_code == 200, answer.text
    return answer.content


def manifest_of(data: bytes) -> dict[str, Any]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        source = tar.extractfile("manifest.json")
        assert source is not None
        return dict(json.loads(source.read()))


async def test_an_older_state_comes_back_and_the_agent_goes_on(broker: TestBroker, tmp_path: Path) -> None:
    async with (
        gateway(broker, tmp_path) as (door, http), running(Asker, broker, tmp_path) as asker,
        kept_running(broker, tmp_path),
    ):  # fmt: skip
        assert await level(asker) == 0
        await until_known(door, "keeper", "asker", "gateway")
        assert (await asker.submit(SET, Level(value=7), task_id="before")).state is TaskState.DONE
        data = await backup_of(http)
        manifest = manifest_of(data)
        assert sorted(one["name"] for one in manifest["agents"]) == ["asker", "gateway", "keeper"]
        assert manifest["missing"] == []
        assert (await asker.submit(SET, Level(value=9), task_id="after")).state is TaskState.DONE
        only = _only(data, "keeper")
        answer = await http.post("/api/restore", content=only, headers=TAR)
        assert answer.status_code == 200, answer.text
        assert answer.json()["restored"] == ["keeper"]
        await asyncio.sleep(1)
        assert await level(asker) == 7
        await asker.store.write(lambda db: db.execute("DELETE FROM outbox") and None)
        again = await asker.submit(SET, Level(value=9), task_id="after")
        assert again.state is TaskState.DONE
        assert await level(asker) == 7, "a task that ended after the backup was done a second time"
        assert (await asker.submit(SET, Level(value=11), task_id="new")).state is TaskState.DONE
        assert await level(asker) == 11
        assert not asker.bus.counters["fenced"]
    assert (tmp_path / "done.log").read_text().split() == ["before", "after", "new"]
    assert list((tmp_path / "state" / "keeper").glob("state.db.before-restore-*"))


def _only(data: bytes, *names: str) -> bytes:
    """The same backup with these agents alone."""
    manifest = manifest_of(data)
    manifest["agents"] = [one for one in manifest["agents"] if one["name"] in names]
    return _packed(data, manifest)


def _packed(data: bytes, manifest: dict[str, Any]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(data)) as source, tarfile.open(fileobj=target, mode="w") as tar:
        for one in manifest["agents"]:
            tar.addfile(source.getmember(one["file"]), source.extractfile(one["file"]))
        text = json.dumps(manifest).encode()
        info = tarfile.TarInfo("manifest.json")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    return target.getvalue()


async def test_a_damaged_short_newer_or_foreign_file_changes_nothing(broker: TestBroker, tmp_path: Path) -> None:
    async with gateway(broker, tmp_path) as (door, http), running(Keeper, broker, tmp_path) as keeper:
        await until_known(door, "keeper", "gateway")
        await keeper.persist("level", 3)
        data = await backup_of(http)
        place = data.index(b"\x1f\x8b") + 40
        newer = manifest_of(data) | {"format": 99, "version": "9.9"}
        bad = {
            "damaged": data[:place] + bytes([data[place] ^ 255]) + data[place + 1 :],
            "only a part": data[: len(data) // 2],
            "no backup": b"hello" * 1000,
            "format 99": _packed(data, newer),
        }
        for sentence, file in bad.items():
            answer = await http.post("/api/restore", content=file, headers=TAR)
            assert (answer.status_code, sentence in answer.json()["detail"]) == (422, True), answer.text
            assert "nothing was changed" in answer.json()["detail"]
        await asyncio.sleep(0.6)
        assert not keeper.finished.is_set()
        assert not list((tmp_path / "state" / "keeper").glob("state.db.restored"))


async def test_one_state_that_is_not_taken_stops_all_of_them(broker: TestBroker, tmp_path: Path) -> None:
    async with (
        gateway(broker, tmp_path) as (door, http), running(Keeper, broker, tmp_path) as keeper,
        running(Asker, broker, tmp_path) as asker,
    ):  # fmt: skip
        await until_known(door, "keeper", "asker")
        data = _only(await backup_of(http), "keeper", "asker")
        manifest = manifest_of(data)
        await asker.store.write(lambda db: db.execute("PRAGMA user_version = 99") and None)
        broken = await backup_of(http)
        await asker.store.write(lambda db: db.execute("PRAGMA user_version = 1") and None)
        answer = await http.post("/api/restore", content=_only(broken, "keeper", "asker"), headers=TAR)
        assert answer.status_code == 409, answer.text
        assert "asker" in answer.json()["detail"]
        assert "install the newer program" in answer.json()["detail"]
        await asyncio.sleep(0.6)
        assert not keeper.finished.is_set()
        assert manifest["missing"] == []


async def test_agents_that_do_not_answer_are_named(
    broker: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wactorz_gateway.backups._ANSWER_SECONDS", 1.0)
    async with gateway(broker, tmp_path) as (door, http):
        async with running(Keeper, broker, tmp_path):
            await until_known(door, "keeper", "gateway")
        data = await backup_of(http)
        manifest = manifest_of(data)
        assert [one["name"] for one in manifest["agents"]] == ["gateway"]
        assert [one["name"] for one in manifest["missing"]] == ["keeper"]


async def test_agents_that_are_not_here_are_told_and_a_resting_one_is_saved_too(
    broker: TestBroker, tmp_path: Path
) -> None:
    async with gateway(broker, tmp_path) as (door, http), running(Keeper, broker, tmp_path) as keeper:
        await until_known(door, "keeper", "gateway")
        await door.parts.backend.command(keeper.id, "pause")
        data = _only(await backup_of(http), "keeper")
        manifest = manifest_of(data)
        assert [one["name"] for one in manifest["agents"]] == ["keeper"]
        manifest["agents"][0]["name"] = "stranger"
        answer = await http.post("/api/restore", content=_packed(data, manifest), headers=TAR)
        assert answer.json()["unknown"] == ["stranger"]
        assert "stranger" in answer.json()["text"]


async def test_nobody_but_the_gateway_is_given_a_state(broker: TestBroker, tmp_path: Path) -> None:
    async with running(Keeper, broker, tmp_path), running(Asker, broker, tmp_path) as asker:
        with pytest.raises(TaskFailed, match="only the gateway"):
            await asker.ask(SNAPSHOT, SnapshotRequest(), to="keeper")


async def test_tasks_flow_while_backups_are_taken_and_put_back(broker: TestBroker, tmp_path: Path) -> None:
    async with (
        gateway(broker, tmp_path) as (door, http), running(Asker, broker, tmp_path) as asker,
        kept_running(broker, tmp_path),
    ):  # fmt: skip
        await level(asker)
        await until_known(door, "keeper", "asker")

        async def flow() -> list[TaskState]:
            states = []
            for number in range(200):
                end = await asker.submit(SET, Level(value=number), task_id=f"flow-{number}", deadline=60)
                states.append(end.state)
                await asyncio.sleep(0.01)
            return states

        flowing = asyncio.create_task(flow())
        for _ in range(2):
            await asyncio.sleep(0.2)
            data = _only(await backup_of(http), "keeper")
            answer = await http.post("/api/restore", content=data, headers=TAR)
            assert answer.json()["restored"] == ["keeper"], answer.text
            await asyncio.sleep(0.6)
        assert await flowing == [TaskState.DONE] * 200
    assert sorted((tmp_path / "done.log").read_text().split()) == sorted(f"flow-{number}" for number in range(200))


async def command(http: httpx.AsyncClient, *arguments: str) -> tuple[int, str]:
    """The exit code of a `wactorz` command, and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wactorz_cli", *arguments, env={**os.environ, "WACTORZ_URL": str(http.base_url)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def test_the_commands_save_and_put_back_a_state_of_many_parts(
    broker: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wactorz_gateway.restores._BACK_SECONDS", 0.5)
    file = tmp_path / "wactorz.tar"
    async with (
        gateway(broker, tmp_path) as (door, http), running(Asker, broker, tmp_path),
        running(Keeper, broker, tmp_path) as keeper,
    ):  # fmt: skip
        await until_known(door, "keeper", "asker", "gateway")
        await keeper.persist("noise", secrets.token_hex(600_000))
        noise = keeper.recall("noise")
        code, said = await command(http, "backup", str(file))
        assert (code, "3 agents" in said) == (0, True), said
        assert file.stat().st_mode & 0o777 == 0o600
        file.write_bytes(_only(file.read_bytes(), "keeper"))
        await keeper.persist("noise", "")
        code, said = await command(http, "restore", str(file))
        assert (code, "did not begin again in time: keeper" in said) == (1, True), said  # nobody runs it again here
        async with asyncio.timeout(5):
            await keeper.finished.wait()
        assert keeper.begins_again
        before = keeper.incarnation
    async with running(Keeper, broker, tmp_path) as again:
        assert again.recall("noise") == noise
        assert again.incarnation == before + 2
    code, said = await command(http, "backup", str(file))
    assert (code, "start it with" in said) == (1, True), said


async def test_a_missing_agent_makes_the_command_fail_but_leaves_the_file(
    broker: TestBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wactorz_gateway.backups._ANSWER_SECONDS", 1.0)
    file = tmp_path / "wactorz.tar"
    async with gateway(broker, tmp_path) as (door, http):
        async with running(Keeper, broker, tmp_path):
            await until_known(door, "keeper", "gateway")
        code, said = await command(http, "backup", str(file))
    assert (code, "the state of keeper is missing" in said) == (1, True), said
    assert [one["name"] for one in manifest_of(file.read_bytes())["agents"]] == ["gateway"]
