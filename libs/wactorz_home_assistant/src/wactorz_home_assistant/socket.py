"""One WebSocket connection to Home Assistant, tolerant of messages that are new, odd, late or in a batch."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientSession
from hass_client import HomeAssistantClient  # type: ignore[import-untyped]  # it ships no types
from hass_client.exceptions import AuthenticationFailed, FailedCommand  # type: ignore[import-untyped]  # as above

_LARGEST_MESSAGE = 64 * 1024 * 1024
_BATCHES = {"coalesce_messages": 1}

_log = logging.getLogger(__name__)


class Socket(HomeAssistantClient):  # type: ignore[misc]  # untyped
    """The client of the SDK, which takes one message at a time and expects each to be as it knows it."""

    def __init__(self, address: str, token: str, session: ClientSession) -> None:
        super().__init__(address, token, session, max_msg_size=_LARGEST_MESSAGE)
        self._clock = asyncio.get_running_loop().time
        self.heard_at = self._clock()
        """When the last message came, by the event loop's clock."""
        self._malformed = 0

    async def ask_for_batches(self) -> None:
        """Let Home Assistant send several messages in one; an older one does not, and its answer matters to nobody."""
        await self.send_command_no_wait("supported_features", features=_BATCHES)

    async def watch(self, quiet: float, patience: float) -> str:
        """Ask for a sign of life after `quiet` seconds; return why the connection is given up, when none comes."""
        while True:
            silent = self._clock() - self.heard_at
            if silent < quiet:
                await asyncio.sleep(quiet - silent)
                continue
            asked_at = self._clock()
            await self.send_command_no_wait("ping")
            for _ in range(2):  # should this process have slept, what waits is heard before the second half ends
                await asyncio.sleep(patience / 2)
            if self.heard_at < asked_at:
                return f"no sign of life for {self._clock() - self.heard_at:.0f} s"

    def _handle_incoming_message(self, msg: Any) -> None:
        """Take a message or a batch of them; what cannot be read is passed over."""
        self.heard_at = self._clock()
        for message in msg if isinstance(msg, list) else (msg,):
            if isinstance(message, Mapping) and message.get("type") == "auth_invalid":
                raise AuthenticationFailed(str(message.get("message", "")))
            try:
                self._take(message)
            except (KeyError, TypeError, AttributeError, asyncio.InvalidStateError) as error:
                self._malformed += 1
                _log.log(
                    logging.WARNING if self._malformed == 1 else logging.DEBUG,
                    "a message of home assistant cannot be read: %r", error,
                )  # fmt: skip

    def _take(self, message: Any) -> None:
        kind, number = message["type"], message.get("id")
        if kind == "result":
            waiting = self._result_futures.get(number)
            if waiting is None or waiting.done():
                return
            if message.get("success", "error" not in message):
                waiting.set_result(message.get("result"))
            else:
                error = message.get("error") or {}
                waiting.set_exception(FailedCommand(str(error.get("message") or error.get("code") or "refused")))
        elif number in self._subscriptions:
            self._subscriptions[number][1](message)
