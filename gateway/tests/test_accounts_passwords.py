"""Passwords and their hashes."""

import asyncio
import threading
import time

import pytest

from wactorz_common.errors import Refused
from wactorz_gateway.accounts.passwords import AT_ONCE, MOST_WAITING, Passwords, password_problem

CHEAP = (1, 8)


@pytest.mark.parametrize(
    "password",
    ["", "short", "x" * 257, "password", "PassWord1", "aaaabbbb", "11111111", "with\nnewline", "with\x00null", "Annika Lee",
     "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44"],
)  # fmt: skip
def test_these_are_not_taken(password):
    problem = password_problem(password, "annika lee")
    assert problem


@pytest.mark.parametrize(
    "password", ["a kettle and 3 lamps", "correct horse", "пароль из слов", "x9!Qr" * 40, "日本語のパスワード"]
)
def test_these_are(password):
    assert password_problem(password, "ann") == ""


async def test_a_hash_is_argon2id_with_a_salt_and_says_its_cost():
    passwords = Passwords(CHEAP)
    first, second = await passwords.hash("a kettle"), await passwords.hash("a kettle")
    assert first.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert first != second
    assert await passwords.verify(first, "a kettle")
    assert not await passwords.verify(first, "a kettle ")
    assert not await passwords.verify("", "a kettle")
    assert not await passwords.verify("no hash at all", "a kettle")
    assert Passwords().is_dated(first)
    assert not passwords.is_dated(first)


async def test_one_password_may_be_typed_in_two_ways():
    passwords = Passwords(CHEAP)
    assert await passwords.verify(await passwords.hash("cafe\u0301 noir"), "caf\u00e9 noir")


async def test_the_loop_goes_on_and_only_few_are_made_at_once(monkeypatch):
    passwords, running, most = Passwords(CHEAP), 0, 0
    lock = threading.Lock()

    def slow(password, kept):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return "hash"

    monkeypatch.setattr(passwords, "_work", slow)
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.001)

    ticking = asyncio.create_task(tick())
    await asyncio.gather(*(passwords.hash("x") for _ in range(10)))
    ticking.cancel()
    assert most == AT_ONCE
    assert ticks > 10


async def test_too_many_that_wait_are_sent_away(monkeypatch):
    passwords, release = Passwords(CHEAP), threading.Event()
    monkeypatch.setattr(passwords, "_work", lambda *_: release.wait(5) and "hash")
    waiting = [asyncio.create_task(passwords.hash("x")) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Refused, match="at once"):
        await passwords.hash("x")
    release.set()
    assert await asyncio.gather(*waiting) == ["hash"] * MOST_WAITING
