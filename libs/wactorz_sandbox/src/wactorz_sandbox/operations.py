"""Operations that a guest waits for, carried out on the event loop."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from wactorz_sandbox.allowance import Allowance
from wactorz_sandbox.limits import Limits
from wactorz_sandbox.ports import Ports


class Operations:
    """Begins, bounds and drops the operations of one guest; each end is put into the guest as a `resume` event."""

    def __init__(
        self, ports: Ports, limits: Limits, put: Callable[[list[Any]], None],
        refused: Callable[[str], None] = lambda _: None,
    ) -> None:  # fmt: skip
        self._ports = ports
        self._limits = limits
        self._put = put
        self._refused = refused
        self._begun = Allowance(limits.operations_per_second, max(limits.open_ops, limits.operations_per_second))
        self._open: dict[int, asyncio.Task[None]] = {}

    def begin(self, op_id: int, op: str, args: str) -> None:
        """Begin an operation, unless it is too big or there are too many; ValueError for an id that is in use."""
        if op_id in self._open:
            raise ValueError(f"operation {op_id} is under way already")
        problem = self._problem(op, args)
        if problem:
            self._refused("operations")
            self._put(["resume", op_id, "err", problem])
            return
        task = asyncio.create_task(self._perform(op_id, op, args))
        self._open[op_id] = task
        task.add_done_callback(lambda _: self._open.pop(op_id, None))

    def _problem(self, op: str, args: str) -> str:
        limits = self._limits
        if len(self._open) >= limits.open_ops:
            return f"{limits.open_ops} operations are under way already"
        if len(args) > limits.message_bytes:
            return f"{op[:100]} has {len(args)} characters; {limits.message_bytes} are allowed"
        if not self._begun.take():
            return f"too many operations: {limits.operations_per_second:g} a second are allowed"
        return ""

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
