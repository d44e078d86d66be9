import asyncio

import pytest

from wactorz_sandbox.guest.awaitables import Later, Now, forgiving
from wactorz_sandbox.guest.port import AgentError


def later(outcome, failed=None):
    future = asyncio.get_running_loop().create_future()
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
    return Later(future, lambda value: value + 1, failed)


async def test_all_ways_to_wait_work():
    assert await later(1) == 2
    assert await asyncio.create_task(later(1)) == 2
    assert await asyncio.gather(later(1), later(2), Now(5)) == [2, 3, 5]
    assert await asyncio.wait_for(later(1), 1) == 2
    assert await asyncio.create_task(Now(7)) == 7
    assert await Now() is None


async def test_a_failure_is_shaped_or_raised():
    assert await later(AgentError("no"), lambda text: {"error": text}) == {"error": "no"}
    with pytest.raises(AgentError, match="no"):
        await later(AgentError("no"))


async def test_a_forgotten_await_says_so():
    result = later(1)
    with pytest.raises(AttributeError, match="write 'await'"):
        _ = result.text
    with pytest.raises(TypeError, match="write 'await'"):
        _ = result["text"]


@pytest.mark.parametrize("value", [None, 3, "text", [1], {"a": 1}, True])
async def test_what_cannot_be_awaited_is_its_own_result(value):
    assert await forgiving(value) == value


async def test_what_can_be_awaited_stays_as_it_is():
    async def work():
        return 1

    coroutine = work()
    assert forgiving(coroutine) is coroutine
    assert await coroutine == 1
