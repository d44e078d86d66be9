"""What a person is told while the system starts."""

import os
import time

import pytest

from wactorz_edge import procfs
from wactorz_edge.layout import Layout
from wactorz_edge.progress import Progress, failure, hint
from wactorz_edge.record import NodeRecord, ProcessRecord, write


@pytest.fixture
def layout(tmp_path):
    layout = Layout(tmp_path)
    assert layout.prepare() == ""
    return layout


def make_record(*ready, late=(), **more):
    now = time.time()
    processes = {name: ProcessRecord(name, ready_at=now + n) for n, name in enumerate(ready, 1)}
    processes |= {name: ProcessRecord(name, state="backoff") for name in late}
    me = procfs.identify(os.getpid())
    return NodeRecord(runner=me, boot=procfs.boot_id(), processes=processes, address="http://a", **more)


def test_each_process_is_shown_once_and_the_address_last(layout):
    progress = Progress(layout)
    assert progress.news() == []
    write(layout.record_file, make_record("broker", late=["main"]))
    assert [line.split()[0] for line in progress.news()] == ["broker"]
    assert progress.news() == []
    write(layout.record_file, make_record("broker", "main", phase="ready"))
    lines = progress.news()
    assert "main" in lines[0]
    assert "ready after" in lines[0]
    assert lines[1] == "Wactorz is ready: http://a"
    assert "turn on the kitchen light" in lines[2]
    assert progress.finished
    assert progress.news() == []


def test_while_there_is_no_owner_it_is_told_how_to_become_one(layout, monkeypatch):
    (layout.secrets_dir / "setup-code").write_text("7K2M-QX4D-9TFA\n")
    write(layout.record_file, make_record("broker", phase="ready"))
    with (layout.logs_dir / "launcher.log").open("w") as log:
        monkeypatch.setattr("sys.stdout", log)
        into_a_file = Progress(layout).news()[-1]
    monkeypatch.undo()
    assert "7K2M" not in into_a_file
    assert str(layout.secrets_dir / "setup-code") in into_a_file
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "w") as screen:
        monkeypatch.setattr("sys.stdout", screen)
        assert Progress(layout).news()[-1] == "To make your account: http://a with the code 7K2M-QX4D-9TFA"
        (layout.secrets_dir / "setup-code").unlink()
        assert "account" not in Progress(layout).news()[-1]


def test_an_installation_is_told_once(layout):
    progress = Progress(layout)
    write(layout.record_file, make_record(phase="installing"))
    assert "Installing the message broker" in progress.news()[0]
    assert progress.installing
    write(layout.record_file, make_record("broker", late=["main"]))
    assert len(progress.news()) == 1
    assert not progress.installing


def test_the_record_of_a_dead_runner_is_not_progress(layout):
    record = make_record("broker", phase="ready")
    record.runner["start"] += 1
    write(layout.record_file, record)
    progress = Progress(layout)
    assert progress.news() == []
    assert not progress.finished


def test_a_failure_is_told_by_its_reason(layout):
    write(layout.record_file, make_record("broker", problem="Port 8080 is taken"))
    assert failure(layout) == "Port 8080 is taken"


def test_a_failure_without_a_reason_names_who_is_late_and_what_it_wrote(layout):
    layout.log_file("main").write_text("one\n\ntwo\n")
    write(layout.record_file, make_record("broker", late=["main", "llm"]))
    told = failure(layout)
    assert "main is not ready (backoff):\n    one\n    two" in told
    assert "llm is not ready (backoff):\n    its log is empty" in told
    assert "broker" not in told


def test_without_a_record_the_runners_own_log_speaks(layout):
    layout.log_file("runner").write_text("ImportError: x\n")
    assert failure(layout) == "ImportError: x"


def test_only_the_end_of_a_long_log_is_read(layout):
    layout.log_file("x").write_bytes(b"a" * 20_000 + b"\nb\xff\nlast\n")
    assert hint(layout.log_file("x"), 2) == "b\ufffd\nlast"
    assert hint(layout.log_file("none"), 2) == ""
