"""Operations that a guest waits for, carried out on the event loop."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from wactorz_sandbox.limits import Limits
from wactorz_sandbox.ports import Ports


class Operations:
    """Begins, bounds and drops the operations of one guest; each end is put into the guest as a `resume` event."""

    def __init__(self, ports: Ports, limits: Limits, put: Callable[[list[Any]], None]) -> None:
        self._ports = ports
        self._limits = limits
        self._put = put
        self._open: dict[int, asyncio.Task[None]] = {}

    def begin(self, op_id: int, op: str, args: str) -> None:
        """Begin an operation, unless too many are open or it is too big."""
        if len(self._open) >= self._limits.open_ops:
            self._put(["resume", op_id, "err", f"{self._limits.open_ops} operations are under way already"])
        elif len(args) > self._limits.message_bytes:
            text = f"{op} has {len(args)} characters; {self._limits.message_bytes} are allowed"
            self._put(["resume", op_id, "err", text])
        else:
            task = asyncio.create_task(self._perform(op_id, op, args))
            self._open[op_id] = task
            task.add_done_callback(lambda _: self._open.pop(op_id, None))

    def drop(self, op_id: int) -> None:
        """The guest waits for it no more."""
        if op_id in self._open:
            self._open[op_id].cancel()

    def close(self) -> None:
        """Drop them all."""
        for task in self._open.values():
            task.cancel()

    async def _perform(self, op_id: int, op: str, args: str) -> None:
        try:
            async with asyncio.timeout(self._limits.op_seconds):
                value = await self._ports.perform(op, json.loads(args))
        except TimeoutError as error:
            text = str(error) or f"{op} took longer than {self._limits.op_seconds:g} s"
            self._put(["resume", op_id, "err", text])
        except Exception as error:  # any failure is the agent's to hear
            self._put(["resume", op_id, "err", str(error) or type(error).__name__])
        else:
            self._put(["resume", op_id, "ok", value])
