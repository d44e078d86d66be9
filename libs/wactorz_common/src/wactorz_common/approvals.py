"""Approvals of one agent: exactly one wish waits for a person's yes, once; silence is a no."""

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from wactorz_common.agent import Agent
from wactorz_common.contracts.spawning import APPROVAL_EVENTS, Approval, ApprovalEvent
from wactorz_common.errors import Refused
from wactorz_common.german import phrase
from wactorz_common.language import ENGLISH, speaking
from wactorz_common.store import Store

T = TypeVar("T")

Wish = dict[str, Any]
"""What is to be approved, as plain JSON."""

DECIDED_SECONDS = 86_400.0
"""So long a decided approval can be looked up."""

_LANGUAGES = (ENGLISH, "de")
_OVER = {
    "approved": "This approval is approved and cannot be used again: ask for it once more",
    "denied": "This approval is denied and cannot be used again: ask for it once more",
    "expired": "This approval is expired and cannot be used again: ask for it once more",
}
_MOST_OPEN = 20
_MOST_DECIDED = 100
_SCHEMA = """CREATE TABLE IF NOT EXISTS approvals (
    id TEXT PRIMARY KEY, expires_at REAL NOT NULL, record TEXT NOT NULL)"""
_SAVE = "INSERT OR REPLACE INTO approvals VALUES (?, ?, ?)"


@dataclass(frozen=True)
class Kept:
    """An approval with the wish that it is about, and the task that decided it."""

    approval: Approval
    wish: Wish
    decided_by: str = ""
    task: str = ""


def in_each_language(tell: Callable[[], T]) -> dict[str, T]:
    """What is told, by language, because who reads it is not known yet."""
    told = dict[str, T]()
    for code in _LANGUAGES:
        with speaking(code):
            told[code] = tell()
    return told


def fingerprint(wish: Wish) -> str:
    """A hash that changes with every change of the wish."""
    text = json.dumps(wish, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


class ApprovalBook:
    """All approvals of the last day; each can be decided once. `seconds` is how long a person may take."""

    def __init__(self, store: Store, agent: str, seconds: float, now: Callable[[], float] = time.time) -> None:
        self._store, self._agent, self._seconds, self._now = store, agent, seconds, now
        self._kept: dict[str, Kept] = {}
        self.on_change: Callable[[Approval], None] = lambda _approval: None
        """Called with an approval that has just opened or ended."""

    async def load(self) -> None:
        """Make the table on first use and read what is kept."""

        def work(db: sqlite3.Connection) -> list[str]:
            db.execute(_SCHEMA)
            return [text for (text,) in db.execute("SELECT record FROM approvals ORDER BY expires_at, id")]

        for text in await self._store.write(work):
            record = json.loads(text)
            kept = Kept(Approval.accept(record.pop("approval")), **record)
            self._kept[kept.approval.id] = kept

    async def open(
        self, wish: Wish, summary: str | Mapping[str, str], *,
        kind: Literal["spawn", "actuation", "automation", "grant", "policy"],
        detail: dict[str, Any] | None = None, requested_by: str = "", needs_pin: bool = False,
    ) -> tuple[Approval, bool]:  # fmt: skip
        """An open approval for exactly this wish, and whether it is new; `summary` may be by language."""
        digest, now = fingerprint(wish), self._now()
        opened = [kept.approval for kept in self._kept.values() if self._is_open(kept.approval)]
        for approval in opened:
            if approval.arguments_sha256 == digest:
                return approval, False
        if len(opened) >= _MOST_OPEN:
            raise Refused(
                phrase("{count} approvals are open already: decide them first, or let them expire", count=len(opened))
            )
        summaries = {} if isinstance(summary, str) else dict(summary)
        approval = Approval(
            id=secrets.token_hex(8), kind=kind, agent=self._agent,
            summary=summary if isinstance(summary, str) else summary[ENGLISH], summaries=summaries,
            detail=detail or {}, arguments_sha256=digest, requested_by=requested_by, created_at=now,
            expires_at=now + self._seconds, needs_pin=needs_pin,
        )  # fmt: skip
        await self._save(Kept(approval, wish))
        return approval, True

    def find(self, approval_id: str) -> Kept | None:
        """The approval of that id, as it is kept."""
        return self._kept.get(approval_id)

    async def decide(self, approval_id: str, *, approve: bool, by: str, task: str) -> Kept:
        """Use an approval up; Refused when it cannot be. The same task again gets the same answer."""
        kept = self._kept.get(approval_id)
        if kept is None:
            raise Refused(phrase("There is no such approval: list the open ones with `/approvals`"))
        if kept.task and kept.task == task:
            return kept
        if not self._is_open(kept.approval):
            state = "expired" if kept.approval.state == "open" else kept.approval.state
            raise Refused(phrase(_OVER[state]))
        if fingerprint(kept.wish) != kept.approval.arguments_sha256:
            raise Refused(phrase("What was approved is not what is kept: ask for it once more"))
        decided = kept.approval.model_copy(update={"state": "approved" if approve else "denied"})
        kept = replace(kept, approval=decided, decided_by=by, task=task)
        await self._save(kept)
        return kept

    async def expire(self) -> list[Kept]:
        """End what nobody answered, and forget what was decided long ago; the ones that just ended."""
        now, ended = self._now(), list[Kept]()
        for kept in list(self._kept.values()):
            if kept.approval.state == "open" and now >= kept.approval.expires_at:
                over = replace(kept, approval=kept.approval.model_copy(update={"state": "expired"}))
                await self._save(over)
                ended.append(over)
        old = [key for key, kept in self._kept.items() if now > kept.approval.expires_at + DECIDED_SECONDS]
        if old:
            rows = [(key,) for key in old]
            await self._store.write(lambda db: db.executemany("DELETE FROM approvals WHERE id = ?", rows) and None)
        for key in old:
            del self._kept[key]
        return ended

    def listed(self, *, decided_too: bool) -> tuple[Approval, ...]:
        """Oldest first."""
        found = sorted((kept.approval for kept in self._kept.values()), key=lambda one: (one.created_at, one.id))
        decided = [one for one in found if not self._is_open(one)][-_MOST_DECIDED:] if decided_too else []
        opened = [one for one in found if self._is_open(one)]
        return tuple(sorted((*decided, *opened), key=lambda one: (one.created_at, one.id)))

    def _is_open(self, approval: Approval) -> bool:
        return approval.state == "open" and self._now() < approval.expires_at

    async def _save(self, kept: Kept) -> None:
        record: dict[str, Any] = {
            "approval": kept.approval.to_wire(), "wish": kept.wish, "decided_by": kept.decided_by, "task": kept.task,
        }  # fmt: skip
        row = (kept.approval.id, kept.approval.expires_at, json.dumps(record))
        await self._store.write(lambda db: db.execute(_SAVE, row) and None)
        self._kept[kept.approval.id] = kept
        self.on_change(kept.approval)


def announcing(agent: Agent[Any]) -> Callable[[Approval], None]:
    """Tells everybody that an approval of an agent opened or ended; the agent declares the channel."""

    def announce(approval: Approval) -> None:
        event = ApprovalEvent.of(approval)
        agent.spawn_background(agent.publish(APPROVAL_EVENTS, event), "announce an approval")

    return announce
