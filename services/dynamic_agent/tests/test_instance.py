"""Both runtimes and their instances offer what the life of an agent calls."""

import inspect

import pytest

from wactorz_dynamic_agent.cpython import PythonInstance, PythonRuntime
from wactorz_dynamic_agent.instance import Instance, Runtime
from wactorz_dynamic_agent.sandbox import SandboxInstance, SandboxRuntime


def promised(protocol: type) -> list[str]:
    return [name for name in vars(protocol) if not name.startswith("_")]


def parameters(function: object) -> list[tuple[str, object]]:
    return [(one.name, one.kind) for one in inspect.signature(function).parameters.values()]  # type: ignore[arg-type]


@pytest.mark.parametrize("made", [SandboxInstance, PythonInstance])
def test_every_instance_can_do_what_is_promised(made: type) -> None:
    assert set(promised(Instance)) == {"functions", "call", "deliver", "refresh", "ended", "close"}
    for name in set(promised(Instance)) - {"functions"}:
        assert inspect.iscoroutinefunction(getattr(made, name)), name
        assert parameters(getattr(made, name)) == parameters(getattr(Instance, name)), name


@pytest.mark.parametrize("made", [SandboxRuntime, PythonRuntime])
def test_every_runtime_opens_programs_alike(made: type) -> None:
    assert promised(Runtime) == ["open"]
    assert inspect.iscoroutinefunction(made.open)  # type: ignore[attr-defined]
    assert parameters(made.open) == parameters(Runtime.open)  # type: ignore[attr-defined]
