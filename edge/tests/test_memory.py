"""The memory of everything together."""

import os

from wactorz_edge import memory, procfs, record
from wactorz_edge.layout import Layout


def test_each_process_is_listed_once_and_the_dead_not_at_all(tmp_path, monkeypatch, capsys):
    layout = Layout(tmp_path)
    layout.prepare()
    me = procfs.identify(os.getpid())
    processes = {"llm": record.ProcessRecord("llm", **me), "main": record.ProcessRecord("main")}
    record.write(layout.record_file, record.NodeRecord(runner=me, boot=procfs.boot_id(), processes=processes))
    found = memory.measure(layout)
    assert sorted(found) == ["llm", "runner"]
    assert all(size > 1 for size in found.values())
    monkeypatch.setenv("WACTORZ_STATE_DIR", str(tmp_path))
    assert memory.main() == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("all ")


def test_nothing_runs_nothing_is_taken(tmp_path):
    assert memory.measure(Layout(tmp_path)) == {}
