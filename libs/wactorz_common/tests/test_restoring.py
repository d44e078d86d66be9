import json
import sqlite3

import pytest

from wactorz_common import restoring
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.inbox import Inbox
from wactorz_common.restoring import INCARNATION, problem_of, restored_path
from wactorz_common.store import Store


async def make(path, incarnation, tasks, **values):
    store = Store(path)
    store.open()
    await store.persist_all({INCARNATION: incarnation, **values})
    for task_id, (deadline_at, ended) in tasks.items():
        inbox = Inbox(store, lambda: 1000.0)
        await inbox.accept(
            task_id=task_id, action="work", sender="main", body=b"{}", deadline_at=deadline_at, reply_topic="",
            correlation=None, trace_id="",
        )  # fmt: skip
        if ended:
            await inbox.finish(task_id, TaskState.DONE, b'{"_state":"done"}')
    await store.close()


async def restored(tmp_path, **values):
    """A state that waits to be put back, made of another one."""
    other = tmp_path / "other" / "state.db"
    await make(other, **values)
    connection = sqlite3.connect(other)
    connection.execute("VACUUM INTO ?", (str(restored_path(tmp_path / "state.db")),))
    connection.close()


async def look(path):
    store = Store(path)
    store.open()
    tasks = await store.read(lambda db: dict(db.execute("SELECT task_id, state FROM inbox")))
    kept = store.kept()
    await store.close()
    return tasks, kept, store.put_aside


async def test_the_old_state_is_back_but_ended_tasks_stay_ended_and_the_incarnation_rises(tmp_path):
    path = tmp_path / "state.db"
    await make(path, 8, {"was_open": (9e9, True), "newer": (9e9, False)}, level=2)
    await restored(tmp_path, incarnation=3, tasks={"was_open": (9e9, False), "old": (9e9, True)}, level=1)
    tasks, kept, aside = await look(path)
    assert tasks == {"was_open": "done", "newer": "intent", "old": "done"}
    assert kept == {INCARNATION: 9, "level": 1}
    assert aside is None
    assert not restored_path(path).exists()
    assert len(list(tmp_path.glob("state.db.before-restore-*"))) >= 1


async def test_a_newer_incarnation_in_the_backup_counts_and_no_present_state_is_needed(tmp_path):
    await restored(tmp_path, incarnation=30, tasks={"late": (1500.0, False), "open": (9e9, False)})
    tasks, kept, _ = await look(tmp_path / "state.db")
    assert tasks == {"late": "unknown", "open": "intent"}
    assert kept[INCARNATION] == 31


async def test_the_end_of_an_old_task_says_why(tmp_path):
    await restored(tmp_path, incarnation=1, tasks={"late": (1500.0, False)})
    path = tmp_path / "state.db"
    await look(path)
    reply = sqlite3.connect(path).execute("SELECT reply FROM inbox").fetchone()[0]
    said = json.loads(reply)
    assert (said["_task_id"], said["_state"]) == ("late", "unknown")
    assert "restored" in said["error"]


@pytest.mark.parametrize("stop_at", [1, 2])
async def test_a_swap_that_was_interrupted_is_done_again(tmp_path, monkeypatch, stop_at):
    path = tmp_path / "state.db"
    await make(path, 8, {}, level=2)
    await restored(tmp_path, incarnation=3, tasks={}, level=1)
    moved, move = [], restoring._move

    def broken(source, target):
        moved.append(source)
        if len(moved) == stop_at:
            raise KeyboardInterrupt
        return move(source, target)

    monkeypatch.setattr(restoring, "_move", broken)
    with pytest.raises(KeyboardInterrupt):
        Store(path).open()
    monkeypatch.setattr(restoring, "_move", move)
    _, kept, _ = await look(path)
    assert kept["level"] == 1
    assert kept[INCARNATION] > 8


async def test_what_cannot_be_put_back_is_put_aside_and_the_present_state_stays(tmp_path):
    path = tmp_path / "state.db"
    await make(path, 8, {}, level=2)
    restored_path(path).write_bytes(b"nonsense" * 1000)
    _, kept, aside = await look(path)
    assert kept["level"] == 2
    assert aside is not None
    assert "not-restored" in aside.name


async def test_what_is_no_state_is_told_apart(tmp_path):
    path = tmp_path / "state.db"
    await make(path, 1, {})
    assert problem_of(path, 1) == ""
    assert "install the newer program" in problem_of(path, 0)
    (tmp_path / "text").write_bytes(b"hello" * 1000)
    assert "not a state file" in problem_of(tmp_path / "text", 1)
    sqlite3.connect(tmp_path / "empty").close()
    assert "not the state of an agent" in problem_of(tmp_path / "empty", 1)
