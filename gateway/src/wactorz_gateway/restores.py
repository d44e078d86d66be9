"""Putting a backup back: every agent takes in and verifies its state, then all of them begin again."""

import asyncio
import base64
from dataclasses import dataclass, field

from starlette.exceptions import HTTPException

from wactorz_common.contracts.backup import APPLY_STATE, PART_BYTES, STAGE_STATE, StateApply, StateIn
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.errors import WactorzError
from wactorz_gateway.archive import Archive, Member
from wactorz_gateway.backups import Holder, holder
from wactorz_gateway.parts import Parts
from wactorz_gateway.problems import sentence_of

_ANSWER_SECONDS = 20.0
_AT_ONCE = 4
_APPEAR_SECONDS = 40.0
_LOOK_AGAIN = 0.5
_BACK_SECONDS = 20.0
_SOON = 0.05
_KEEPER, _SELF = "monitor", "gateway"
"""Who starts spawned agents, and who goes last."""

_GONE = (AgentState.FAILED, "late", "unreachable", "quarantined")


@dataclass
class Outcome:
    """Agents by what became of them."""

    restored: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def in_words(self) -> str:
        """One sentence for a person."""
        said = [f"{len(self.restored)} agents begin again with the state of the backup"]
        if self.unknown:
            said.append(f"not here, so left out: {', '.join(self.unknown)}")
        if self.failed:
            said.append(f"did not begin again in time: {', '.join(self.failed)}")
        return "; ".join(said)


@dataclass(frozen=True)
class _Staged:
    holder: Holder
    restore_id: str


async def put_back(parts: Parts, archive: Archive) -> Outcome:
    """Put all states back; HTTPException 409 when one of them is not taken, and then nothing was changed.

    Agents that monitor starts only now, because they are part of its own state, get theirs as soon as they are there.
    """
    outcome = Outcome()
    here, waiting = _found(parts, archive.manifest.agents)
    staged = await _stage_all(parts, archive, here)
    last = [one for one in staged if one.holder.name == _SELF]
    await _apply_all(parts, [one for one in staged if one.holder.name != _SELF], outcome)
    if waiting and any(one.holder.name == _KEEPER for one in staged):
        waiting = await _latecomers(parts, archive, waiting, outcome)
    outcome.unknown = [member.name for member in waiting]
    await _apply_all(parts, last, outcome)
    return outcome


def _found(parts: Parts, members: list[Member]) -> tuple[list[tuple[Member, Holder]], list[Member]]:
    now, here, away = parts.now(), list[tuple[Member, Holder]](), list[Member]()
    for member in members:
        agent = parts.registry.find(member.agent_id if member.replica else member.name)
        if agent is None or parts.registry.shown_state(agent, now) in _GONE:
            away.append(member)
        else:
            here.append((member, holder(agent)))
    return here, away


async def _stage_all(parts: Parts, archive: Archive, here: list[tuple[Member, Holder]]) -> list[_Staged]:
    few = asyncio.Semaphore(_AT_ONCE)

    async def one(member: Member, to: Holder) -> _Staged | str:
        async with few:
            try:
                return await _stage(parts, archive, member, to)
            except WactorzError as error:
                return f"{to.name}: {sentence_of(error)}"

    ends = await asyncio.gather(*(one(member, to) for member, to in here))
    problems = [end for end in ends if isinstance(end, str)]
    if problems:
        raise HTTPException(409, f"Nothing was changed, because not every state was taken: {'; '.join(problems)}")
    return [end for end in ends if isinstance(end, _Staged)]


async def _stage(parts: Parts, archive: Archive, member: Member, to: Holder) -> _Staged:
    count = max(1, -(-member.size // PART_BYTES))
    restore_id = ""
    for number in range(count):
        data = await asyncio.to_thread(archive.read, member, number * PART_BYTES, PART_BYTES)
        part = StateIn(
            restore_id=restore_id, part=number, parts=count, data=base64.b64encode(data).decode(), sha256=member.sha256
        )
        kept = await parts.backend.ask(STAGE_STATE, part, to=to.address, timeout=_ANSWER_SECONDS)
        restore_id = kept.restore_id
    return _Staged(to, restore_id)


async def _apply_all(parts: Parts, staged: list[_Staged], outcome: Outcome) -> None:
    async def one(what: _Staged) -> None:
        request = StateApply(restore_id=what.restore_id)
        try:
            await parts.backend.ask(APPLY_STATE, request, to=what.holder.address, timeout=_ANSWER_SECONDS)
        except WactorzError:
            outcome.failed.append(what.holder.name)
        else:
            back = what.holder.name == _SELF or await _is_back(parts, what.holder)
            (outcome.restored if back else outcome.failed).append(what.holder.name)

    await asyncio.gather(*(one(what) for what in staged))


async def _is_back(parts: Parts, before: Holder) -> bool:
    """Wait until an agent speaks that was started after `before`."""
    until = parts.now() + _BACK_SECONDS
    while parts.now() < until:
        agent = parts.registry.find(before.agent_id) or parts.registry.find(before.name)
        if agent and (agent.agent_id != before.agent_id or agent.incarnation > before.incarnation):
            return True
        await asyncio.sleep(_SOON)
    return False


async def _latecomers(parts: Parts, archive: Archive, waiting: list[Member], outcome: Outcome) -> list[Member]:
    """Put states back as their agents appear; returns those whose agent did not."""
    until = parts.now() + _APPEAR_SECONDS
    while waiting and parts.now() < until:
        await asyncio.sleep(_LOOK_AGAIN)
        here, waiting = _found(parts, waiting)
        for member, to in here:
            try:
                await _apply_all(parts, [await _stage(parts, archive, member, to)], outcome)
            except WactorzError:
                outcome.failed.append(member.name)
    return waiting
