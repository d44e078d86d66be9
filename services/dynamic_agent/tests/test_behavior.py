"""Code and personas stand behind an agent in the same way."""

import dataclasses
import inspect

import pytest

from wactorz_dynamic_agent.behavior import Behavior, Surroundings
from wactorz_dynamic_agent.life import Life
from wactorz_dynamic_agent.persona import Persona


@pytest.mark.parametrize("made", [Life, Persona])
def test_both_can_do_what_is_promised(made: type) -> None:
    promised = {name for name, value in vars(Behavior).items() if inspect.iscoroutinefunction(value)}
    assert promised == {"run", "task", "obey", "refresh", "stop"}
    for name in promised:
        assert inspect.iscoroutinefunction(getattr(made, name)), name
        wanted, offered = (inspect.signature(getattr(one, name)).parameters for one in (Behavior, made))
        assert list(wanted) == list(offered), name


def test_both_say_where_their_answers_come_from() -> None:
    assert (Life.source, Life.capabilities) == ("rules", ())
    assert (Persona.source, Persona.capabilities) == ("cloud", ("chat",))


def test_no_agent_changes_what_all_are_given() -> None:
    around = Surroundings(None, lambda: 1.0, dict, lambda *_: None, lambda *_: None)  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        around.memory_mb = lambda: 2.0  # type: ignore[misc]
