"""What each way of not getting an answer means."""

import asyncio
from typing import Any

import pytest
from hass_client.exceptions import FailedCommand, NotConnected  # type: ignore[import-untyped]

from wactorz_home_assistant import CallRefused, CallUncertain
from wactorz_home_assistant.answers import Unsent, answer_to


async def fail(error: BaseException) -> Any:
    raise error


async def test_an_answer():
    assert await answer_to(asyncio.sleep(0, "yes"), 1) == "yes"


@pytest.mark.parametrize(
    ("error", "meaning", "words"),
    [
        (FailedCommand("not now"), CallRefused, "not now"),
        (NotConnected(), Unsent, "the connection was lost"),
        (ConnectionResetError(104, "x"), CallUncertain, "connection reset"),
        (asyncio.CancelledError(), CallUncertain, "before the answer came"),
    ],
)
async def test_no_answer(error: BaseException, meaning: type[Exception], words: str):
    with pytest.raises(meaning, match=words):
        await answer_to(fail(error), 1)


async def test_too_late():
    with pytest.raises(CallUncertain, match=r"no answer within 0\.01 s"):
        await answer_to(asyncio.sleep(5), 0.01)


async def test_who_asks_is_cancelled():
    asking = asyncio.create_task(answer_to(asyncio.sleep(5), 5))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
