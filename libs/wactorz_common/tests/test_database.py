import sqlite3
import stat

import pytest

from wactorz_common.database import MIGRATIONS, connect, explain, open_database
from wactorz_common.errors import StoreError


def test_folder_and_file_are_for_the_owner_only(tmp_path):
    path = tmp_path / "new" / "agent" / "state.db"
    connection, aside = open_database(path)
    connection.execute("INSERT INTO state VALUES ('a', '1')")
    assert aside is None
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    connection.close()


def test_an_existing_folder_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    open_database(tmp_path / "state.db")[0].close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_commits_are_durable(tmp_path):
    connection, _ = open_database(tmp_path / "state.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert connection.execute("PRAGMA busy_timeout").fetchone() == (5000,)
    connection.close()


def test_an_older_file_is_migrated_and_keeps_its_rows(tmp_path):
    path = tmp_path / "state.db"
    connection, _ = open_database(path)
    connection.execute("INSERT INTO state VALUES ('a', '1')")
    connection.close()
    newer = (*MIGRATIONS, ("ALTER TABLE state ADD COLUMN note TEXT", "CREATE TABLE more (id INTEGER)"))
    connection, aside = open_database(path, newer)
    assert aside is None
    assert connection.execute("SELECT * FROM state").fetchall() == [("a", "1", None)]
    assert connection.execute("PRAGMA user_version").fetchone() == (len(newer),)
    connection.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path):
    path = tmp_path / "state.db"
    open_database(path)[0].close()
    with pytest.raises(StoreError, match="cannot be used"):
        open_database(path, (*MIGRATIONS, ("CREATE TABLE more (id INTEGER)", "SELECT nonsense FROM nowhere")))
    connection, _ = open_database(path)
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)
    connection.close()


def test_a_newer_file_is_refused_and_not_changed(tmp_path):
    path = tmp_path / "state.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"version 99, but this program knows only up to 1.*install the newer program"):
        open_database(path)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.corrupt-*"))


@pytest.mark.parametrize(
    "junk", [b"this is not a database" * 100, b"\x00" * 5000, b"SQLite format 3\x00" + b"\xff" * 4000]
)
def test_an_unreadable_file_is_put_aside_and_never_overwritten(tmp_path, junk):
    path = tmp_path / "state.db"
    path.write_bytes(junk)
    connection, aside = open_database(path)
    assert aside is not None
    assert aside.name.startswith("state.db.corrupt-")
    assert aside.read_bytes() == junk
    assert connection.execute("SELECT count(*) FROM state").fetchone() == (0,)
    connection.close()


def test_damage_inside_is_found_and_each_file_put_aside_gets_its_own_name(tmp_path):
    path = tmp_path / "state.db"
    seen = set()
    for _ in range(3):
        connection, _ = open_database(path)
        connection.executemany("INSERT INTO state VALUES (?, ?)", [(f"k{n}", "x" * 200) for n in range(500)])
        connection.close()
        data = bytearray(path.read_bytes())
        data[8192:20_480] = b"\xab" * (20_480 - 8192)
        path.write_bytes(data)
        connection, aside = open_database(path)
        connection.close()
        assert aside is not None
        assert aside.read_bytes() == bytes(data)
        seen.add(aside)
        path.unlink()
    assert len(seen) == 3


def test_an_empty_file_is_a_new_one(tmp_path):
    (tmp_path / "state.db").touch()
    connection, aside = open_database(tmp_path / "state.db")
    assert aside is None
    connection.close()


def test_a_folder_that_cannot_be_made_gives_one_clear_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"state folder .* cannot be used .*WACTORZ_STATE_DIR"):
        open_database(tmp_path / "file" / "state.db")
    with pytest.raises(StoreError, match=r"state folder .* cannot be used"):
        open_database(tmp_path / "file" / "deeper" / "state.db")


def test_a_file_that_cannot_be_opened_gives_one_clear_sentence(tmp_path):
    (tmp_path / "state.db").mkdir()
    with pytest.raises(StoreError, match=r"state file .* cannot be used .*WACTORZ_STATE_DIR"):
        open_database(tmp_path / "state.db")


def test_trouble_with_the_disk_has_a_sentence_and_a_wrong_statement_has_none(tmp_path):
    connection = connect(tmp_path / "x.db")
    with pytest.raises(sqlite3.OperationalError) as wrong:
        connection.execute("SELECT nonsense")
    assert explain(wrong.value, tmp_path) is None
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert "the disk is full" in str(explain(full, tmp_path))
    connection.close()
