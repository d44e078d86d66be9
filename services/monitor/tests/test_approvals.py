"""Approvals: opened once, decided once, over by themselves."""

import pytest

from wactorz_common.errors import Refused
from wactorz_monitor.approvals import ApprovalBook

WISH = {"name": "watcher", "type": "dynamic", "code": "x = 1", "node": "local", "install": ["numpy"]}


class Time:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
async def time():
    return Time()


@pytest.fixture
async def book(store, time):
    book = ApprovalBook(store, "monitor", 600, time)
    await book.load()
    return book


async def opened(book, **changes):
    approval, _ = await book.open({**WISH, **changes}, replaces=False, requested_by="main")
    return approval


async def test_it_says_what_it_is_about_and_hashes_it(book):
    approval = await opened(book)
    assert (approval.kind, approval.agent, approval.state) == ("spawn", "monitor", "open")
    assert "numpy" in approval.summary
    assert approval.detail["code"] == "x = 1"
    assert approval.expires_at == approval.created_at + 600
    assert approval.arguments_sha256 != (await opened(book, code="x = 2")).arguments_sha256


async def test_the_same_wish_again_is_the_same_question(book):
    one, is_new = await book.open(WISH, replaces=False, requested_by="main")
    two, again = await book.open(WISH, replaces=False, requested_by="main")
    assert (one.id, is_new, again) == (two.id, True, False)


async def test_a_yes_can_be_used_once_but_the_same_task_may_ask_again(book):
    approval = await opened(book)
    kept = await book.decide(approval.id, approve=True, by="anna", task="t1")
    assert (kept.approval.state, kept.wish, kept.decided_by) == ("approved", WISH, "anna")
    assert await book.decide(approval.id, approve=True, by="anna", task="t1") == kept
    with pytest.raises(Refused, match="is approved and cannot be used again"):
        await book.decide(approval.id, approve=True, by="anna", task="t2")


async def test_a_no_is_final_and_an_unknown_one_is_refused(book):
    approval = await opened(book)
    assert (await book.decide(approval.id, approve=False, by="anna", task="t1")).approval.state == "denied"
    with pytest.raises(Refused, match="is denied"):
        await book.decide(approval.id, approve=True, by="anna", task="t2")
    with pytest.raises(Refused, match="no such approval"):
        await book.decide("nothing", approve=True, by="anna", task="t3")


async def test_silence_is_a_no_even_before_it_was_noticed(book, time):
    approval = await opened(book)
    time.now += 600
    assert book.listed(decided_too=False) == ()
    with pytest.raises(Refused, match="is expired"):
        await book.decide(approval.id, approve=True, by="anna", task="t1")
    [over] = await book.expire()
    assert (over.id, over.state) == (approval.id, "expired")
    assert await book.expire() == []


async def test_they_outlive_a_restart_with_all_that_was_decided(book, store, time):
    approval, denied = await opened(book), await opened(book, code="y")
    await book.decide(denied.id, approve=False, by="anna", task="t1")
    again = ApprovalBook(store, "monitor", 600, time)
    await again.load()
    assert [one.id for one in again.listed(decided_too=False)] == [approval.id]
    assert {one.state for one in again.listed(decided_too=True)} == {"open", "denied"}
    assert (await again.decide(approval.id, approve=True, by="anna", task="t2")).wish == WISH


async def test_decided_ones_are_forgotten_after_a_day(book, store, time):
    approval = await opened(book)
    await book.decide(approval.id, approve=False, by="anna", task="t1")
    time.now += 86_400 + 601
    await book.expire()
    assert book.listed(decided_too=True) == ()
    again = ApprovalBook(store, "monitor", 600, time)
    await again.load()
    assert again.listed(decided_too=True) == ()


async def test_a_model_cannot_flood_people_with_questions(book):
    for number in range(20):
        await opened(book, code=f"x = {number}")
    with pytest.raises(Refused, match="20 approvals are open already"):
        await opened(book, code="one more")


async def test_what_is_kept_must_still_be_what_was_approved(book):
    approval = await opened(book)
    book._kept[approval.id].wish["code"] = "changed"
    with pytest.raises(Refused, match="is not what is kept"):
        await book.decide(approval.id, approve=True, by="anna", task="t1")


async def test_the_list_of_decided_ones_stays_small(book):
    for number in range(105):
        approval = await opened(book, code=f"# {number}\n" + "x" * 30_000)
        await book.decide(approval.id, approve=False, by="anna", task=f"t{number}")
    listed = book.listed(decided_too=True)
    assert len(listed) == 100
    assert sum(len(one.encode()) for one in listed) < 100_000
    assert all(len(one.detail["code_sha256"]) == 64 and "code" not in one.detail for one in listed)
