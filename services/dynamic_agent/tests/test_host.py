"""Orders are carried out and answered; the agents of a process are kept apart."""

import asyncio
import json
from typing import Any

import pytest

from wactorz_common.contracts.hosting import HostAnswer, HostOrder
from wactorz_dynamic_agent import host as module
from wactorz_dynamic_agent.errors import InstanceEnded
from wactorz_dynamic_agent.host import Host
from wactorz_dynamic_agent.settings import HostSettings

CODE = "async def handle_task(agent, payload):\n    return payload\n"


class Instance:
    functions = ("handle_task",)

    def __init__(self, ports: Any, kept: Any) -> None:
        self.ports, self.kept, self.closed = ports, dict(kept), False
        self.end: asyncio.Future[InstanceEnded] = asyncio.get_running_loop().create_future()

    async def call(self, _function: str, *arguments: Any, timeout: float | None) -> Any:
        return arguments[0]

    async def deliver(self, _topic: str, _text: str) -> None:
        """Nothing is listened to."""

    async def refresh(self, _directory: dict[str, Any]) -> None:
        """Nobody looks around."""

    async def ended(self) -> None:
        raise await asyncio.shield(self.end)

    async def close(self) -> None:
        self.closed = True


class Runtime:
    def __init__(self) -> None:
        self.opened: dict[str, list[Instance]] = {}

    async def open(self, _source: str, config: dict[str, Any], ports: Any, kept: Any) -> Instance:
        made = Instance(ports, kept)
        self.opened.setdefault(config["name"], []).append(made)
        return made


class Stage:
    """A host without a broker, and what it answers."""

    def __init__(self, folder: Any) -> None:
        self.runtime, self.answers = Runtime(), []
        values = {"state_dir": folder, "mqtt_host": "127.0.0.1", "mqtt_port": 1, "health_file": folder / "health"}
        self.host = Host(HostSettings.model_validate(values), self.runtime)
        self.host.control.answer = self.answers.append  # type: ignore[method-assign]

    async def order(self, op: str, name: str = "a", spec: dict[str, Any] | None = None, **more: Any) -> HostAnswer:
        body = {"op": op, "name": name, "id": "1", **more}
        if spec is not None:
            body["spec"] = {"name": name, "code": CODE, **spec}
        await self.host.take(HostOrder.accept(body))
        return next(one for one in reversed(self.answers) if one.id == "1")

    async def instance(self, name: str = "a", number: int = 0) -> Instance:
        while len(self.runtime.opened.get(name, ())) <= number:
            await asyncio.sleep(0.001)
        return self.runtime.opened[name][number]

    async def told(self, event: str) -> HostAnswer:
        while all(one.event != event for one in self.answers):
            await asyncio.sleep(0.001)
        return next(one for one in self.answers if one.event == event)


@pytest.fixture
async def stage(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_CONNECT_SECONDS", 0.001)
    made = Stage(tmp_path)
    async with asyncio.timeout(30):
        yield made
        await made.host.close()


async def test_an_agent_is_hosted_once_and_anew_when_it_changed(stage: Stage) -> None:
    assert (await stage.order("host", spec={})).event == "hosted"
    first = await stage.instance()
    assert (await stage.order("host", spec={"initial_state": {"n": 1}})).event == "hosted"
    assert not first.closed
    assert (await stage.order("host", spec={"poll_interval": 9})).event == "hosted"
    await stage.instance(number=1)
    assert first.closed


async def test_what_a_migrated_agent_brings_is_taken_once_and_exported(stage: Stage) -> None:
    await stage.order("host", spec={"initial_state": {"n": 1}})
    assert (await stage.instance()).kept.keys() == {"n"}
    await stage.order("drop")
    await stage.order("host", spec={"initial_state": {"n": 2}})
    assert (await stage.order("export")).state == {"n": 1}
    await stage.order("drop")
    assert (await stage.order("export")).state == {"n": 1}


async def test_what_is_handed_over_works_no_more(stage: Stage) -> None:
    await stage.order("host", spec={"initial_state": {"n": 1}})
    instance = await stage.instance()
    assert (await stage.order("export", hand_over=True)).state == {"n": 1}
    assert instance.closed


async def test_a_delete_takes_the_folder_along(stage: Stage, tmp_path) -> None:
    await stage.order("host", spec={})
    folder = next(tmp_path.rglob("state.db")).parent
    assert (await stage.order("drop", delete=True)).event == "dropped"
    assert not folder.exists()
    answer = await stage.order("export")
    assert (answer.event, answer.error) == ("refused", "no agent 'a' has kept anything here")


@pytest.mark.parametrize(
    ("name", "spec", "why"),
    [
        ("a", {"code": "def"}, "the code of 'a' cannot run"),
        ("a", {"type": "service"}, "agents of type 'service' are not run here"),
        ("a/b", {"name": "a/b"}, "is no name of an agent"),
        ("a", {"name": "b"}, "needs the specification of the agent that it names"),
    ],
)
async def test_what_cannot_run_is_refused_in_words(stage: Stage, name: str, spec: dict[str, Any], why: str) -> None:
    order = HostOrder.model_construct(op="host", name=name, id="1", spec=_spec(name, spec), broker=None)
    await stage.host.take(order)
    assert stage.answers[-1].event == "refused"
    assert why in stage.answers[-1].error
    assert stage.runtime.opened == {}


async def test_an_agent_with_packages_wants_a_process_of_its_own(stage: Stage) -> None:
    await stage.order("host", name="other", spec={})
    answer = await stage.order("host", spec={"install": ["nothing"]})
    assert answer.event == "refused"
    assert "a process of its own" in answer.error


async def test_one_agents_end_is_told_once_and_leaves_the_others(stage: Stage) -> None:
    await stage.order("host", spec={})
    await stage.order("host", name="b", spec={})
    instance, other = await stage.instance(), await stage.instance("b")
    assert instance.ports.tell("stop", json.dumps({})) == ""
    answer = await stage.told("ended")
    assert (answer.name, answer.final) == ("a", True)
    while not instance.closed:
        await asyncio.sleep(0.001)
    assert not other.closed
    assert [one.event for one in stage.answers].count("ended") == 1
    await stage.order("host", spec={})
    await stage.instance(number=1)


async def test_a_failure_of_the_host_itself_is_an_answer_too(stage: Stage, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr(module.checks, "problems_of", broken)
    assert (await stage.order("host", spec={})).error == "the host failed: RuntimeError: out of order"


async def test_all_end_with_the_host(stage: Stage) -> None:
    for name in ("a", "b"):
        await stage.order("host", name=name, spec={})
    instances = [await stage.instance(name) for name in ("a", "b")]
    await stage.host.close()
    assert all(one.closed for one in instances)


def _spec(name: str, fields: dict[str, Any]) -> Any:
    return module.SpawnSpec.model_construct(**{**_fields(name), **fields, "kind": fields.get("type", "dynamic")})


def _fields(name: str) -> dict[str, Any]:
    plain = module.SpawnSpec.model_validate({"name": "a", "code": CODE})
    return {**{key: getattr(plain, key) for key in type(plain).model_fields}, "name": name}
