"""An agent without code: a system prompt, a conversation, and the model."""

import asyncio
from typing import TYPE_CHECKING, Any

from wactorz_common.contracts.chat import Source
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.llm import ModelMessage
from wactorz_dynamic_agent import speech
from wactorz_dynamic_agent.keys import KEPT
from wactorz_dynamic_agent.operations import ask_model

if TYPE_CHECKING:
    from wactorz_dynamic_agent.agent import DynamicAgent

EXCHANGES = 32
"""Kept for the next question."""

_HISTORY = f"{KEPT}_conversation"
_SECONDS = 58.0


class Persona:
    """Answers through the model, one question after the other."""

    source: Source = "cloud"
    capabilities: tuple[str, ...] = ("chat",)

    def __init__(self, agent: "DynamicAgent") -> None:
        self._agent = agent
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Nothing to do between questions."""

    async def task(self, payload: Any) -> Any:
        """The model's answer in the persona's words."""
        text = speech.question_of(payload)
        async with self._turn:
            history = [ModelMessage.accept(one) for one in self._agent.recall(_HISTORY, [])]
            messages = (*history, ModelMessage(role="user", content=text))
            answer = await ask_model(self._agent, messages, self._agent.spec.system_prompt, "persona", _SECONDS)
            said = ModelMessage(role="assistant", content=answer["text"])
            kept = (*messages, said)[-2 * EXCHANGES :]
            await self._agent.persist(_HISTORY, [message.to_wire() for message in kept])
        return {"result": answer["text"]}

    async def obey(self, state: AgentState) -> None:
        """The library refuses tasks of a paused agent."""

    async def refresh(self, directory: dict[str, Any]) -> None:
        """A persona does not look around."""

    async def stop(self) -> None:
        """Nothing to clean up."""
