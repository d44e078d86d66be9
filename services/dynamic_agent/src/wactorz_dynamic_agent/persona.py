"""An agent without code: a system prompt, a conversation, and the model."""

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

from wactorz_common.contracts.blobs import Attachment
from wactorz_common.contracts.chat import Source
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.llm import ModelMessage
from wactorz_dynamic_agent import speech
from wactorz_dynamic_agent.german import phrase
from wactorz_dynamic_agent.keys import KEPT
from wactorz_dynamic_agent.operations import ask_model

if TYPE_CHECKING:
    from wactorz_dynamic_agent.agent import DynamicAgent

EXCHANGES = 32
"""Kept for the next question."""

CONVERSATIONS = 100
"""Kept at once."""

_HISTORY = f"{KEPT}_conversation"
_PLACES = f"{KEPT}_conversations"
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
        return await self.converse(payload, "")

    async def converse(self, payload: Any, place: str, files: tuple[Attachment, ...] = ()) -> dict[str, Any]:
        """The same in a conversation of its own: what one person said is never shown to another.

        Files are shown with the message that they came with, and are not kept.
        """
        text, key = speech.question_of(payload), _key_of(place)
        async with self._turn:
            history = [ModelMessage.accept(one) for one in self._agent.recall(key, [])]
            messages = (*history, ModelMessage(role="user", content=text))
            asked = (*history, ModelMessage(role="user", content=text, attachments=files)) if files else messages
            answer = await ask_model(self._agent, asked, self._agent.spec.system_prompt, "persona", _SECONDS)
            said = ModelMessage(role="assistant", content=answer["text"])
            kept = (*messages, said)[-2 * EXCHANGES :]
            await self._agent.persist(key, [message.to_wire() for message in kept])
            if place:
                await self._forget_oldest(key)
        left_out = [
            phrase("{name} was not looked at: {reason}.", name=one["name"], reason=one["reason"])
            for one in answer.get("unseen", ())
        ]
        return {"result": "\n".join([answer["text"], *left_out])}

    async def _forget_oldest(self, key: str) -> None:
        """Keep the conversations of late only."""
        before = list(self._agent.recall(_PLACES, []))
        keys = [*(one for one in before if one != key), key]
        for one in keys[:-CONVERSATIONS]:
            await self._agent.persist(one, [])
        if keys != before:
            await self._agent.persist(_PLACES, keys[-CONVERSATIONS:])

    async def obey(self, state: AgentState) -> None:
        """The library refuses tasks of a paused agent."""

    async def refresh(self, directory: dict[str, Any]) -> None:
        """A persona does not look around."""

    async def stop(self) -> None:
        """Nothing to clean up."""


def _key_of(place: str) -> str:
    return f"{_HISTORY}_{hashlib.sha256(place.encode()).hexdigest()[:24]}" if place else _HISTORY
