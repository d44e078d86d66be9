"""Client of the broker's dynamic security: commands on its control topic, answers by correlation."""

import asyncio
import itertools
import json
import secrets
from typing import Any

from wactorz_common import logs
from wactorz_common.connection import Broker, Connection, Filter
from wactorz_common.errors import AskTimeout, Refused

CONTROL = "$CONTROL/dynamic-security/v1"
RESPONSE = f"{CONTROL}/response"

_TIMEOUT = 5.0

Command = dict[str, Any]
Reply = dict[str, Any]


class DynamicSecurity:
    """A connection of its own, as the one user that may manage accounts."""

    def __init__(self, broker: Broker, client_id: str) -> None:
        self._log = logs.get(__name__)
        self._run = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._asked: dict[str, asyncio.Future[Reply]] = {}
        self._connection = Connection(client_id, broker, None, lambda: [Filter(RESPONSE, 1)], self._take)

    async def start(self) -> None:
        """Connect in the background."""
        self._connection.start()

    async def stop(self) -> None:
        """Leave."""
        await self._connection.stop()

    async def ask(self, *commands: Command) -> list[Reply]:
        """Carry out commands in order; one reply each, with `error` where one was refused."""
        await self._connection.wait_connected(_TIMEOUT)
        numbered = {f"{self._run}.{next(self._numbers)}": command for command in commands}
        loop = asyncio.get_running_loop()
        self._asked |= {number: loop.create_future() for number in numbered}
        waiting = [self._asked[number] for number in numbered]
        body = {"commands": [{**command, "correlationData": number} for number, command in numbered.items()]}
        try:
            await self._connection.send(CONTROL, json.dumps(body).encode(), 1, False, {})  # retain
            async with asyncio.timeout(_TIMEOUT):
                return await asyncio.gather(*waiting)
        except TimeoutError:
            raise AskTimeout("The broker's dynamic security does not answer: look at the broker's log") from None
        finally:
            for number in numbered:
                self._asked.pop(number, None)

    async def do(self, *commands: Command, tolerate: tuple[str, ...] = ()) -> None:
        """Carry out commands; Refused with the broker's words for the first that fails, unless it may."""
        for command, reply in zip(commands, await self.ask(*commands), strict=True):
            error = reply.get("error")
            if error and error not in tolerate:
                raise Refused(f"The broker refuses {command['command']}: {error}")

    async def _take(self, topic: str, data: bytes, _properties: dict[str, Any]) -> None:
        if topic != RESPONSE:
            return
        try:
            replies = json.loads(data)["responses"]
            pairs = [(str(reply.get("correlationData", "")), reply) for reply in replies]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._log.warning("dynamic security says what cannot be read", reason=str(error))
            return
        for number, reply in pairs:
            waiting = self._asked.get(number)
            if waiting is not None and not waiting.done():
                waiting.set_result(reply)
