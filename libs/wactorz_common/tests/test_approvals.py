"""Approvals: used once, for exactly one wish, and never by silence."""

import asyncio
from pathlib import Path

import pytest

from wactorz_common.approvals import DECIDED_SECONDS, ApprovalBook, fingerprint, in_each_language
from wactorz_common.contracts.spawning import Approval, ApprovalEvent
from wactorz_common.errors import Refused
from wactorz_common.language import language
from wactorz_common.store import Store

WISH = {"calls": [{"service": "unlock", "entity_id": ["lock.front_door"]}]}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def book_of(store: Store, clock: Clock) -> ApprovalBook:
    book = ApprovalBook(store, "home-assistant-actuator", 120, clock)
    await book.load()
    return book


async def test_used_once(store: Store):
    clock = Clock()
    book = await book_of(store, clock)
    approval, new = await book.open(WISH, "Unlock the front door", kind="actuation", requested_by="ana")
    again, repeated = await book.open(WISH, "Unlock the front door", kind="actuation")
    assert new
    assert not repeated
    assert again.id == approval.id
    assert approval.arguments_sha256 == fingerprint(WISH)
    kept = await book.decide(approval.id, approve=True, by="ana", task="t1")
    assert (kept.approval.state, kept.wish, kept.decided_by) == ("approved", WISH, "ana")
    assert await book.decide(approval.id, approve=True, by="ana", task="t1") == kept
    with pytest.raises(Refused, match="is approved and cannot be used again"):
        await book.decide(approval.id, approve=True, by="ana", task="t2")
    with pytest.raises(Refused, match="no such approval"):
        await book.decide("nope", approve=True, by="ana", task="t3")
    assert book.listed(decided_too=False) == ()


async def test_silence_is_a_no(store: Store):
    clock = Clock()
    book = await book_of(store, clock)
    approval, _ = await book.open(WISH, "Unlock the front door", kind="actuation")
    clock.now += 121
    with pytest.raises(Refused, match="is expired"):
        await book.decide(approval.id, approve=True, by="ana", task="t1")
    assert [kept.approval.state for kept in await book.expire()] == ["expired"]
    assert await book.expire() == []
    assert [one.state for one in book.listed(decided_too=True)] == ["expired"]
    clock.now += DECIDED_SECONDS
    await book.expire()
    assert book.listed(decided_too=True) == ()


async def test_survives_a_restart_and_a_changed_wish_does_not_count(tmp_path: Path):
    clock = Clock()
    store = Store(tmp_path / "state.db")
    store.open()
    approval, _ = await (await book_of(store, clock)).open(WISH, "Unlock", kind="actuation", needs_pin=True)
    book = await book_of(store, clock)
    kept = book.find(approval.id)
    assert kept is not None
    assert kept.approval == approval
    kept.wish["calls"] = []
    with pytest.raises(Refused, match="not what is kept"):
        await book.decide(approval.id, approve=True, by="ana", task="t1")
    await store.close()


async def test_not_too_many(store: Store):
    book = await book_of(store, Clock())
    await asyncio.gather(*(book.open({"n": n}, "x", kind="spawn") for n in range(20)))
    with pytest.raises(Refused, match="20 approvals are open already"):
        await book.open({"n": 21}, "x", kind="spawn")


async def test_whoever_wants_to_know_is_told_as_they_open_and_end(store: Store):
    clock = Clock()
    book = await book_of(store, clock)
    told: list[Approval] = []
    book.on_change = told.append
    first, _ = await book.open(WISH, "Unlock", kind="actuation")
    await book.open(WISH, "Unlock", kind="actuation")
    await book.decide(first.id, approve=False, by="ann", task="t")
    second, _ = await book.open(WISH, "Unlock", kind="actuation")
    clock.now += 1_000
    await book.expire()
    assert [(one.id, one.state) for one in told] == [
        (first.id, "open"), (first.id, "denied"), (second.id, "open"), (second.id, "expired"),
    ]  # fmt: skip


def test_an_event_says_no_more_than_how_it_stands():
    approval = Approval(
        id="ab12", kind="actuation", agent="a", summary="Disarm with 2468", detail={"code": "2468"},
        arguments_sha256="0", created_at=1, expires_at=2, pin_salts=("0" * 32,),
    )  # fmt: skip
    assert ApprovalEvent.of(approval).to_wire() == {"id": "ab12", "agent": "a", "kind": "actuation", "state": "open"}


async def test_a_summary_may_be_told_in_each_language(store: Store):
    book = await book_of(store, Clock())
    told = in_each_language(lambda: f"told in {language()}")
    approval, _ = await book.open(WISH, told, kind="actuation")
    assert (approval.summary, approval.summary_in("de-AT")) == ("told in en", "told in de")
    assert approval.summary_in("fr") == "told in en"
