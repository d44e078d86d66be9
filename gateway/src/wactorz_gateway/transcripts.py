"""What people said through here and what they were told, lately: so that a page that is opened again shows it."""

from collections import deque
from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, Field

from wactorz_common.contracts.chat import ChatMessage, ChatReply

MOST_TURNS = 400
"""Turns that are kept, of all people."""

_LONGEST = 4_000


class ChatTurn(BaseModel):
    """One thing that was said."""

    id: str = Field(description="Id of the message, the same for its answer")
    role: Literal["user", "assistant"] = Field(description="Who spoke")
    agent: str = Field(description="Agent that answers; for a person whom they spoke to, empty when the text decided")
    content: str = Field(description="What was said")
    session: str = Field(description="Session that it belongs to")
    timestamp: float = Field(description="Epoch seconds")
    status: str = Field(default="", description="Of an answer: done, failed, waiting, ...")
    source: str = Field(default="", description="Of an answer: rules, local or cloud")
    cost_usd: float | None = Field(default=None, description="Of an answer: cost of the model calls behind it")
    trace_id: str = Field(default="", description="Of an answer: follows the wish through all agents")
    attachments: list[str] = Field(default=[], description="Names of the files at it")


class Transcripts:
    """The turns of all people, oldest first; a person reads only their own."""

    def __init__(self) -> None:
        self._turns: deque[tuple[str, ChatTurn]] = deque(maxlen=MOST_TURNS)
        self.changed = False
        """Whether something was said since `dump`."""

    def said(self, message: ChatMessage, now: float) -> None:
        """Keep what a person said; secrets and PINs are out of it by now."""
        if any(turn.id == message.id and turn.role == "user" for _, turn in self._turns):
            return  # the same message again, with its Idempotency-Key
        turn = ChatTurn(
            id=message.id, role="user", agent=message.to, content=message.content[:_LONGEST],
            session=message.conversation_id, timestamp=now, attachments=[file.name for file in message.attachments],
        )  # fmt: skip
        self._keep(message.person, turn)

    def told(self, message: ChatMessage, reply: ChatReply) -> None:
        """Keep the answer to it."""
        before = [pair for pair in self._turns if pair[1].id == message.id and pair[1].role == "assistant"]
        if before and before[0][1].content == reply.content[:_LONGEST]:
            return
        for pair in before:  # the first try came too early
            self._turns.remove(pair)
        turn = ChatTurn(
            id=message.id, role="assistant", agent=reply.sender, content=reply.content[:_LONGEST],
            session=message.conversation_id, timestamp=reply.timestamp, status=reply.status, source=reply.source,
            cost_usd=reply.cost_usd, trace_id=reply.trace_id,
        )  # fmt: skip
        self._keep(message.person, turn)

    def of(
        self, person: str, limit: int, *, agent: str = "", role: str = "", session: str | None = None,
        since: float = 0.0,
    ) -> list[ChatTurn]:  # fmt: skip
        """The last turns of a person, oldest first."""
        found = [
            turn for whose, turn in self._turns
            if whose == person and turn.timestamp > since and role in ("", turn.role)
            and agent in ("", turn.agent) and session in (None, turn.session)
        ]  # fmt: skip
        return found[-limit:]

    def forget(self, person: str) -> int:
        """Forget what a person said and was told; how many turns that were."""
        left = [pair for pair in self._turns if pair[0] != person]
        gone = len(self._turns) - len(left)
        self._turns = deque(left, maxlen=MOST_TURNS)
        self.changed = self.changed or bool(gone)
        return gone

    def whose(self, chat_id: str) -> str | None:
        """Who sent a message, also before a restart."""
        return next((person for person, turn in self._turns if chat_id and turn.id == chat_id), None)

    def dump(self) -> list[dict[str, Any]]:
        """What is worth keeping over a restart."""
        self.changed = False
        return [{"person": person, **turn.model_dump(exclude_defaults=True)} for person, turn in self._turns]

    def load(self, rows: Iterable[dict[str, Any]]) -> None:
        """Start from what was kept."""
        for row in rows:
            self._turns.append((str(row.get("person", "")), ChatTurn.model_validate(row)))

    def _keep(self, person: str, turn: ChatTurn) -> None:
        self._turns.append((person, turn))
        self.changed = True
