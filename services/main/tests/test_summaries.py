import asyncio
import itertools

import pytest

from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.errors import TaskFailed
from wactorz_main.history import History
from wactorz_main.summaries import MOST_SENT, Summaries


@pytest.fixture
async def history(store):
    made = History(store)
    await made.open()
    return made


class Model:
    def __init__(self):
        self.asked, self.trouble, self.away, self.text = [], None, False, "Summary {n}."

    async def ask(self, question):
        self.asked.append(question)
        if self.trouble:
            raise self.trouble
        return CompletionResult(
            provider="p", model="m", text=self.text.format(n=len(self.asked)), available=not self.away
        )


class World:
    def __init__(self, history):
        self.history, self.model, self.now, self.count = history, Model(), 0.0, 0
        self.summaries = Summaries(history, self.model.ask, now=lambda: self.now, clock=lambda: 5.0)

    async def say(self, count):
        for _ in range(count):
            self.count += 1
            await self.history.remember(f"t{self.count}", "ann\nc", f"fact {self.count}", "noted", 1.0)
            await self.summaries.after_exchange("ann\nc", "c")


@pytest.fixture
def world(history):
    return World(history)


async def test_at_thirty_messages_the_oldest_half_is_summed_up(world):
    await world.say(14)
    assert world.model.asked == []
    await world.say(1)
    (asked,) = world.model.asked
    assert (asked.purpose, asked.tier, asked.max_tokens, asked.conversation_id, asked.stream_to) == (
        "summary", "fast", 400, "c", "",
    )  # fmt: skip
    told = asked.messages[0].content
    assert ("fact 1 " in told, "fact 7 " in told, "fact 8 " in told) == (True, True, False)
    (summary,) = await world.history.chain("ann\nc")
    assert (summary.first, summary.last, summary.text) == (1, 7, "Summary 1.")
    await world.say(6)
    assert len(world.model.asked) == 1
    await world.say(1)
    assert [(one.first, one.last) for one in await world.history.chain("ann\nc")] == [(1, 7), (8, 14)]


async def test_a_chain_that_grows_long_is_condensed_and_nothing_is_deleted(world):
    await world.say(15 + 7 * 8)
    chain = await world.history.chain("ann\nc")
    assert len(chain) <= MOST_SENT
    assert chain[0].first == 1
    assert all(one.last + 1 == other.first for one, other in itertools.pairwise(chain))
    assert len(await world.history.all_summaries("ann\nc")) == 10
    assert "Summary 1." in world.model.asked[7].messages[0].content


@pytest.mark.parametrize(("away", "trouble", "rest"), [(True, None, 601), (False, TaskFailed("overloaded"), 61)])
async def test_a_model_that_is_away_is_asked_again_later(world, away, trouble, rest):
    world.model.away, world.model.trouble = away, trouble
    await world.say(20)
    assert (len(world.model.asked), await world.history.chain("ann\nc")) == (1, ())
    world.model.away, world.model.trouble, world.now = False, None, float(rest)
    await world.say(1)
    assert [(one.first, one.last) for one in await world.history.chain("ann\nc")] == [(1, 10)]


async def test_an_empty_summary_is_none(world):
    world.model.text = "  "
    await world.say(16)
    assert (len(world.model.asked), await world.history.chain("ann\nc")) == (1, ())


async def test_two_answers_at_once_make_one_summary(world):
    await world.say(14)
    await world.history.remember("t15", "ann\nc", "fact 15", "noted", 1.0)
    await asyncio.gather(*(world.summaries.after_exchange("ann\nc", "c") for _ in range(3)))
    assert len(world.model.asked) == 1
