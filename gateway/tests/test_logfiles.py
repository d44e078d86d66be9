"""Logs of the processes."""

import asyncio
import contextlib

import pytest

from wactorz_gateway.logfiles import Line, chosen, follow, log_file, log_names, tail, tail_all


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "main.log").write_text("2026-01-01T00:00:01Z a\n2026-01-01T00:00:03Z c\n  more\n")
    (tmp_path / "llm.log").write_text("2026-01-01T00:00:02Z b\n")
    return tmp_path


def test_last_lines_of_a_long_file(tmp_path):
    path = tmp_path / "x.log"
    path.write_text("".join(f"line {number} {'x' * 50}\n" for number in range(10_000)))
    lines = tail(path, 3)
    assert [line.split()[1] for line in lines] == ["9997", "9998", "9999"]
    assert len(tail(path, 5_000)) == 5_000


def test_several_logs_are_merged_by_time_and_lines_without_one_stay_behind_theirs(folder):
    merged = tail_all(folder, log_names(folder), 10)
    assert [line.line.strip()[-4:].strip()[-1] for line in merged] == ["a", "b", "c", "e"]
    assert merged[-1] == Line("main", "  more")
    assert len(tail_all(folder, log_names(folder), 2)) == 2


@pytest.mark.parametrize("name", ["..", "../secret", "a/b", "/etc/passwd", "nobody", "", "a\x00b", "MAIN"])
def test_only_logs_are_served(folder, name):
    (folder.parent / "secret.log").write_text("secret")
    if name:
        with pytest.raises(FileNotFoundError):
            chosen(folder, name)
    else:
        assert chosen(folder, name) == ["llm", "main"]


def test_links_are_not_followed(folder, tmp_path):
    (folder / "evil.log").symlink_to("/etc/passwd")
    with pytest.raises(FileNotFoundError):
        log_file(folder, "evil")
    assert "evil" not in log_names(folder)


async def test_new_lines_are_followed_and_a_new_file_is_read_from_its_start(folder):
    heard = []

    async def listen():
        async for line in follow(folder, ["main"]):
            heard.append(line.line)  # noqa: PERF401  # looked at while it grows

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.05)
    with (folder / "main.log").open("a") as log:
        log.write("new\nhalf")
    await until(lambda: heard == ["new"])
    (folder / "main.log").unlink()
    (folder / "main.log").write_text("other\n")
    await until(lambda: heard == ["new", "other"])
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert heard == ["new", "other"]


async def until(check):
    for _ in range(2000):
        if check():
            return
        await asyncio.sleep(0.02)
    pytest.fail("did not happen in time")
