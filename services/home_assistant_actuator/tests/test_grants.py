"""Standing yes of people to what rules do."""

from pathlib import Path

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.policy import StandingGrant
from wactorz_common.store import Store
from wactorz_home_assistant_actuator.grants import GrantBook
from wactorz_home_assistant_actuator.wish import hash_of

UNLOCK = ServiceCall(domain="lock", service="unlock", entity_id=("lock.a",))
GRANT = StandingGrant(rule_id="r1", calls_sha256=hash_of([UNLOCK]), summary="open up", by="ann", at=1.0)


async def test_covers_exactly_what_was_granted(store: Store):
    book = GrantBook(store)
    await book.load()
    assert not book.covers("r1", [UNLOCK])
    await book.give(GRANT)
    assert book.covers("r1", [UNLOCK])
    assert not book.covers("r2", [UNLOCK])
    assert not book.covers("r1", [UNLOCK, UNLOCK])
    assert not book.covers("r1", [UNLOCK.model_copy(update={"entity_id": ("lock.b",)})])


async def test_kept_over_a_restart_until_taken_away(tmp_path: Path):
    for step in range(3):
        store = Store(tmp_path / "state.db")
        store.open()
        book = GrantBook(store)
        await book.load()
        if step == 0:
            await book.give(GRANT)
        elif step == 1:
            assert book.listed() == (GRANT,)
            assert book.find("r1") == GRANT
            assert await book.take("r1")
            assert not await book.take("r1")
        else:
            assert book.listed() == ()
        await store.close()
