import json
import os

import pytest

from wactorz_demo_home.calllog import CallLog
from wactorz_demo_home.context import Context
from wactorz_demo_home.errors import DemoHomeError


def test_each_call_is_one_line_and_on_the_disk(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    path, context = tmp_path / "calls.jsonl", Context()
    log = CallLog(path)
    log.write(context, "lock", "lock", ["lock.a"], {"code": "1234", "x": 1}, ["lock.a"])
    log.write(context, "lock", "unlock", ["lock.a"], {}, [])
    log.close()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["service"] for line in lines] == ["lock", "unlock"]
    assert lines[0]["context_id"] == context.id
    assert lines[0]["data"] == {"x": 1}
    assert (lines[0]["changed"], lines[1]["changed"]) == (["lock.a"], [])
    assert synced[-1] == path.stat().st_size


def test_lines_are_only_added(tmp_path):
    for _ in range(2):
        log = CallLog(tmp_path / "calls.jsonl")
        log.write(Context(), "switch", "turn_on", ["switch.a"], {}, [])
        log.close()
    assert len((tmp_path / "calls.jsonl").read_text().splitlines()) == 2


def test_a_path_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoHomeError, match="cannot write its call log"):
        CallLog(tmp_path / "file" / "calls.jsonl")
