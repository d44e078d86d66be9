"""Knows what is said on which topic, and what fits together."""

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_topics.settings import TopicsSettings


class TopicsAgent(Agent[TopicsSettings]):
    """Knows what is said on which topic, and what fits together."""

    name = "topics"
    description = "Knows what is said on which topic, and what fits together."

    @handles(CHAT)
    async def chat(self, request: ChatRequest, _task: Task) -> ChatAnswer:
        """Answer a person who writes `@topics ...`."""
        return ChatAnswer(text=f"You said: {request.text}")
