"""Policies and PINs on disk."""

import asyncio
from pathlib import Path

import pytest

from wactorz_common import pins
from wactorz_common.contracts.policy import EntityPolicy
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.policies import BLOCKED_SECONDS, PolicyBook, WrongPin, loosens

SALT = pins.new_salt("t")


async def check(book: PolicyBook, entity_ids: list[str], pin: str) -> None:
    proofs = {SALT: pins.prove(pin, SALT, "ab12")} if pin else {}
    await book.check_pin(entity_ids, proofs, "ab12")


class Clock:
    """Time as a test wants it."""

    seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def book(store: Store, clock: Clock) -> PolicyBook:
    found = PolicyBook(store, clock)
    await found.load()
    await found.lay_down(EntityPolicy(entity_id="lock.a", pin=True), pins.seal("2468", SALT))
    return found


async def test_kept_over_a_restart_and_taken_away_by_an_empty_one(tmp_path: Path):
    for step in range(3):
        store = Store(tmp_path / "state.db")
        store.open()
        book = PolicyBook(store)
        await book.load()
        if step == 0:
            await book.lay_down(EntityPolicy(entity_id="light.a", persons=("ann",)), "")
        elif step == 1:
            assert book["light.a"].persons == ("ann",)
            assert [one.entity_id for one in book.listed()] == ["light.a"]
            await book.lay_down(EntityPolicy(entity_id="light.a"), "")
        else:
            assert len(book) == 0
        await store.close()


async def test_the_right_pin_is_taken_and_the_wrong_one_counted(book: PolicyBook):
    await check(book, ["lock.a", "light.b"], "2468")
    with pytest.raises(WrongPin, match="This needs the PIN"):
        await check(book, ["lock.a"], "")
    with pytest.raises(WrongPin, match="4 tries are left"):
        await check(book, ["lock.a"], "1")
    await check(book, ["lock.a"], "2468")
    for left in (4, 3, 2):
        with pytest.raises(WrongPin, match=f"{left} tries are left"):
            await check(book, ["lock.a"], "1")
    with pytest.raises(WrongPin, match="one try is left"):
        await check(book, ["lock.a"], "1")
    with pytest.raises(WrongPin, match="wrong 5 times") as caught:
        await check(book, ["lock.a"], "1")
    assert caught.value.last


async def test_no_pin_is_taken_for_a_while_after_five_wrong_ones(book: PolicyBook, clock: Clock):
    tries = [check(book, ["lock.a"], "1") for _ in range(8)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sum("no PIN is taken for another" in str(error) for error in found) == 3
    with pytest.raises(WrongPin, match="no PIN is taken"):
        await check(book, ["lock.a"], "2468")
    clock.seconds += BLOCKED_SECONDS + 1
    await check(book, ["lock.a"], "2468")


async def test_a_proof_counts_for_its_purpose_and_its_salt_only(book: PolicyBook):
    assert book.salts(["lock.a", "light.b"]) == book.salts() == {"lock.a": SALT}
    with pytest.raises(WrongPin, match="4 tries are left"):
        await book.check_pin(["lock.a"], {SALT: pins.prove("2468", SALT, "cd34")}, "ab12")
    with pytest.raises(WrongPin, match="This needs the PIN"):
        await book.check_pin(["lock.a"], {pins.new_salt("u"): pins.prove("2468", SALT, "ab12")}, "ab12")


async def test_wrong_tries_are_counted_over_a_restart(book: PolicyBook, store: Store, clock: Clock):
    with pytest.raises(WrongPin):
        await check(book, ["lock.a"], "1")
    again = PolicyBook(store, clock)
    await again.load()
    with pytest.raises(WrongPin, match="3 tries are left"):
        await check(again, ["lock.a"], "1")


async def test_a_policy_without_pin_forgets_it(book: PolicyBook):
    assert book.has_pin(["light.b", "lock.a"])
    await book.lay_down(EntityPolicy(entity_id="lock.a", risk="C"), book.pin_of("lock.a"))
    assert not book.has_pin(["lock.a"])
    await check(book, ["lock.a"], "")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"risk": "B"}, True),
        ({}, {"risk": "C"}, False),
        ({"risk": "C"}, {}, True),
        ({"risk": "A"}, {"risk": "C"}, True),
        ({"risk": "B"}, {}, False),
        ({"persons": ("ann",)}, {}, True),
        ({"persons": ("ann",)}, {"persons": ("ann", "bob")}, True),
        ({"persons": ("ann", "bob")}, {"persons": ("Ann",)}, False),
        ({}, {"persons": ("ann",)}, False),
        ({"quiet_hours": "22:00-07:00"}, {}, False),
        ({}, {}, False),
    ],
)
def test_what_lets_more_happen(old: dict, new: dict, expected: bool):
    assert loosens(EntityPolicy(entity_id="x.y", **old), EntityPolicy(entity_id="x.y", **new)) is expected


async def test_a_harmless_change_of_the_policy_forgets_no_wrong_try(book: PolicyBook, clock: Clock):
    for _ in range(4):
        with pytest.raises(WrongPin):
            await check(book, ["lock.a"], "1")
    quiet = EntityPolicy(entity_id="lock.a", pin=True, quiet_hours="22:00-07:00")
    await book.lay_down(quiet, book.pin_of("lock.a"))
    with pytest.raises(WrongPin, match="wrong 5 times"):
        await check(book, ["lock.a"], "1")
    await book.lay_down(EntityPolicy(entity_id="lock.a", pin=True), book.pin_of("lock.a"))
    with pytest.raises(WrongPin, match="no PIN is taken"):
        await check(book, ["lock.a"], "2468")
