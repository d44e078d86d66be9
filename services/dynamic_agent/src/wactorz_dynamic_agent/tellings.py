"""What an agent's code tells people and the system about itself."""

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, get_args

from wactorz_common.contracts.chat import CHAT_OUT, ChatReply
from wactorz_common.contracts.lifecycle import Severity
from wactorz_sandbox.allowance import Allowance

if TYPE_CHECKING:
    from wactorz_dynamic_agent.agent import DynamicAgent

_LONGEST_MESSAGE = 4_000
_MESSAGES_A_SECOND, _MESSAGES_AT_ONCE = 0.5, 10.0
_LONGEST_STATUS = 120


class Tellings:
    """Takes alerts, notices, counters and the contract."""

    def __init__(self, agent: "DynamicAgent") -> None:
        self._agent = agent
        self.contract: dict[str, Any] = {}
        self.status = ""
        self._people = Allowance(_MESSAGES_A_SECOND, _MESSAGES_AT_ONCE)
        self._takers: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            "alert": self._alert, "status": self._status, "notify": self._notify, "processed": self._processed,
            "errors": self._errors, "contract": self._contract, "stop": self._stop,
        }  # fmt: skip

    def knows(self, kind: str) -> bool:
        """Whether there is such a telling."""
        return kind in self._takers

    async def take(self, kind: str, body: dict[str, Any]) -> None:
        """Pass one on."""
        await self._takers[kind](body)

    async def _alert(self, body: dict[str, Any]) -> None:
        if not self._may_disturb():
            return
        severity: Severity = next((one for one in get_args(Severity) if one == body.get("severity")), "warning")
        await self._agent.alert(_text(body), severity)

    def _may_disturb(self) -> bool:
        """Whether people may be told one more thing now; what is left out stands in the log."""
        if self._people.take():
            return True
        self._agent.log.warning("too many messages to people: one was left out")
        return False

    async def _status(self, body: dict[str, Any]) -> None:
        self.status = str(body.get("text", ""))[:_LONGEST_STATUS]

    async def _notify(self, body: dict[str, Any]) -> None:
        if not self._may_disturb():
            return
        reply = ChatReply(
            sender=self._agent.name, to=str(body.get("user") or "user"), content=_text(body), timestamp=time.time(),
            id=secrets.token_hex(8),
        )  # fmt: skip
        await self._agent.publish(CHAT_OUT, reply)

    async def _processed(self, body: dict[str, Any]) -> None:
        self._agent.count("messages", _count(body))

    async def _errors(self, body: dict[str, Any]) -> None:
        self._agent.count("errors", _count(body))

    async def _contract(self, body: dict[str, Any]) -> None:
        self.contract = body
        self._agent.ports.announce()

    async def _stop(self, _body: dict[str, Any]) -> None:
        self._agent.life.end("it ended itself")


def _text(body: dict[str, Any]) -> str:
    return str(body.get("message", ""))[:_LONGEST_MESSAGE]


def _count(body: dict[str, Any]) -> int:
    count = body.get("count")
    return count if isinstance(count, int) and 0 <= count <= 1_000_000 else 1  # noqa: PLR2004  # more is a mistake
