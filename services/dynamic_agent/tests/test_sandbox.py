"""The sandbox behind the interface of this service."""

import asyncio

import pytest

from wactorz_common.errors import ConfigError
from wactorz_dynamic_agent import sandbox
from wactorz_dynamic_agent.errors import CodeFailed, InstanceEnded, OverTime
from wactorz_dynamic_agent.sandbox import SandboxInstance, SandboxRuntime
from wactorz_sandbox import build
from wactorz_sandbox.errors import ComponentError, GuestEnded, GuestError


class Guest:
    """An instance that answers what it was told to."""

    functions = ("handle_task",)
    ended = None

    def __init__(self, outcome: object) -> None:
        self.outcome = outcome

    async def call(self, _name, *_args, timeout):
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [(GuestError("KeyError: 'x'", "line 1"), CodeFailed), (GuestEnded("time", "ended"), InstanceEnded),
     (TimeoutError(), OverTime)],
)  # fmt: skip
async def test_errors_in_our_words(outcome: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        await SandboxInstance(Guest(outcome)).call("handle_task", timeout=1.0)


async def test_an_end_is_waited_for() -> None:
    guest = Guest({"ok": 1})
    instance = SandboxInstance(guest)
    assert await instance.call("handle_task", timeout=1.0) == {"ok": 1}
    waiting = [asyncio.ensure_future(instance.ended()) for _ in range(2)]
    await asyncio.sleep(0)
    guest.on_end(GuestEnded("flood", "ended because it went on"))
    for one in waiting:
        with pytest.raises(InstanceEnded, match="went on") as caught:
            await one
        assert caught.value.reason == "flood"


async def test_the_component_is_loaded_once_and_a_failure_is_no_end(monkeypatch) -> None:
    outcomes: list[object] = [ComponentError("no disk"), "component"]
    loads = []

    async def load(**_options):
        loads.append(1)
        await asyncio.sleep(0.01)
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(sandbox.Component, "load", load)
    runtime = SandboxRuntime(None)
    with pytest.raises(ConfigError, match="no disk"):
        await runtime.load()
    assert await asyncio.gather(runtime.load(), runtime.load()) == ["component", "component"]
    assert len(loads) == 2


async def test_nothing_is_built_for_a_host_whose_agents_need_no_sandbox(monkeypatch, tmp_path):
    monkeypatch.setattr(build, "default_folder", lambda: tmp_path)
    runtime = SandboxRuntime(None)
    await runtime.warm_up()
    assert not runtime.is_loading
    assert list(tmp_path.iterdir()) == []
