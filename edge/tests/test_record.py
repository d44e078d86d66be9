"""The record that a restarted runner reads."""

import json
import os

import pytest

from wactorz_edge import procfs
from wactorz_edge.record import NodeRecord, ProcessRecord, read, write, write_atomically


def make_record():
    me = procfs.identify(os.getpid())
    processes = {"llm": ProcessRecord("llm", pid=me["pid"], start=me["start"], deaths=[1.0], streak=1)}
    return NodeRecord(runner=me, boot=procfs.boot_id(), phase="ready", processes=processes)


def test_what_is_written_is_read(tmp_path):
    write(tmp_path / "r", make_record())
    assert read(tmp_path / "r") == make_record()
    assert (tmp_path / "r").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_a_record_of_another_boot_is_worth_nothing(tmp_path):
    record = make_record()
    record.boot = "another"
    write(tmp_path / "r", record)
    assert read(tmp_path / "r") is None


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"version": 1}', '{"version": 99, "boot": ""}'])
def test_a_record_that_cannot_be_understood_is_none(tmp_path, content):
    (tmp_path / "r").write_text(content)
    assert read(tmp_path / "r") is None


def test_fields_of_a_newer_version_are_ignored(tmp_path):
    write(tmp_path / "r", make_record())
    raw = json.loads((tmp_path / "r").read_text())
    raw["new"] = raw["processes"]["llm"]["new"] = 1
    (tmp_path / "r").write_text(json.dumps(raw))
    assert read(tmp_path / "r") == make_record()


def test_only_the_very_same_process_counts_as_living():
    record = make_record()
    assert record.is_current()
    assert record.living() == [(os.getpid(), procfs.start_ticks(os.getpid()))]
    record.processes["llm"].start -= 1
    record.runner["start"] -= 1
    assert record.living() == []
    assert not record.is_current()


def test_a_failed_write_leaves_the_old_content_and_no_draft(tmp_path, monkeypatch):
    write_atomically(tmp_path / "f", b"old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(tmp_path / "f", b"new")
    assert (tmp_path / "f").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]
