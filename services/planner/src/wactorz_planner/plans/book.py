"""The journal of plans: each is on disk before and after every step, so that nothing is done twice after a crash."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from wactorz_common.contracts.chat import Source
from wactorz_common.contracts.plans import Plan, PlanStatus, PlanStep, RunPlan
from wactorz_common.errors import StoreError
from wactorz_common.failpoints import failpoint
from wactorz_common.store import Store

FORMAT = 1
LISTED = 50

Edge = Literal["begin", "steps", "workers", "step", "result", "end", "tidy"]
"""What has just changed when a plan is saved."""

_FORMAT_KEY = "plans_format"
_TABLES = (
    """CREATE TABLE IF NOT EXISTS plans (
        plan_id TEXT PRIMARY KEY, task_id TEXT NOT NULL, created_at REAL NOT NULL, record TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS plan_cache (
        key TEXT PRIMARY KEY, steps TEXT NOT NULL, made_at REAL NOT NULL, hits INTEGER NOT NULL DEFAULT 0)""",
)
_SAVE = """INSERT INTO plans VALUES (?, ?, ?, ?) ON CONFLICT (plan_id) DO UPDATE SET
    task_id = excluded.task_id, created_at = excluded.created_at, record = excluded.record"""
_CACHE = """INSERT INTO plan_cache (key, steps, made_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET
    steps = excluded.steps, made_at = excluded.made_at"""


@dataclass
class KeptPlan:
    """A plan with what is needed to go on with it after a crash."""

    plan: Plan
    request: RunPlan
    task_id: str
    trace_id: str
    key: str = ""
    """Under which its steps may be kept for like wishes."""
    made: list[str] = field(default_factory=list)
    """Agents that were spawned for it and end with it."""
    approvals: dict[str, str] = field(default_factory=dict)
    """Approval that an agent waits for, by agent."""
    allowed: list[str] = field(default_factory=list)
    """Agents that a person has allowed."""
    lost: list[str] = field(default_factory=list)
    """Agents of its steps that were not there and that nobody can spawn."""
    cloud: bool = False
    """A model elsewhere has answered."""
    confirmed: bool = False
    """A person has said yes to the plan."""
    pieces: int = 0
    """Pieces of text that were streamed so far."""
    owed: bool | None = None
    """Whether the answer is to be told on the chat topic, because nobody waits for it any more; None: not decided."""
    tidy: bool = False
    """Nothing is left to be removed or told."""
    forgotten: bool = False
    """It is to be forgotten as soon as it is tidy."""

    @property
    def id(self) -> str:
        """The plan's id."""
        return self.plan.plan_id

    @property
    def is_running(self) -> bool:
        """Whether it is to be worked on."""
        return self.plan.status == "running"

    def update(self, **changes: object) -> None:
        """Replace fields of the plan."""
        self.plan = self.plan.model_copy(update=changes)

    def step(self, number: int) -> PlanStep:
        """One step."""
        return next(step for step in self.plan.steps if step.step == number)

    def set_step(self, number: int, **changes: object) -> PlanStep:
        """Replace fields of a step."""
        changed = self.step(number).model_copy(update=changes)
        self.update(steps=tuple(changed if step.step == number else step for step in self.plan.steps))
        return changed

    @property
    def source(self) -> Source:
        """Where the models are that answered for it."""
        return "cloud" if self.cloud else "local"

    def close(self, status: PlanStatus, answer: str, note: str = "", now: float | None = None) -> None:
        """End the plan."""
        self.update(status=status, answer=answer, note=note, ended_at=time.time() if now is None else now)

    def spend(self, usd: float | None) -> None:
        """Add what a model call has cost."""
        self.update(cost_usd=round(self.plan.cost_usd + (usd or 0.0), 9))

    def record(self) -> str:
        """The whole as JSON."""
        rest = {name: getattr(self, name) for name in _PLAIN}
        return json.dumps({"plan": self.plan.to_wire(), "request": self.request.to_wire(), **rest})

    @classmethod
    def read(cls, text: str) -> "KeptPlan":
        """The opposite of `record`."""
        record = json.loads(text)
        plan, request = Plan.accept(record.pop("plan")), RunPlan.accept(record.pop("request"))
        return cls(plan=plan, request=request, **{name: record[name] for name in _PLAIN if name in record})


_PLAIN = (
    "task_id", "trace_id", "key", "made", "approvals", "allowed", "lost", "cloud", "confirmed", "pieces", "owed",
    "tidy", "forgotten",
)  # fmt: skip


class PlanBook:
    """All plans by id, and the steps that are kept for like wishes."""

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self.kept: dict[str, KeptPlan] = {}
        self._store, self._now = store, now

    async def load(self) -> None:
        """Make the tables on first use and read all plans; StoreError when a newer program has written them."""
        kept_format = self._store.recall(_FORMAT_KEY, FORMAT)
        if kept_format > FORMAT:
            raise StoreError(
                f"the plans in {self._store.path} have format {kept_format}, but this program knows only up to "
                f"{FORMAT}: install the newer program again, or move the file away to begin anew"
            )

        def work(db: sqlite3.Connection) -> list[str]:
            for statement in _TABLES:
                db.execute(statement)
            return [text for (text,) in db.execute("SELECT record FROM plans ORDER BY created_at, plan_id")]

        for text in await self._store.write(work):
            kept = KeptPlan.read(text)
            self.kept[kept.id] = kept
        await self._store.persist(_FORMAT_KEY, FORMAT)

    def of_task(self, task_id: str) -> KeptPlan | None:
        """The plan that a task has made already."""
        return next((kept for kept in self.kept.values() if kept.task_id == task_id), None)

    def newest(self) -> tuple[Plan, ...]:
        """Plans of late, newest first."""
        plans = sorted(
            (kept.plan for kept in self.kept.values() if not kept.forgotten), key=lambda plan: -plan.created_at
        )
        return tuple(plans[:LISTED])

    async def save(self, kept: KeptPlan, edge: Edge) -> None:
        """Keep a plan as it is now; it is on disk when this returns."""
        self.kept[kept.id] = kept
        row = (kept.id, kept.task_id, kept.plan.created_at, kept.record())
        failpoint(f"plan.before_{edge}_commit")
        await self._store.write(lambda db: db.execute(_SAVE, row) and None)
        failpoint(f"plan.after_{edge}_commit")

    async def remove(self, plan_ids: Iterable[str]) -> None:
        """Forget plans."""
        rows = [(plan_id,) for plan_id in plan_ids]
        for (plan_id,) in rows:
            self.kept.pop(plan_id, None)
        await self._store.write(lambda db: db.executemany("DELETE FROM plans WHERE plan_id = ?", rows) and None)

    async def trim(self, before: float) -> None:
        """Forget plans that ended, and steps that were kept, before an epoch second."""
        await self.remove([kept.id for kept in list(self.kept.values())
                           if kept.tidy and (kept.plan.ended_at or self._now()) < before])  # fmt: skip
        await self._store.write(lambda db: db.execute("DELETE FROM plan_cache WHERE made_at < ?", (before,)) and None)

    # -- steps for like wishes ----------------------------------------------------------------------------------

    async def steps_for(self, key: str, seconds: float) -> tuple[PlanStep, ...]:
        """Steps that went well for a like wish within the last `seconds`; empty when there are none."""
        since = self._now() - seconds

        def work(db: sqlite3.Connection) -> str:
            found: Any = db.execute("SELECT steps FROM plan_cache WHERE key = ? AND made_at >= ?", (key, since))
            row = found.fetchone()
            if row is None:
                return "[]"
            db.execute("UPDATE plan_cache SET hits = hits + 1 WHERE key = ?", (key,))
            return str(row[0])

        return tuple(PlanStep.accept(step) for step in json.loads(await self._store.write(work)))

    async def keep_steps(self, key: str, steps: Iterable[PlanStep]) -> None:
        """Keep steps for like wishes, without what came of them."""
        bare = [PlanStep(step=one.step, agent=one.agent, task=one.task, depends_on=one.depends_on,
                         parallel=one.parallel, spawn_config=one.spawn_config).to_wire() for one in steps]  # fmt: skip
        row = (key, json.dumps(bare), self._now())
        await self._store.write(lambda db: db.execute(_CACHE, row) and None)

    async def forget_steps(self) -> None:
        """Empty what is kept for like wishes."""
        await self._store.write(lambda db: db.execute("DELETE FROM plan_cache") and None)
