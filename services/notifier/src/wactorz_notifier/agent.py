"""Tells people things, where they want to be told, and keeps the vault of secrets."""

from wactorz_common.agent import Agent, Task, handles
from wactorz_common.contracts.chat import CHAT, ChatAnswer, ChatRequest
from wactorz_notifier.settings import NotifierSettings


class NotifierAgent(Agent[NotifierSettings]):
    """Tells people things, where they want to be told, and keeps the vault of secrets."""

    name = "notifier"
    description = "Tells people things, where they want to be told, and keeps the vault of secrets."

    @handles(CHAT)
    async def chat(self, request: ChatRequest, _task: Task) -> ChatAnswer:
        """Answer a person who writes `@notifier ...`."""
        return ChatAnswer(text=f"You said: {request.text}")
