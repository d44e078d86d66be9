"""Having an agent run: admission, approval, the wish on disk, and the answer of its node."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from wactorz_common.agent import Task
from wactorz_common.contracts.spawning import Approval, Decision, Done, SpawnResult, SpawnSpec
from wactorz_common.errors import Refused
from wactorz_common.language import language
from wactorz_common.standing import suffices
from wactorz_monitor import admission, specs
from wactorz_monitor.approvals import SpawnApprovals
from wactorz_monitor.fleet import Fleet, Outcome
from wactorz_monitor.german import phrase
from wactorz_monitor.spawn_registry import Entry

_GATEWAY = "gateway"
_SLACK = 5.0
_REPLACE = "_replace"
_UNNARROWED = " With packages it is no longer in the sandbox: it can reach any host, whatever `grants.http` lists."
_IN_THREAD = 20_000
"""Code longer than this is parsed beside the event loop."""


class Spawner:
    """Takes wishes for agents."""

    def __init__(
        self, fleet: Fleet, approvals: SpawnApprovals, protected: Callable[[], frozenset[str]], patience: float,
        is_halted: Callable[[], bool] = lambda: False, warn: Callable[[SpawnSpec], Awaitable[str]] | None = None,
    ) -> None:  # fmt: skip
        self.is_halted = is_halted
        self._warn = warn
        self._fleet, self._approvals, self._protected, self._patience = fleet, approvals, protected, patience

    async def spawn(self, spec: SpawnSpec, task: Task) -> SpawnResult:
        """Have an agent run, or say why not; with what speaks against it, which never holds it back."""
        warning = asyncio.ensure_future(self._warn(spec)) if self._warn is not None else None
        try:
            result = await self._spawn(spec, task)
            text = await warning if warning is not None and result.status != "already_running" else ""
        finally:
            if warning is not None:
                warning.cancel()
        return result.model_copy(update={"text": result.text + text}) if text else result

    async def _spawn(self, spec: SpawnSpec, task: Task) -> SpawnResult:
        proposed_by = spec.proposed_by or (task.sender if task.sender in self._fleet.registry.entries else "")
        if self.is_halted():
            raise Refused(phrase("Everything is halted, so nothing is spawned: release it with /go first"))
        await self._admit(spec, proposed_by or task.sender)
        spec = specs.completed(spec)
        asks = bool(proposed_by) and not suffices(spec.asked_by, "admin")
        wish = specs.canonical(spec, admission.node_of(spec))
        async with self._fleet.lock(spec.name):
            answer = await self._take_up(wish, task, replace=spec.replace, proposed_by=proposed_by, asks=asks)
        return await self._send(answer, task) if isinstance(answer, Entry) else answer

    async def _take_up(
        self, wish: specs.Spec, task: Task, *, replace: bool, proposed_by: str, allowed_by: str = "",
        asks: bool = False,
    ) -> SpawnResult | Entry:  # fmt: skip
        """Keep the wish, to be sent, or the answer that it needs nothing sent; `asks` for whom an admin must answer."""
        name, fleet = wish["name"], self._fleet
        entry = fleet.registry.entries.get(name)
        if entry is not None and self._is_same(entry, wish, task):
            return (
                _result(entry, "running", phrase("{name} runs on {node}.", name=name, node=entry.node))
                if entry.settled
                else entry
            )
        if entry is not None and not replace:
            if entry.wanted == "running" and not entry.held:
                return self._already(entry)
            if proposed_by:
                raise Refused(phrase("{name} was stopped: only a person may start it again", name=name))
        if name in fleet.moving:
            raise Refused(
                phrase(
                    "{name} is just moving to {moving}: try again when it has arrived",
                    name=name,
                    moving=fleet.moving[name],
                )
            )
        if asks or (proposed_by and specs.asks_for_more(wish)):
            return await self._ask({**wish, _REPLACE: True} if replace else wish, entry, proposed_by)
        kept = await fleet.registry.wish(name, wish, wish["node"])
        fleet.begin_anew(name)
        event = "spawn" if entry is None else "spawn replaces"
        fleet.audit.note(event, name, by=allowed_by or proposed_by or task.sender, detail=specs.fingerprint(wish))
        return kept

    async def decide(self, decision: Decision, task: Task) -> Done:
        """Do what was approved, or drop it."""
        if task.sender != _GATEWAY:
            raise Refused(phrase("Only the gateway may pass on what a person decides: it knows who they are"))
        approve = decision.decision == "approve"
        if approve and self.is_halted():
            raise Refused(phrase("Everything is halted, so nothing is spawned: release it with /go first"))
        kept = await self._approvals.decide(decision.id, approve=approve, by=decision.by, task=task.id)
        name = kept.approval.detail["name"]
        self._fleet.audit.note(f"approval {kept.approval.state}", name, by=decision.by, detail=kept.approval.summary)
        if not approve:
            return Done(text=phrase("Denied: {name} is not spawned.", name=name))
        wish = {key: value for key, value in kept.wish.items() if key != _REPLACE}
        await self._admit(SpawnSpec.accept(wish), decision.by)
        async with self._fleet.lock(name):
            replace = kept.wish.get(_REPLACE, False)
            answer = await self._take_up(wish, task, replace=replace, proposed_by="", allowed_by=decision.by)
        return Done(text=(await self._send(answer, task) if isinstance(answer, Entry) else answer).text)

    async def _admit(self, spec: SpawnSpec, by: str) -> None:
        machines = self._fleet.machines.all()
        around = admission.Surroundings(
            frozenset(machine.name for machine in machines), self._protected(),
            frozenset(machine.name for machine in machines if not machine.is_ours),
            self._fleet.machines.for_services(),
        )  # fmt: skip
        check = partial(admission.problem_of, spec, around)
        problem = await asyncio.to_thread(check) if len(spec.code) > _IN_THREAD else check()
        if problem:
            self._fleet.audit.note("spawn refused", spec.name, by=by, detail=problem)
            raise Refused(problem)

    def _is_same(self, entry: Entry, wish: specs.Spec, task: Task) -> bool:
        """Whether this very wish was taken up already, by this task before a restart or by one under way."""
        return (
            entry.spec == wish and entry.wanted == "running" and (task.recovered or not (entry.settled or entry.held))
        )

    async def _ask(self, wish: specs.Spec, entry: Entry | None, proposed_by: str) -> SpawnResult:
        approval, is_new = await self._approvals.ask(wish, replaces=entry is not None, requested_by=proposed_by)
        text = _question(approval)
        if is_new:
            self._fleet.audit.note("approval opened", wish["name"], by=proposed_by, detail=approval.summary)
            await self._fleet.alert(text, "warning")
        return SpawnResult(
            name=wish["name"], node=wish["node"], status="needs_approval", approval_id=approval.id, text=text
        )

    async def _send(self, entry: Entry, task: Task) -> SpawnResult:
        if not self._fleet.is_online(entry.node):
            return _result(
                entry,
                "waiting",
                phrase("Node {node} is offline: {name} is kept and starts with it.", node=entry.node, name=entry.name),
            )
        with self._fleet.expecting(entry.name) as answer:
            problem = await self._fleet.send(entry)
            if problem:
                return _result(
                    entry,
                    "waiting",
                    phrase("{name} is kept and tried again: {problem}", name=entry.name, problem=problem),
                )
            outcome = await self._wait(answer, task)
        return await self._conclude(entry, outcome)

    async def _wait(self, answer: "asyncio.Future[Outcome]", task: Task) -> Outcome | None:
        done, _ = await asyncio.wait([answer], timeout=max(0.0, min(self._patience, task.remaining - _SLACK)))
        return answer.result() if done else None

    async def _conclude(self, entry: Entry, outcome: Outcome | None) -> SpawnResult:
        if outcome is None:
            text = phrase(
                "Node {node} has not answered yet: {name} is kept and sent again until it does.",
                node=entry.node,
                name=entry.name,
            )
            return _result(entry, "waiting", text)
        if not outcome.reason:
            hint = phrase(_UNNARROWED) if entry.spec.get("install") else ""
            return _result(
                entry, "running", phrase("{name} runs on {node}.{hint}", name=entry.name, node=entry.node, hint=hint)
            )
        if outcome.temporary:
            return _result(
                entry,
                "waiting",
                phrase("{name} is kept and tried again: {reason}", name=entry.name, reason=outcome.reason),
            )
        current = self._fleet.registry.entries.get(entry.name)
        if current is not None and current.revision == entry.revision and current.held:
            await self._fleet.registry.remove(current, None)
            await self._fleet.drop_account(entry.name)
        raise Refused(
            phrase("Node {node} refused {name}: {reason}", node=entry.node, name=entry.name, reason=outcome.reason)
        )

    def _already(self, entry: Entry) -> SpawnResult:
        actual, problem = self._fleet.actual(entry)
        text = (
            phrase("{name} runs already; send replace: true to run this one instead.", name=entry.name)
            if actual == "running"
            else phrase("{name} is kept already, but does not run now: {problem}", name=entry.name, problem=problem)
        )
        return _result(entry, "already_running", text)


def _result(entry: Entry, status: str, text: str) -> SpawnResult:
    return SpawnResult.model_validate(
        {"name": entry.name, "agent_id": entry.ids[-1], "node": entry.node, "status": status, "text": text}
    )


def _question(approval: Approval) -> str:
    minutes = round((approval.expires_at - approval.created_at) / 60)
    return phrase(
        "{who} proposes: {what}. An admin has to allow it within {minutes} min (approval {id}); without an answer it "
        "is not done.",
        who=approval.requested_by or phrase("A model"), what=approval.summary_in(language()), minutes=minutes,
        id=approval.id,
    )  # fmt: skip
