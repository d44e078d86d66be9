import asyncio

import pytest

from wactorz_common.contracts.chat import ChatAnswer, ChatStop
from wactorz_common.contracts.llm import COMPLETE, Completion, ModelMessage
from wactorz_common.errors import STOPPED, TaskFailed
from wactorz_common.handlers import Task
from wactorz_main import interruption
from wactorz_main.interruption import Interruptions

from .turn_doubles import errand_of

QUESTION = Completion(messages=(ModelMessage(role="user", content="hello"),), agent="main")


@pytest.fixture
async def interruptions(store):
    made = Interruptions(store, lambda: 50.0)
    await made.open()
    return made


def stop(**which):
    return ChatStop(timestamp=1.0, **which)


async def begun(interruptions, errand, work):
    running = asyncio.create_task(interruptions.run(errand, work))
    await asyncio.sleep(0.01)
    return running


async def forever():
    await asyncio.Event().wait()
    return ChatAnswer(text="never")


@pytest.mark.parametrize("which", [{"chat_id": "q1"}, {"conversation_id": "c"}])
async def test_a_message_under_way_is_stopped_with_what_was_done(agent, interruptions, which):
    errand = errand_of(agent)
    errand.verified = lambda: "The lamp is on."
    running = await begun(interruptions, errand, forever)
    await interruptions.stop(stop(chat_id="other"))
    await interruptions.stop(stop(conversation_id="other"))
    await interruptions.stop(stop())
    assert not running.done()
    await interruptions.stop(stop(**which))
    answer = await asyncio.wait_for(running, 10)
    assert (answer.text, answer.status) == ("Stopped. The lamp is on.", "stopped")


async def test_a_stop_that_the_model_hears_of_first_is_still_a_stop(agent, interruptions):
    async def refuse(*_args, **_more):
        raise TaskFailed(STOPPED)

    agent.ask, errand = refuse, errand_of(agent)
    running = await begun(interruptions, errand, lambda: errand.ask(COMPLETE, QUESTION))
    assert not running.done()
    await interruptions.stop(stop(chat_id="q1"))
    answer = await asyncio.wait_for(running, 10)
    assert (answer.text, answer.status) == ("Stopped. Nothing was done.", "stopped")


async def test_a_second_delivery_of_a_stopped_task_never_acts(agent, store, interruptions):
    running = await begun(interruptions, errand_of(agent), forever)
    await interruptions.stop(stop(conversation_id="c"))
    await running
    again = Interruptions(store)
    await again.open()
    errand = errand_of(agent)
    errand.task = Task("t1", "chat", "main", recovered=True)
    answer = await again.run(errand, forever)
    assert (answer.text, answer.status) == ("Stopped. Nothing was done.", "stopped")
    await again.trim(60.0)
    other = errand_of(agent)
    other.task = Task("t1", "chat", "main", recovered=True)
    assert not await again._is_stopped(other)


async def test_a_stop_that_comes_before_its_message_counts(agent, interruptions):
    await interruptions.stop(stop(chat_id="q1"))
    assert (await interruptions.run(errand_of(agent), forever)).status == "stopped"


async def test_what_has_an_effect_may_tell_its_end(agent, interruptions):
    errand, done = errand_of(agent), asyncio.Event()

    async def act():
        with errand.stopping.effect():
            await done.wait()
        return ChatAnswer(text="The lamp is on.")

    running = await begun(interruptions, errand, act)
    await interruptions.stop(stop(chat_id="q1"))
    await asyncio.sleep(0.01)
    assert not running.done()
    done.set()
    assert (await running).text == "Stopped. The lamp is on."


async def test_an_effect_that_does_not_tell_its_end_is_left(agent, interruptions, monkeypatch):
    monkeypatch.setattr(interruption, "_GRACE_SECONDS", 0.01)
    errand = errand_of(agent)

    async def act():
        with errand.stopping.effect():
            await asyncio.Event().wait()
        return ChatAnswer(text="never")

    running = await begun(interruptions, errand, act)
    await interruptions.stop(stop(chat_id="q1"))
    assert (await running).text == "Stopped. What was handed over before may still be done."


async def test_nothing_begins_after_a_stop(agent, interruptions):
    errand, acted, done = errand_of(agent), [], asyncio.Event()

    async def act():
        with errand.stopping.effect():
            await done.wait()
        with errand.stopping.effect():
            acted.append(1)
        return ChatAnswer(text="never")

    running = await begun(interruptions, errand, act)
    await interruptions.stop(stop(chat_id="q1"))
    done.set()
    assert ((await running).status, acted) == ("stopped", [])


async def test_answers_and_failures_pass_through(agent, interruptions):
    async def fail():
        raise ValueError("broken")

    async def answer():
        return ChatAnswer(text="so")

    assert (await interruptions.run(errand_of(agent), answer)).text == "so"
    with pytest.raises(ValueError, match="broken"):
        await interruptions.run(errand_of(agent), fail)


async def test_work_ends_with_whoever_waits_for_it(agent, interruptions):
    ended = asyncio.Event()

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ChatAnswer(text="never")

    running = await begun(interruptions, errand_of(agent), work)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()
