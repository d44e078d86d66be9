"""Processes that died and were started again: what a person should know, although all is well by now."""

from typing import Any, NamedTuple

from wactorz_common.contracts.nodes import NodeEvent

MOST_OPEN = 200
"""Processes that are remembered while they are down."""

_BY_SHELL = 128
_ASKED_TO = (0, -15, 143)


class End(NamedTuple):
    """How a process ended: in words, by a code for pages of other languages, and with the number that belongs to it."""

    words: str
    code: str
    data: dict[str, int]


def how(code: int | None) -> End:
    """How a process ended, by its exit code: minus a signal, or 128 and the signal as containers say."""
    if code is None:
        return End("died", "process_died", {})
    signal = -code if code < 0 else code - _BY_SHELL
    if signal > 0:
        return End(f"was killed (signal {signal})", "process_killed", {"signal": signal})
    return End(f"ended with exit code {code}", "process_ended", {"exit_code": code})


class Deaths:
    """Who is down, with the exit code."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], int | None] = {}

    def note(self, event: NodeEvent, agent_id: str) -> dict[str, Any] | None:
        """The alert that a process is back; None for all else."""
        key = (event.node, event.name)
        was_down, before = key in self._open, self._open.pop(key, None)
        if event.kind == "died" and not _was_asked(event):
            self._open[key] = event.exit_code
            if len(self._open) > MOST_OPEN:
                del self._open[next(iter(self._open))]
        if event.kind != "started" or not was_down:
            return None
        end = how(before)
        return {
            "type": "alert", "agent_id": agent_id, "name": event.name, "severity": "warning",
            "timestamp": event.timestamp, "message": f"{event.name} {end.words} and is back",
            "code": f"{end.code}_back", "data": {"name": event.name, **end.data},
        }  # fmt: skip

    def dump(self) -> list[list[Any]]:
        """What is worth keeping over a restart of the gateway."""
        return [[node, name, code] for (node, name), code in self._open.items()]

    def load(self, rows: list[list[Any]]) -> None:
        """Start from what was kept; an older program kept words in place of the code."""
        self._open.update({(node, name): code if isinstance(code, int) else None for node, name, code in rows})


def _was_asked(event: NodeEvent) -> bool:
    """Whether it was stopped because another one of its group died."""
    return event.delay == 0 and event.exit_code in _ASKED_TO
