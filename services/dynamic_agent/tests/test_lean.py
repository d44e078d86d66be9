"""A store from a template is a store like any other."""

import sqlite3

from wactorz_common.database import MIGRATIONS
from wactorz_common.store import Store
from wactorz_dynamic_agent.lean import LeanStore, make_blank


async def test_it_keeps_and_is_opened_by_the_plain_store(tmp_path) -> None:
    path = tmp_path / "a" / "state.db"
    store = LeanStore(path)
    store.open()
    await store.persist_all({"a": 1, "b": [2]})
    assert await store.read(lambda connection: connection.execute("SELECT count(*) FROM state").fetchone()) == (2,)
    await store.close()
    assert path.stat().st_mode & 0o777 == 0o600
    plain = Store(path)
    plain.open()
    assert (plain.put_aside, plain.kept()) == (None, {"a": 1, "b": [2]})
    await plain.close()


async def test_what_is_there_stays(tmp_path) -> None:
    path = tmp_path / "state.db"
    store = LeanStore(path)
    store.open()
    await store.persist("a", 1)
    await store.close()
    make_blank(path)
    store = LeanStore(path)
    store.open()
    assert store.recall("a") == 1
    await store.close()
    assert sorted(one.name for one in tmp_path.iterdir() if one.name.startswith(".")) == []


def test_the_template_is_what_the_library_would_make(tmp_path) -> None:
    def shape(path):
        connection = sqlite3.connect(path)
        found = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        facts = [connection.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "journal_mode")]
        connection.close()
        return found, facts

    make_blank(tmp_path / "ours.db")
    plain = Store(tmp_path / "theirs.db")
    plain.open()
    plain._release()
    assert shape(tmp_path / "ours.db") == shape(tmp_path / "theirs.db")
    assert shape(tmp_path / "ours.db")[1] == [(len(MIGRATIONS),), ("wal",)]
