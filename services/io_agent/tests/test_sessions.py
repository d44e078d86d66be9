import asyncio

import pytest

from wactorz_io_agent.sessions import Sessions


async def test_messages_of_a_session_keep_their_order_and_limit():
    sessions, order, inside, most = Sessions(2), [], 0, 0
    gate = asyncio.Event()

    async def speak(number):
        nonlocal inside, most
        async with sessions.turn("a", "hello", 5):
            order.append(number)
            inside += 1
            most = max(most, inside)
            await gate.wait()
            inside -= 1

    tasks = [asyncio.create_task(speak(number)) for number in range(6)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert order == list(range(6))
    assert most <= 2
    assert len(sessions) == 0


async def test_sessions_do_not_wait_for_each_other_and_stop_never_waits():
    sessions = Sessions(1)
    async with sessions.turn("a", "long", 5):
        async with sessions.turn("b", "other session", 0.01):
            pass
        for hurry in (" /stop all", "/STOP ALL", "Stop everything!", "emergency stop"):
            async with sessions.turn("a", hurry, 0.01):
                pass
        with pytest.raises(TimeoutError):
            async with sessions.turn("a", "another", 0.01):
                pass
    async with sessions.turn("a", "free again", 0.01):
        assert len(sessions) == 1
    assert len(sessions) == 0


async def test_turn_is_given_back_after_an_error():
    sessions = Sessions(1)
    with pytest.raises(ValueError):
        async with sessions.turn("a", "x", 1):
            raise ValueError
    async with sessions.turn("a", "x", 0.1):
        pass
