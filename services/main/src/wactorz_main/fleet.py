"""What people type about agents: list them, start and stop them, move them, and see what waits for a yes."""

import asyncio
from typing import TYPE_CHECKING

from wactorz_common.agent import Task
from wactorz_common.contracts import Nothing
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.lifecycle import COMMANDS, AgentCommand
from wactorz_common.contracts.spawning import (
    LIST_APPROVALS,
    LIST_NODES,
    LIST_SPAWNED,
    MANAGE_AGENT,
    MIGRATE_AGENT,
    ApprovalQuery,
    Management,
    Migration,
    SpawnedAgent,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed, TransportError
from wactorz_main import fleet_wording as wording
from wactorz_main.german import phrase
from wactorz_main.wording import Seen

if TYPE_CHECKING:
    from wactorz_main.agent import MainAgent

VERBS = ("start", "stop", "restart", "pause", "resume", "delete", "remove")
HOLDERS = ("monitor", "home-assistant-actuator", "home-assistant-agent")
"""The agents that ask for approvals."""

_LIST_SECONDS = 2.0
_ASK_SECONDS = 6.0
_SETTLE_SECONDS = 16.0
_FORCE = "--force"
_NO_FORCE = "A move cannot be forced: an agent takes along what it keeps, so both machines must be there."


class Fleet:
    """Answers the commands about agents for one message; sub-tasks have the same ids when it is answered again."""

    def __init__(self, agent: "MainAgent", task: Task, user: str) -> None:
        self._agent, self._task, self._user = agent, task, user

    async def agents(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/agents`, `/agents WORD`, `/agents VERB NAME`."""
        match arguments:
            case (verb, _, *_) if verb in VERBS:
                return await self.manage(verb, " ".join(arguments[1:]))
            case _:
                spawned = await self.spawned()
                return ChatAnswer(text=wording.agents_text(self._agent.seen, spawned, " ".join(arguments)))

    async def manage(self, verb: str, name: str) -> ChatAnswer:
        """Start, stop, restart, pause, resume or delete one agent."""
        verb = "delete" if verb == "remove" else verb
        name = name.removeprefix("@")
        seen = self._agent.seen.get(name)
        if verb in ("pause", "resume"):
            return await self._tell(seen, name, verb)
        shipped = seen is not None and seen.heard_at > 0 and seen.protected
        spawned = {} if shipped else await self.spawned()
        if spawned is None:
            return _failed(phrase(wording.MONITOR_SILENT))
        if verb == "restart" or name in spawned or (verb == "start" and seen is not None and seen.broken):
            return await self._manage(verb, name)
        return await self._tell(seen, name, verb)

    async def nodes(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        """`/nodes`."""
        report = await self._agent.ask(LIST_NODES, Nothing(), timeout=_ASK_SECONDS, trace_id=self._task.trace_id)
        return ChatAnswer(text=wording.nodes_text(report.nodes))

    async def migrate(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/migrate NAME NODE`."""
        forced, arguments = _FORCE in arguments, tuple(one for one in arguments if one != _FORCE)
        if len(arguments) < 2:  # noqa: PLR2004  # agent and node
            return _failed(phrase("Type /migrate AGENT NODE; local is the main machine, /nodes lists the others."))
        name, node = " ".join(arguments[:-1]).removeprefix("@"), arguments[-1]
        end = await self._agent.submit(
            MIGRATE_AGENT, Migration(name=name[:64], target_node=node), task_id=self._task.child("migrate"),
            deadline=self._limit(MIGRATE_AGENT.timeout), trace_id=self._task.trace_id,
        )  # fmt: skip
        answer = wording.ended(end.state, end.result.text if end.result else end.error)
        refused = forced and end.state is TaskState.FAILED
        return (
            answer.model_copy(update={"text": f"{answer.text.rstrip('.')}. {phrase(_NO_FORCE)}"}) if refused else answer
        )

    async def approvals(self, _arguments: tuple[str, ...]) -> ChatAnswer:
        """`/approvals`."""
        asked = [
            self._agent.ask(
                LIST_APPROVALS, ApprovalQuery(), to=holder, timeout=_ASK_SECONDS, trace_id=self._task.trace_id
            )
            for holder in HOLDERS
        ]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        silent = [holder for holder, one in zip(HOLDERS, answers, strict=True) if isinstance(one, BaseException)]
        for error in answers:
            if isinstance(error, BaseException) and not isinstance(error, TransportError | TaskFailed):
                raise error
        found = [approval for one in answers if not isinstance(one, BaseException) for approval in one.approvals]
        found.sort(key=lambda approval: approval.created_at)
        return ChatAnswer(text=wording.approvals_text(found, self._task.now(), silent))

    async def decide(self, arguments: tuple[str, ...]) -> ChatAnswer:
        """`/approve ID` or `/deny ID` that came over the bus: nobody knows who says it, so nothing is decided."""
        return _failed(wording.approve_elsewhere(arguments[0] if arguments else "ID"))

    async def is_decided(self, approval_id: str) -> bool:
        """Whether an approval is known to be answered already, or over."""
        asked = [
            self._agent.ask(LIST_APPROVALS, ApprovalQuery(all=True), to=holder, timeout=_LIST_SECONDS,
                            trace_id=self._task.trace_id)
            for holder in HOLDERS
        ]  # fmt: skip
        answers = await asyncio.gather(*asked, return_exceptions=True)
        lists = [one.approvals for one in answers if not isinstance(one, BaseException)]
        return any(one.id == approval_id and one.state != "open" for found in lists for one in found)

    async def spawned(self) -> dict[str, SpawnedAgent] | None:
        """Every spawned agent by name; None when the monitor does not answer."""
        try:
            listed = await self._agent.ask(LIST_SPAWNED, Nothing(), timeout=_LIST_SECONDS, trace_id=self._task.trace_id)
        except (TransportError, TaskFailed):
            return None
        return {agent.name: agent for agent in listed.agents}

    async def _manage(self, verb: str, name: str) -> ChatAnswer:
        request = Management.accept({"name": name[:64], "command": verb, "by": self._user})
        end = await self._agent.submit(
            MANAGE_AGENT, request, task_id=self._task.child("manage"), deadline=self._limit(MANAGE_AGENT.timeout),
            trace_id=self._task.trace_id,
        )  # fmt: skip
        return wording.ended(end.state, end.result.text if end.result else end.error)

    async def _tell(self, seen: Seen | None, name: str, verb: str) -> ChatAnswer:
        problem = wording.refusal(seen, name, verb, self._agent.seen)
        if problem or seen is None:
            return _failed(problem)
        command = AgentCommand.accept({"command": verb, "sender": self._agent.name, "timestamp": self._task.now()})
        await self._agent.publish(COMMANDS, command, agent_id=seen.agent_id)
        return ChatAnswer(text=phrase("{name} is told to {verb}.", name=name, verb=phrase(verb)))

    def _limit(self, seconds: float) -> float:
        """A deadline that leaves time to report an answer that never came."""
        left = self._task.remaining
        return min(seconds, max(left - _SETTLE_SECONDS, left / 2))


def _failed(text: str) -> ChatAnswer:
    return ChatAnswer(text=text, status=TaskState.FAILED.value)
