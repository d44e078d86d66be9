"""What is done with accounts, where two things happen at once."""

import asyncio

import pytest
from starlette.exceptions import HTTPException

from wactorz_gateway.accounts.accounts import Accounts, Visitor
from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.passwords import Passwords

from .disks import MemoryDisk

HERE = Visitor("127.0.0.1", "browser", here=True)
BOSS = Caller("boss", "owner", "fixed")
OLD, NEW = "k4n4r1 and a kettle", "w3llensittich and a lamp"


@pytest.mark.parametrize("change", [{"password": NEW}, {"disabled": True}, {"deleted": True}])
async def test_a_login_that_is_under_way_when_the_account_changes_does_not_outlive_the_change(tmp_path, change):
    accounts = Accounts(MemoryDisk(), tmp_path, passwords=Passwords((1, 8)))
    await accounts.start()
    await accounts.add_person(BOSS, "ann", "user", OLD)
    waits, goes_on = asyncio.Event(), asyncio.Event()

    async def slowly(_old):
        waits.set()
        await goes_on.wait()

    accounts.log_out = slowly
    coming = asyncio.ensure_future(accounts.log_in("ann", OLD, HERE))
    await waits.wait()
    if change.get("deleted"):
        await accounts.remove_person(BOSS, "ann")
    else:
        values = {"role": None, "disabled": None, "password": None, **change}
        await accounts.change_person(BOSS, "ann", **values)
    goes_on.set()
    with pytest.raises(HTTPException) as refused:
        await coming
    assert refused.value.status_code == 401
    assert accounts.known.sessions == {}


async def test_a_login_with_a_dated_hash_goes_through_and_makes_it_anew(tmp_path):
    disk = MemoryDisk()
    accounts = Accounts(disk, tmp_path, passwords=Passwords((1, 8)))
    await accounts.start()
    await accounts.add_person(BOSS, "ann", "user", OLD)
    before = accounts.known.people["ann"].password
    accounts._passwords = Passwords((2, 16))
    _, session = await accounts.log_in("ann", OLD, HERE)
    assert accounts.known.people["ann"].password != before
    assert list(accounts.known.sessions) == [session.id]


async def test_a_token_makes_no_token_that_outlives_it_and_one_that_reads_ends_nothing_but_itself(tmp_path):
    moment = [1_000.0]
    accounts = Accounts(MemoryDisk(), tmp_path, passwords=Passwords((1, 8)), now=lambda: moment[0])
    await accounts.start()
    await accounts.add_person(BOSS, "ann", "user", OLD)
    _, session = await accounts.log_in("ann", OLD, HERE)
    ann = Caller("ann", "user", "session", f"session:{session.id}")
    secret, token = await accounts.keys.add_token(ann, "hall", ["read"], 60)
    _, other = await accounts.keys.add_token(ann, "other", ["control"], 600)
    reads = accounts.known.by_token(secret, moment[0])
    _, child = await accounts.keys.add_token(reads, "child", ["read"], 10_000_000)
    assert child.expires_at == token.expires_at
    for ends in (accounts.keys.remove_session(reads, session.id), accounts.keys.remove_token(reads, other.id)):
        with pytest.raises(HTTPException, match="ends nothing but itself") as refused:
            await ends
        assert refused.value.status_code == 403
    await accounts.keys.remove_token(reads, token.id)
    assert list(accounts.known.sessions) == [session.id]
    assert set(accounts.known.tokens) == {other.id, child.id}


async def test_the_code_that_was_printed_is_good_after_a_restart_until_there_is_an_owner(tmp_path):
    disk, quick = MemoryDisk(), Passwords((1, 8))
    first = Accounts(disk, tmp_path, passwords=quick)
    code = await first.start()
    await first.stop()
    again = Accounts(disk, tmp_path, passwords=quick)
    assert await again.start() == code
    await again.set_up(code, "ann", OLD, HERE)
    await again.stop()
    assert not again.code.path.exists()
    assert await Accounts(disk, tmp_path, passwords=quick).start() == ""
