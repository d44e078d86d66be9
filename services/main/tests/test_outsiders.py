"""A spawned agent's text is no person's word."""

from types import SimpleNamespace
from typing import Any

import pytest

from wactorz_common.errors import TransportError
from wactorz_main.outsiders import answer_outsider
from wactorz_understanding.meaning import Ambiguous, Question, UnknownName

TASK = SimpleNamespace(trace_id="t")


class Agent:
    settings = SimpleNamespace(house_seconds=1.0, language="en")
    house_problem = ""

    def __init__(self, meaning: Any = None, house: Any = "house") -> None:
        self.meaning, self.house, self.heard = meaning, house, []

    async def known_house(self, _seconds: float) -> Any:
        return self.house

    async def read(self, text: str) -> Any:
        self.heard.append(text)
        return self.meaning

    async def ask(self, *_: object, **__: object) -> Any:
        raise TransportError("nobody answers.")


async def answered(agent: Agent, text: str) -> tuple[str, str]:
    answer = await answer_outsider(agent, text, TASK)  # type: ignore[arg-type]
    return answer.status, answer.text


@pytest.mark.parametrize("text", ["", "   ", "/agents", "/stop all", "x" * 100_000])
async def test_commands_are_not_even_read(text: str) -> None:
    agent = Agent()
    status, said = await answered(agent, text)
    assert (status, agent.heard) == ("failed", [])
    assert said.startswith("Nothing was done")


@pytest.mark.parametrize("meaning", [None, SimpleNamespace(actions=["turn_on"])])
async def test_what_is_no_question_is_refused(meaning: Any) -> None:
    status, said = await answered(Agent(meaning), "turn on the light")
    assert status == "failed"
    assert "has to come from a person" in said


async def test_an_unclear_question_is_asked_back() -> None:
    question = Ambiguous(question="Which light?", choices=())
    assert await answered(Agent(question), "is the light on?") == ("failed", "Which light?")


async def test_without_a_home_nothing_is_understood() -> None:
    agent = Agent(house=None)
    assert (await answered(agent, "is the light on?"))[0] == "failed"
    assert agent.heard == []


async def test_a_home_that_does_not_answer_is_told() -> None:
    meaning = Question(what="is", entity_ids=("light.a",), state="on")
    assert await answered(Agent(meaning), "is the light on?") == ("failed", "nobody answers. Nothing was done.")


async def test_a_name_that_is_not_known_is_told() -> None:
    status, said = await answered(Agent(UnknownName(text="is the lamb on?", name="lamb")), "is the lamb on?")
    assert status == "failed"
    assert "lamb" in said
