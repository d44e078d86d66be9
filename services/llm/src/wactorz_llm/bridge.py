"""The model for agents of stand-alone runners: they ask on one topic, and are answered below their node's own."""

import re
import time
from abc import abstractmethod
from collections import Counter, deque
from collections.abc import Awaitable, Callable

from pydantic_core import to_json

from wactorz_common.agent import Agent, Task, listens
from wactorz_common.bus import Message
from wactorz_common.contracts.llm import COMPLETE, Completion, CompletionResult, ModelMessage
from wactorz_common.contracts.nodes import NODE_MODEL, NODE_REPLY, ModelRequest
from wactorz_common.errors import ContractError, WactorzError
from wactorz_common.ids import clock
from wactorz_llm.german import phrase
from wactorz_llm.settings import LlmSettings

MOST_A_MINUTE = 60
"""Questions of one node."""

MOST_AT_ONCE = 10
"""Questions of one node that run or wait."""

MOST_NODES = 256

_MINUTE = 60.0
_MOST_TOKENS = 4_096
_ROLES = ("user", "assistant")
_NODE = re.compile(r"[^/+#\x00-\x1f]{1,64}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Turnstile:
    """Lets each node through so often."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._asked: dict[str, deque[float]] = {}
        self._running: Counter[str] = Counter()

    def enter(self, node: str) -> str:
        """Take a place, to be given back by `leave`; or why there is none."""
        asked, now = self._asked.pop(node, deque[float]()), self._now()
        self._asked[node] = asked
        if len(self._asked) > MOST_NODES:
            del self._asked[next(iter(self._asked))]
        while asked and now - asked[0] >= _MINUTE:
            asked.popleft()
        if len(asked) >= MOST_A_MINUTE:
            return phrase(
                "Node {node} has asked the model {count} times within a minute: try again later",
                node=node,
                count=MOST_A_MINUTE,
            )
        if self._running[node] >= MOST_AT_ONCE:
            return phrase(
                "Node {node} waits for {count} answers of the model already: try again when one has come",
                node=node,
                count=MOST_AT_ONCE,
            )
        asked.append(now)
        self._running[node] += 1
        return ""

    def leave(self, node: str) -> None:
        """Give a place back."""
        self._running[node] -= 1
        if not self._running[node]:
            del self._running[node]


class NodeBridge(Agent[LlmSettings]):
    """The part of the llm service that answers old runners."""

    turnstile: Turnstile

    @abstractmethod
    def complete(self, request: Completion, task: Task) -> Awaitable[CompletionResult]:
        """Ask the model."""

    @listens(NODE_MODEL)
    async def on_node_model(self, message: Message[ModelRequest]) -> None:
        """An agent of an old runner asks; what names no place of its own node gets no answer at all."""
        request = message.payload
        if message.retained or not may_answer(request):
            self.log.warning("a node's question to the model was not answered", node=request.node[:64])
            return
        self.spawn_background(self._answer_node(request), "question of a node")

    async def _answer_node(self, request: ModelRequest) -> None:
        problem = self.turnstile.enter(request.node)
        if problem:
            await self._tell_node(request, {"error": problem})
            return
        try:
            task = Task(clock.mint_message(), COMPLETE.action, self.name, payer_of(request),
                        deadline_at=time.time() + COMPLETE.timeout)  # fmt: skip
            answer = await self.complete(question_of(request), task)
        except WactorzError as error:
            await self._tell_node(request, {"error": str(error)})
        else:
            await self._tell_node(request, answer_of(answer))
        finally:
            self.turnstile.leave(request.node)

    async def _tell_node(self, request: ModelRequest, body: dict[str, object]) -> None:
        told = {**body, "_task_id": request.task_id} if request.task_id else body
        await self.bus.send(request.reply_topic, to_json(told), 1)


def may_answer(request: ModelRequest) -> bool:
    """Whether the answer goes to a reply topic of the node that asks."""
    if not _NODE.fullmatch(request.node):
        return False
    found = NODE_REPLY.match(request.reply_topic) or {}
    return found.get("node") == request.node and _TOKEN.fullmatch(found["token"]) is not None


def payer_of(request: ModelRequest) -> str:
    """On whom the costs are booked: nobody proves which agent asks, so the node is named too."""
    return f"{request.agent or 'agent'}@{request.node}"


def question_of(request: ModelRequest) -> Completion:
    """The question; ContractError when there is none in it."""
    messages = tuple(
        ModelMessage(role=role, content=content)
        for message in request.messages
        if (role := message.get("role")) in _ROLES and isinstance(content := message.get("content"), str) and content
    )
    if not messages:
        raise ContractError("the model was asked nothing: give messages with role (user or assistant) and content")
    return Completion(
        messages=messages, system=request.system, agent=payer_of(request), purpose="edge", max_tokens=_MOST_TOKENS
    )


def answer_of(answer: CompletionResult) -> dict[str, object]:
    """What a runner is told."""
    if not answer.available:
        return {"error": answer.text}
    usage = {"input_tokens": answer.input_tokens, "output_tokens": answer.output_tokens, "cost_usd": answer.cost_usd}
    return {"text": answer.text, "usage": usage}
