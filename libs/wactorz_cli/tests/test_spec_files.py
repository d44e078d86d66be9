import io

import pytest

from wactorz_cli.errors import CommandFailed
from wactorz_cli.spec_files import read_spec


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.json", '{"name": "x"}', {"name": "x"}), ("a.yaml", "name: x\ncode: |\n  y = 1\n", {"name": "x", "code": "y = 1\n"}),
        ("a.YML", "name: x", {"name": "x"}), ("Night_Watch 2.py", "y = 1\n", {"name": "night-watch-2", "code": "y = 1\n"}),
    ],
)  # fmt: skip
def test_what_files_hold(tmp_path, name, text, wanted):
    (tmp_path / name).write_text(text)
    assert read_spec(str(tmp_path / name)) == wanted


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO('{"name": "x"}'))
    assert read_spec("-") == {"name": "x"}


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.json", b"[1]", "no specification"), ("a.json", b"{", "no valid JSON"), ("a.txt", b"x = 1", "ends in .py"),
        ("a.yaml", b"a: [", "no valid YAML"), ("a.yaml", b"!!python/object/apply:os.system [id]", "no valid YAML"),
        ("a.py", b"\xff\xfe", "no text file"), ("a.json", b"x" * 600_000, "too large"), ("a.json", b"[" * 50_000, "JSON"),
        ("a.yaml", b"5", "no specification"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_are_one_sentence(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CommandFailed, match=words) as caught:
        read_spec(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(CommandFailed, match="cannot be read"):
            read_spec(str(path))
