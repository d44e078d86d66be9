"""Waiting for an answer of Home Assistant: what each way of not getting one means."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from wactorz_home_assistant.errors import CallRefused, CallUncertain, reason_of
from wactorz_home_assistant.german import phrase


class Unsent(Exception):
    """The connection was lost before anything was sent."""


async def answer_to(asked: Awaitable[Any], seconds: float) -> Any:
    """The answer. CallRefused: Home Assistant declined. CallUncertain: it was sent, but no answer came. Unsent."""
    from hass_client.exceptions import (  # type: ignore[import-untyped]  # noqa: PLC0415  # loaded with the connection
        FailedCommand,
        NotConnected,
    )

    try:
        async with asyncio.timeout(seconds):
            return await asked
    except FailedCommand as error:
        raise CallRefused(str(error)) from error
    except NotConnected as error:
        raise Unsent(phrase("the connection was lost")) from error
    except TimeoutError as error:
        raise CallUncertain(phrase("no answer within {seconds} s", seconds=f"{seconds:g}")) from error
    except OSError as error:
        raise CallUncertain(reason_of(error)) from error
    except asyncio.CancelledError as error:
        if _cancelled_by_others():
            raise
        raise CallUncertain(phrase("the connection was lost before the answer came")) from error


def _cancelled_by_others() -> bool:
    """Whether this very task is being cancelled, rather than the answer it waits for (which the client cancels)."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
