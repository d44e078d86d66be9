"""Backups and proposals on disk."""

from wactorz_common.contracts.automations import AutomationResult
from wactorz_common.store import Store
from wactorz_home_assistant_agent.backups import KEPT_BACKUPS, KEPT_SECONDS, PROPOSAL_SECONDS, Backups, Change

DONE = AutomationResult(status="done", text="done")


class Clock:
    now = 1e9

    def __call__(self) -> float:
        return self.now


def change(name: str = "A", **fields: object) -> Change:
    return Change.accept({"verb": "create", "automation_id": "a", "name": name, **fields})


async def backups_of(store: Store, clock: Clock) -> Backups:
    backups = Backups(store, clock)
    backups.open()
    return backups


async def test_the_last_fifty_are_kept(store: Store):
    backups = await backups_of(store, Clock())
    for number in range(KEPT_BACKUPS + 5):
        await backups.begin(f"t{number}", change(str(number)))
        await backups.end(f"t{number}", change(str(number)), DONE)
    rows = await store.read(lambda db: db.execute("SELECT COUNT(*), MIN(id) FROM automation_backups").fetchone())
    assert rows == (KEPT_BACKUPS, 6)
    newest = await backups.newest()
    assert newest is not None
    assert newest[1].name == str(KEPT_BACKUPS + 4)


async def test_what_was_undone_and_undos_are_not_taken_back(store: Store):
    backups = await backups_of(store, Clock())
    for task in ("t1", "t2"):
        await backups.begin(task, change(task))
        await backups.end(task, change(task), DONE)
    number, last = await backups.newest() or (0, change())
    await backups.begin("t3", last.reversed(number))
    await backups.end("t3", last.reversed(number), DONE)
    left = await backups.newest()
    assert left is not None
    assert left[1].name == "t1"


async def test_nothing_that_is_null_is_lost(store: Store):
    backups = await backups_of(store, Clock())
    config = {"triggers": [{"trigger": "state", "to": None}]}
    await backups.begin("t1", change(before=config))
    assert (await backups.newest() or (0, change()))[1].before == config


async def test_a_proposal_is_used_once_in_its_session_and_in_time(store: Store):
    clock = Clock()
    backups = await backups_of(store, clock)
    await backups.propose("first", "s", change("first"))
    await backups.propose("token", "s", change("second"))
    assert await backups.take("first", "s", "t0") is None  # replaced by the newer one
    assert await backups.take("token", "other", "t1") is None
    assert await backups.take("", "", "t1") is None
    taken = await backups.take("", "s", "t1")
    assert taken is not None
    assert taken.name == "second"
    assert await backups.take("token", "s", "t2") is None
    assert await backups.take("token", "s", "t1") == taken  # the same task runs again
    await backups.propose("late", "s", change())
    clock.now += PROPOSAL_SECONDS + 1
    assert await backups.take("late", "s", "t3") is None
    await backups.propose("no session", "", change("lonely"))
    assert (await backups.take("no session", "", "t4") or change()).name == "lonely"


async def test_trim(store: Store):
    clock = Clock()
    backups = await backups_of(store, clock)
    await backups.begin("t1", change())
    await backups.end("t1", change(), DONE)
    clock.now += KEPT_SECONDS + 1
    await backups.trim()
    assert await backups.begun("t1") is None
    assert await backups.newest() is not None
