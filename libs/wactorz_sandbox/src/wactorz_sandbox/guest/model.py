"""The language model, for agents that were granted it."""

from typing import Any

from wactorz_sandbox.guest.awaitables import Later
from wactorz_sandbox.guest.port import Port
from wactorz_sandbox.guest.values import decode, encode

_HISTORY = "_conversation"
_EXCHANGES = 32
_HISTORY_BYTES = 60_000


class Model:
    """Asks the language model; every call costs money from the agent's budget."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def chat(self, prompt: str, system: str = "", timeout: float = 60) -> Later:
        """The answer to one question, as text."""
        return self.complete([{"role": "user", "content": str(prompt)}], system, timeout)

    def complete(self, messages: list[dict[str, Any]], system: str = "", timeout: float = 60) -> Later:
        """The answer to a conversation of {role, content}, as text."""
        args = {"messages": messages, "system": system, "timeout": timeout}
        return Later(self._port.request("llm", args), _text, None)

    async def converse(self, text: str, system: str = "", timeout: float = 60) -> str:
        """The answer with what was said before in mind; the last 32 exchanges are kept."""
        history = decode(self._port.recall(_HISTORY) or "[]")
        history.append({"role": "user", "content": str(text)})
        answer = str(await self.complete(history, system, timeout))
        history.append({"role": "assistant", "content": answer})
        history = history[-2 * _EXCHANGES :]
        while len(history) > 2 and len(encode(history).encode()) > _HISTORY_BYTES:  # noqa: PLR2004 (one exchange)
            history = history[2:]
        self._port.persist(_HISTORY, encode(history))
        return answer


def _text(value: Any) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else str(value)
