"""The backend of the routes, on the bus of an agent."""

import time
from typing import Any, TypeVar

from wactorz_common.agent import Agent
from wactorz_common.contracts import Operation, Payload
from wactorz_common.contracts.chat import CHAT_STOP, CHOICES, ChatStop, Choice
from wactorz_common.contracts.lifecycle import COMMANDS, AgentCommand
from wactorz_common.errors import TransportError
from wactorz_common.tasks import TaskEnd
from wactorz_gateway import tracing
from wactorz_gateway.backend import Command
from wactorz_gateway.conversation import BROKER_PATIENCE
from wactorz_gateway.tries import Tries, came_too_early

Q = TypeVar("Q", bound=Payload)
R = TypeVar("R", bound=Payload)

_ASK_SECONDS = 6.0
_TRY_AGAIN = "try again in a moment, or look at `wactorz status`"


class BusBackend:
    """Speaks as the agent; see `backend.Backend` for what each method is for."""

    def __init__(self, agent: Agent[Any]) -> None:
        self._agent = agent
        self._tries = Tries()

    def connected(self) -> bool:
        """Whether the broker answers."""
        return self._agent.bus.connected.is_set()

    async def wait_connected(self, seconds: float) -> None:
        """Wait for the broker; TransportError when it stays away."""
        try:
            await self._agent.bus.wait_connected(seconds)
        except TransportError as error:
            raise TransportError(f"{error}, so nothing was accepted: {_TRY_AGAIN}") from error

    async def ask(
        self, operation: Operation[Q, R], request: Q, *, to: str | None = None, timeout: float | None = None
    ) -> R:
        """Ask an agent a question; its trace is the request's."""
        limit = _ASK_SECONDS if timeout is None else timeout
        await self.wait_connected(limit)
        return await self._agent.ask(operation, request, to=to, timeout=limit, trace_id=tracing.current().given)

    async def submit(
        self, operation: Operation[Q, R], request: Q, *, to: str | None = None, task_id: str = ""
    ) -> TaskEnd[R]:
        """Hand over a durable task and wait for its end."""
        await self.wait_connected(BROKER_PATIENCE)
        end = await self._agent.submit(
            operation, request, to=to, task_id=self._tries.id_of(task_id) or None, trace_id=tracing.trace_for(task_id)
        )
        if came_too_early(end):
            self._tries.spend(task_id)
        return end

    async def command(self, agent_id: str, command: Command) -> None:
        """Send an agent a control request."""
        request = AgentCommand(command=command, sender=self._agent.name, timestamp=time.time())
        await self._agent.publish(COMMANDS, request, agent_id=agent_id)

    async def choose(self, agent_id: str, choice: Choice) -> None:
        """Tell an agent what a person chose."""
        await self.wait_connected(BROKER_PATIENCE)
        await self._agent.publish(CHOICES, choice, agent_id=agent_id)

    async def publish(self, topic: str, data: bytes, qos: int, *, retain: bool) -> None:
        """Publish bytes on a free topic."""
        await self.wait_connected(BROKER_PATIENCE)
        await self._agent.bus.send(topic, data, qos, retain=retain)

    async def stop(self, chat_id: str = "", conversation_id: str = "", person: str | None = None) -> None:
        """Tell everybody that an answer is not wanted any more."""
        order = ChatStop(chat_id=chat_id, conversation_id=conversation_id, person=person, timestamp=time.time())
        await self._agent.publish(CHAT_STOP, order)
