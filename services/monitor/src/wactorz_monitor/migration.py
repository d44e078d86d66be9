"""Moving a spawned agent to another node: its copy stays where it is until the new node has taken it up."""

import asyncio
import json
import secrets
import sqlite3
import time
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from wactorz_common import logs
from wactorz_common.agent import Task
from wactorz_common.contracts.nodes import MigrateResult, SpawnAck, StateReturn
from wactorz_common.contracts.spawning import Done, Migration
from wactorz_common.errors import Refused, Unknown, WactorzError
from wactorz_common.store import Store
from wactorz_monitor.admission import MAIN, no_place
from wactorz_monitor.fleet import Fleet
from wactorz_monitor.german import phrase
from wactorz_monitor.roster import LOCAL_NODE
from wactorz_monitor.spawn_registry import Entry, Leftover

LIFE = 300.0
"""Seconds after which a move that is not done is undone."""

_RESEND = 10.0
_SLACK = 3.0
_SCHEMA = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, record TEXT NOT NULL)"
_SAVE = "INSERT OR REPLACE INTO migrations VALUES (?, ?)"


@dataclass(frozen=True)
class Move:
    """One migration. With state: asked for, then placed; plain: placed without state; seed: done by its node."""

    name: str
    token: str
    source: str
    target: str
    kind: Literal["state", "plain", "seed"]
    started_at: float
    state: dict[str, Any] | None = None

    @property
    def is_placing(self) -> bool:
        """Whether the new node may have got it already."""
        return self.kind == "plain" or self.state is not None


class Migrations:
    """At most one move at a time for each agent; each survives a restart of the monitor."""

    def __init__(self, fleet: Fleet, store: Store) -> None:
        self._fleet, self._store = fleet, store
        self._moves: dict[str, Move] = {}
        self._ends: dict[str, asyncio.Future[str]] = {}
        self._sent_at: dict[str, float] = {}
        self._log = logs.get(__name__)

    async def load(self) -> None:
        """Make the table on first use and take up what was under way."""

        def work(db: sqlite3.Connection) -> list[str]:
            db.execute(_SCHEMA)
            return [text for (text,) in db.execute("SELECT record FROM migrations")]

        for text in await self._store.write(work):
            move = Move(**json.loads(text))
            self._moves[move.name] = move
            self._fleet.moving[move.name] = move.target

    async def migrate(self, request: Migration, task: Task) -> Done:
        """Move an agent; Refused with the reason when it stays where it is."""
        target = LOCAL_NODE if request.target_node in MAIN else request.target_node
        async with self._fleet.lock(request.name):
            entry = self._fleet.registry.entries.get(request.name)
            if entry is None:
                raise Refused(
                    phrase("No spawned agent is called '{name}': list them with `/agents`", name=request.name)
                )
            move = self._moves.get(entry.name)
            if move is None:
                if entry.node == target:
                    return Done(text=phrase("{name} runs on {target}.", name=entry.name, target=target))
                self._check(entry, target)
                move = await self._begin(entry, target)
            elif move.target != target:
                raise Refused(
                    phrase("{name} is just moving to {target}: wait for its end", name=entry.name, target=move.target)
                )
        end = self._ends.setdefault(move.name, asyncio.get_running_loop().create_future())
        await self._advance(move)
        await asyncio.wait([end], timeout=max(0.0, task.remaining - _SLACK))
        if not end.done():
            raise Unknown(
                phrase(
                    "{name} is still moving to {target}; if that is not done in time, it is undone",
                    name=move.name,
                    target=target,
                )
            )
        if end.result():
            raise Refused(end.result())
        lost = "" if move.kind == "state" else phrase(" What it had kept stays on {source}.", source=move.source)
        return Done(text=phrase("{name} runs on {target} now.{lost}", name=move.name, target=target, lost=lost))

    def _check(self, entry: Entry, target: str) -> None:
        fleet = self._fleet
        machine = fleet.machines.get(target)
        if machine is not None and not machine.takes_agents:
            raise Refused(phrase("{no_place}: choose another node", no_place=no_place(target)))
        if machine is None:
            raise Refused(
                phrase("No node called {target} has been heard yet: start its runner first", target=f"{target[:64]!a}")
            )
        if not fleet.is_online(target):
            raise Refused(phrase("Node {target} is offline: start its runner first", target=target))
        if not fleet.is_online(entry.node):
            raise Refused(
                phrase(
                    "Node {node}, where {name} runs, is offline: start its runner first",
                    node=entry.node,
                    name=entry.name,
                )
            )
        if entry.wanted == "stopped" or not entry.settled or not fleet.machine(entry.node).runs(entry.name):
            raise Refused(
                phrase("{name} does not run now: start it first, so that what it keeps can travel", name=entry.name)
            )
        if not machine.is_ours and entry.spec["type"] != "dynamic":
            raise Refused(
                phrase("Node {target} has the stand-alone runner, which runs only 'dynamic' agents", target=target)
            )

    async def _begin(self, entry: Entry, target: str) -> Move:
        fleet = self._fleet
        ours = fleet.machine(entry.node).is_ours, fleet.machine(target).is_ours
        kind: Literal["state", "plain", "seed"] = "state" if all(ours) else "plain" if any(ours) else "seed"
        move = Move(entry.name, secrets.token_hex(16), entry.node, target, kind, time.time())
        await self._keep(move)
        fleet.moving[entry.name] = target
        fleet.audit.note("migration begun", entry.name, detail=f"{move.source} to {target} ({kind})")
        return move

    async def _advance(self, move: Move) -> None:
        """Say to the nodes what comes next; said again until it is done."""
        fleet, entry = self._fleet, self._fleet.registry.entries.get(move.name)
        if entry is None:
            return
        self._sent_at[move.name] = time.monotonic()
        if move.kind == "seed":
            await fleet.dispatcher.migrate(move.source, move.name, move.target)
        elif not move.is_placing:
            await fleet.dispatcher.migrate(move.source, move.name, "@main", move.token)
        else:
            await self._place(move, entry)

    async def _place(self, move: Move, entry: Entry) -> None:
        fleet, machine = self._fleet, self._fleet.machine(move.target)
        there = replace(entry, node=move.target, spec={**entry.spec, "node": move.target})
        try:
            if machine.is_ours:
                await fleet.accounts.ensure(there, move.target)
            left = fleet.registry.leftovers.get((move.name, move.target))
            if left is not None:
                await fleet.dispatcher.stop(move.target, move.name, delete=left.delete, keep_topics=True)
                await fleet.registry.cleared(left)
            await fleet.dispatcher.spawn(
                there, machine, replace=False, initial_state=move.state, migration_token=move.token
            )
        except WactorzError as error:
            await self._undo(move, str(error))

    # -- hearing ------------------------------------------------------------------------------------------------

    async def on_state(self, answer: StateReturn) -> None:
        """The old node hands the agent back with what it has kept."""
        move = self._moves.get(answer.agent)
        if move is None or answer.return_token != move.token or move.is_placing:
            return
        if answer.refused is not None:
            await self._undo(
                move,
                phrase("Node {source} does not hand it over: {refused}", source=move.source, refused=answer.refused),
            )
            return
        if answer.state_keys_dropped:
            keys = ", ".join(answer.state_keys_dropped[:5])
            await self._undo(
                move, phrase("What it keeps under {keys} is too large to travel: make it smaller first", keys=keys)
            )
            return
        placing = replace(move, state=answer.state)
        await self._keep(placing)
        await self._advance(placing)

    async def on_ack(self, ack: SpawnAck) -> bool:
        """The new node has taken it up, or refuses it; false when the answer is about something else."""
        move = self._moves.get(ack.agent)
        if move is None or ack.node != move.target:
            return False
        if ack.migration_token != move.token:
            return True
        if ack.refused is None:
            await self._finish(move)
        elif not ack.temporary:
            await self._undo(
                move, phrase("Node {target} refused it: {refused}", target=move.target, refused=ack.refused)
            )
        return True

    async def on_result(self, result: MigrateResult, node: str) -> None:
        """A stand-alone runner has moved an agent by itself, whether we asked for it or others did."""
        entry, move = self._fleet.registry.entries.get(result.agent), self._moves.get(result.agent)
        if move is not None and move.kind == "seed" and node == move.source:
            if result.success:
                await self._finish(move)
            else:
                why = result.error or phrase("it gives no reason")
                await self._undo(move, phrase("Node {node} could not move it: {reason}", node=node, reason=why))
        elif move is None and entry is not None and result.success and entry.node == node:
            target = LOCAL_NODE if result.to_node in MAIN else result.to_node
            if not self._fleet.machine(node).is_ours and self._fleet.machines.get(target) is not None:
                await self._fleet.registry.move(entry, target, None)
                self._fleet.tried(entry.name, target)

    async def round(self) -> None:
        """Resend, notice what is done, undo what takes too long."""
        for move in list(self._moves.values()):
            entry = self._fleet.registry.entries.get(move.name)
            if entry is None:
                await self._take_back(move, delete_topics=True)
                await self._drop(move, phrase("{name} was deleted meanwhile", name=move.name))
            elif entry.node == move.target:
                await self._drop(move, "")
            elif move.kind == "plain" and self._runs_there(move):
                await self._finish(move)
            elif time.time() - move.started_at > LIFE:
                await self._undo(
                    move,
                    phrase("Node {target} has not taken it up within {life} s", target=move.target, life=f"{LIFE:.0f}"),
                )
            elif time.monotonic() - self._sent_at.get(move.name, float("-inf")) > _RESEND:
                await self._advance(move)

    def _runs_there(self, move: Move) -> bool:
        """A stand-alone runner acknowledges nothing: its heartbeat does."""
        machine, sent_at = self._fleet.machine(move.target), self._sent_at.get(move.name)
        return not machine.is_ours and sent_at is not None and machine.seen > sent_at and machine.runs(move.name)

    # -- ending -------------------------------------------------------------------------------------------------

    async def _finish(self, move: Move) -> None:
        entry = self._fleet.registry.entries.get(move.name)
        if entry is not None:
            takes_all = move.kind == "state"
            left = Leftover(move.name, move.source, (), takes_all, takes_all, time.time())
            await self._fleet.registry.move(entry, move.target, None if move.kind == "seed" else left)
            self._fleet.tried(move.name, move.target)
            if move.kind != "seed":
                await self._fleet.stop(left)
            self._fleet.audit.note("migrated", move.name, detail=f"{move.source} to {move.target}")
        await self._drop(move, "")

    async def _undo(self, move: Move, reason: str) -> None:
        """The old node still has it; what the new one may have got is taken away."""
        fleet, entry = self._fleet, self._fleet.registry.entries.get(move.name)
        await self._take_back(move, delete_topics=False)
        await self._drop(
            move, phrase("{name} stays on {source}: {reason}", name=move.name, source=move.source, reason=reason)
        )
        fleet.audit.note("migration undone", move.name, detail=reason)
        if entry is not None and entry.wanted == "running" and (move.is_placing or move.kind == "state"):
            await fleet.send(entry)  # the old node lets it work again, and its account speaks for that node

    async def _take_back(self, move: Move, *, delete_topics: bool) -> None:
        """What the new node may have got ends there."""
        if move.is_placing:
            left = Leftover(move.name, move.target, (), True, not delete_topics, time.time())
            await self._fleet.registry.leave(left)
            await self._fleet.stop(left)

    async def _drop(self, move: Move, problem: str) -> None:
        await self._store.write(lambda db: db.execute("DELETE FROM migrations WHERE name = ?", (move.name,)) and None)
        self._moves.pop(move.name, None)
        self._fleet.moving.pop(move.name, None)
        self._sent_at.pop(move.name, None)
        end = self._ends.pop(move.name, None)
        if end is not None and not end.done():
            end.set_result(problem)
        elif problem:
            await self._fleet.alert(problem, "warning")

    async def _keep(self, move: Move) -> None:
        row = (move.name, json.dumps(asdict(move)))
        await self._store.write(lambda db: db.execute(_SAVE, row) and None)
        self._moves[move.name] = move
