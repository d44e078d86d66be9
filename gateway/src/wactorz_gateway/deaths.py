"""Processes that died and were started again: what a person should know, although all is well by now."""

from typing import Any

from wactorz_common.contracts.nodes import NodeEvent

MOST_OPEN = 200
"""Processes that are remembered while they are down."""

_BY_SHELL = 128
_ASKED_TO = (0, -15, 143)


def how(code: int | None) -> str:
    """How a process ended, by its exit code: minus a signal, or 128 and the signal as containers say."""
    if code is None:
        return "died"
    signal = -code if code < 0 else code - _BY_SHELL
    return f"was killed (signal {signal})" if signal > 0 else f"ended with exit code {code}"


class Deaths:
    """Who is down, with how it came."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], str] = {}

    def note(self, event: NodeEvent, agent_id: str) -> dict[str, Any] | None:
        """The alert that a process is back; None for all else."""
        key = (event.node, event.name)
        before = self._open.pop(key, None)
        if event.kind == "died" and not _was_asked(event):
            self._open[key] = how(event.exit_code)
            if len(self._open) > MOST_OPEN:
                del self._open[next(iter(self._open))]
        if event.kind != "started" or before is None:
            return None
        return {
            "type": "alert", "agent_id": agent_id, "name": event.name, "severity": "warning",
            "timestamp": event.timestamp, "message": f"{event.name} {before} and is back",
        }  # fmt: skip

    def dump(self) -> list[list[str]]:
        """What is worth keeping over a restart of the gateway."""
        return [[node, name, words] for (node, name), words in self._open.items()]

    def load(self, rows: list[list[str]]) -> None:
        """Start from what was kept."""
        self._open.update({(node, name): words for node, name, words in rows})


def _was_asked(event: NodeEvent) -> bool:
    """Whether it was stopped because another one of its group died."""
    return event.delay == 0 and event.exit_code in _ASKED_TO
