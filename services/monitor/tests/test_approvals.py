"""Approvals of spawned agents: what they say and what their list shows."""

import pytest

from wactorz_common.errors import Refused
from wactorz_monitor import specs
from wactorz_monitor.approvals import SpawnApprovals

WISH = {"name": "watcher", "type": "dynamic", "code": "x = 1", "node": "local", "install": ["numpy"]}


@pytest.fixture
async def book(store):
    book = SpawnApprovals(store, "monitor", 600)
    await book.load()
    return book


async def asked(book, **changes):
    approval, _ = await book.ask({**WISH, **changes}, replaces=False, requested_by="main")
    return approval


async def test_it_says_what_it_is_about_and_hashes_it(book):
    approval = await asked(book)
    assert (approval.kind, approval.agent, approval.state) == ("spawn", "monitor", "open")
    assert "numpy" in approval.summary
    assert approval.detail["code"] == "x = 1"
    assert approval.expires_at == approval.created_at + 600
    assert approval.arguments_sha256 == specs.fingerprint(WISH)
    assert approval.arguments_sha256 != (await asked(book, code="x = 2")).arguments_sha256


async def test_the_same_wish_again_is_the_same_question(book):
    one, is_new = await book.ask(WISH, replaces=False, requested_by="main")
    two, again = await book.ask(WISH, replaces=False, requested_by="main")
    assert (one.id, is_new, again) == (two.id, True, False)


async def test_what_is_decided_is_the_wish_itself(book):
    approval = await asked(book)
    kept = await book.decide(approval.id, approve=True, by="anna", task="t1")
    assert (kept.approval.state, kept.wish, kept.decided_by) == ("approved", WISH, "anna")


async def test_a_model_cannot_flood_people_with_questions(book):
    for number in range(20):
        await asked(book, code=f"x = {number}")
    with pytest.raises(Refused, match="20 approvals are open already"):
        await asked(book, code="one more")


async def test_the_list_of_decided_ones_stays_small(book):
    for number in range(105):
        approval = await asked(book, code=f"# {number}\n" + "x" * 30_000)
        await book.decide(approval.id, approve=False, by="anna", task=f"t{number}")
    opened = await asked(book)
    *listed, last = book.listed(decided_too=True)
    assert (len(listed), last) == (100, opened)
    assert last.detail["code"] == "x = 1"
    assert sum(len(one.encode()) for one in listed) < 100_000
    assert all(len(one.detail["code_sha256"]) == 64 and "code" not in one.detail for one in listed)
