import asyncio
import json

import pytest

from wactorz_sandbox.guest.port import AgentError
from wactorz_sandbox.guest.pump import Pump


@pytest.fixture
def pump():
    return Pump()


def turn(pump, now=0.0):
    return json.loads(pump.turn(now))


def test_a_task_that_does_not_wait_is_done_in_a_turn(pump):
    async def work():
        return {"a": 1}

    pump.start("1", work())
    assert turn(pump) == {"ops": [], "drop": [], "done": [["1", "ok", '{"a": 1}']], "next": None, "open": 0}
    assert turn(pump)["done"] == []


def test_an_operation_is_wanted_once_and_resumes_its_task(pump):
    async def work():
        return await pump.request("llm", {"x": 1})

    pump.start("1", work())
    wanted = turn(pump)
    assert (wanted["ops"], wanted["open"], wanted["next"]) == ([[1, "llm", '{"x": 1}']], 1, None)
    pump.resume(99, "ok", 0)
    assert turn(pump)["done"] == []
    pump.resume(1, "ok", "answer")
    assert turn(pump)["done"] == [["1", "ok", '"answer"']]


def test_a_failed_operation_raises_inside(pump):
    async def work():
        try:
            await pump.request("llm", {})
        except AgentError as error:
            return str(error)

    pump.start("1", work())
    turn(pump)
    pump.resume(1, "err", "not granted")
    assert turn(pump)["done"] == [["1", "ok", '"not granted"']]


def test_timers_are_told_and_cancelled_ones_forgotten(pump):
    async def work():
        try:
            await asyncio.wait_for(pump.request("llm", {}), 3)
        except TimeoutError:
            await asyncio.sleep(2)
            return "slept"

    pump.start("1", work())
    assert turn(pump)["next"] == 3
    late = turn(pump, 3.0)
    assert (late["drop"], late["next"]) == ([[1]], 2)
    assert turn(pump, 5.0)["done"] == [["1", "ok", '"slept"']]

    async def quick():
        await asyncio.wait_for(pump.request("llm", {}), 3)

    pump.start("2", quick())
    turn(pump, 6.0)
    pump.resume(2, "ok", None)
    assert turn(pump, 6.0)["next"] is None


def test_a_canceled_task_drops_its_operation(pump):
    async def work():
        await pump.request("llm", {})

    pump.start("1", work())
    turn(pump)
    pump.cancel("1")
    pump.cancel("unknown")
    assert turn(pump)["drop"] == [[1]]


def test_endless_rounds_give_the_host_a_look_in(pump):
    async def work():
        while True:
            await asyncio.sleep(0)

    pump.start("1", work())
    assert turn(pump)["next"] == 0
    pump.cancel("1")
    turn(pump)


def test_an_exit_is_the_tasks_error(pump):
    async def work():
        raise SystemExit(3)

    pump.start("1", work())
    ((_, outcome, text),) = turn(pump)["done"]
    assert outcome == "err"
    assert json.loads(text)["error"] == "SystemExit: 3"


def test_what_would_be_a_thread_runs_here(pump):
    async def work():
        return await asyncio.to_thread(sum, [1, 2]) + await asyncio.get_running_loop().run_in_executor(None, len, "abc")

    pump.start("1", work())
    assert turn(pump)["done"] == [["1", "ok", "6"]]


def test_code_that_is_no_task_finds_the_loop(pump):
    with pump.entered():
        assert asyncio.get_running_loop() is pump.loop
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
