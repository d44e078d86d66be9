"""What an agent's code asks the host to do and waits for: tasks, messages, the model, web servers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json

from wactorz_common.contracts.llm import COMPLETE, Completion, ModelMessage
from wactorz_common.errors import ContractError
from wactorz_common.serving import task_topic
from wactorz_dynamic_agent.egress import Web
from wactorz_dynamic_agent.errors import Denied
from wactorz_dynamic_agent.policy import Policy

if TYPE_CHECKING:
    from wactorz_dynamic_agent.agent import DynamicAgent

_LONGEST_WAIT = 300.0
_MOST_TOKENS = 4_096
_MODEL = "llm"
_NOT_FOR_CODE = frozenset({"stream_to", "attachments", "person"})
"""What only the host says to the model: where an answer is shown, and whose files it may see."""


class Operations:
    """Carries out `send_to`, `mqtt_get`, `llm` and `http` within the agent's rights."""

    def __init__(self, agent: "DynamicAgent", policy: Policy, web: Web) -> None:
        self._agent, self._policy, self._web = agent, policy, web
        self._known: dict[str, Callable[[dict[str, Any]], Awaitable[Any]]] = {
            "send_to": self._send_to, "mqtt_get": self._mqtt_get, "llm": self._llm, "http": self._http,
        }  # fmt: skip

    async def perform(self, op: str, args: dict[str, Any]) -> Any:
        """Carry one out; raises an error whose text is for the agent's code."""
        if op not in self._known:
            raise ContractError(f"there is no operation '{op}'")
        return await self._known[op](args)

    async def _send_to(self, args: dict[str, Any]) -> dict[str, Any]:
        name = str(args.get("name", ""))
        _require(self._policy.problem_of_task(name))
        bus = self._agent.bus
        ask_id = bus.next_ask_id()
        task = addressed(self._agent.name, name, args.get("payload"))
        data = to_json({**task, "_reply_topic": bus.reply_topic, "_task_id": ask_id}, inf_nan_mode="null")
        reply = await bus.request(task_topic(name), data, ask_id, _seconds(args, 60.0))
        return _result(reply, name)

    async def _mqtt_get(self, args: dict[str, Any]) -> Any:
        topic = str(args.get("topic", ""))
        _require(self._policy.problem_of_subscribe(topic))
        found: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def take(_topic: str, data: bytes, _retained: bool) -> None:
            if not found.done():
                found.set_result(data)

        end = self._agent.bus.listen(topic, take)
        try:
            async with asyncio.timeout(_seconds(args, 10.0)):
                return _value(await found)
        except TimeoutError:
            return None
        finally:
            end()

    async def _llm(self, args: dict[str, Any]) -> dict[str, Any]:
        _require(self._policy.problem_of_model())
        messages = tuple(ModelMessage.accept(message) for message in args.get("messages") or ())
        return await ask_model(self._agent, messages, str(args.get("system", "")), "agent", _seconds(args, 60.0))

    async def _http(self, args: dict[str, Any]) -> dict[str, Any]:
        return await self._web.fetch(args, _seconds(args, 30.0))


async def ask_model(
    agent: "DynamicAgent", messages: tuple[ModelMessage, ...], system: str, purpose: str, seconds: float
) -> dict[str, Any]:
    """The model's answer; ContractError with its own words when no model is configured.

    It is shown files of the request that is being answered, and no others.
    """
    if not messages:
        raise ContractError("the model was asked nothing")
    shown, person = agent.handed.checked(messages)
    question = Completion(
        messages=shown, system=system, agent=agent.name, purpose=purpose, max_tokens=_MOST_TOKENS, person=person
    )
    answer = await agent.ask(COMPLETE, question, timeout=seconds)
    if not answer.available:
        raise ContractError(answer.text)
    agent.spent(answer)
    unseen = [{"name": one.name, "reason": one.reason} for one in answer.unseen]
    told = {"text": answer.text, "model": answer.model, "cost_usd": answer.cost_usd}
    return {**told, "unseen": unseen} if unseen else told


def addressed(sender: str, to: str, payload: Any) -> dict[str, Any]:
    """A task as it leaves: in the sender's own name, whatever the code wrote; the model bills it to nobody else."""
    body = _body(payload)
    if to == _MODEL:
        body = {**_fileless({key: value for key, value in body.items() if key not in _NOT_FOR_CODE}), "agent": sender}
    return {**body, "_remote_task": True, "_sender": sender}


def _fileless(body: dict[str, Any]) -> dict[str, Any]:
    """A question without files: those are shown by `llm` only, which checks whose they are."""
    messages = body.get("messages")
    if not isinstance(messages, list):
        return body
    return {**body, "messages": [_without(one, "attachments") if isinstance(one, dict) else one for one in messages]}


def _without(value: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key != name}


def _require(problem: str) -> None:
    if problem:
        raise Denied(problem)


def _seconds(args: dict[str, Any], default: float) -> float:
    value = args.get("timeout")
    return min(float(value), _LONGEST_WAIT) if isinstance(value, int | float) and value > 0 else default


def _body(payload: Any) -> dict[str, Any]:
    """An object travels at the top level; anything else as `payload`, text as `text` too."""
    if isinstance(payload, dict):
        return {key: value for key, value in payload.items() if not key.startswith("_")}
    return {"payload": payload, "text": payload} if isinstance(payload, str) else {"payload": payload}


def _result(reply: bytes, name: str) -> dict[str, Any]:
    """The answer without what the library put around it."""
    value = _value(reply)
    if not isinstance(value, dict):
        return {"result": value}
    if value.get("agent") == name and value.get("error") is None:
        value.pop("agent")
    return {key: item for key, item in value.items() if not key.startswith("_")}


def _value(data: bytes) -> Any:
    try:
        return from_json(data)
    except ValueError:
        return data.decode(errors="replace")
