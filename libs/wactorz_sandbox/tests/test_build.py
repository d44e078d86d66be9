import json
import os

from wactorz_sandbox import build


def test_the_hash_follows_the_sources(monkeypatch, tmp_path):
    build.guest_hash.cache_clear()
    before = build.guest_hash()
    monkeypatch.setattr(build, "_GUEST", tmp_path)
    (tmp_path / "api.py").write_text("x = 1")
    build.guest_hash.cache_clear()
    after = build.guest_hash()
    build.guest_hash.cache_clear()
    assert len(before) == len(after) == 16
    assert before != after


def test_files_carry_what_they_depend_on(tmp_path):
    assert build.guest_hash() in build.component_path(tmp_path).name
    assert build.stamp()["wasmtime"] in build.code_path(tmp_path).name
    assert build.stamp()["machine"] in build.code_path(tmp_path).name


def test_nothing_is_usable_in_an_empty_folder(tmp_path):
    assert build.usable(tmp_path) is None
    assert build.usable(tmp_path / "none") is None


def test_a_stamp_without_code_or_sense_is_not_usable(tmp_path):
    stamp = build.code_path(tmp_path).with_suffix(".json")
    stamp.write_text(json.dumps(build.stamp()))
    assert build.usable(tmp_path) is None
    stamp.write_text("no json")
    assert build.usable(tmp_path) is None


def test_a_failing_build_says_why_and_ends_with_an_error(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert build.main(["--out", str(blocked / "below")]) == 1
    assert "Not a directory" in capsys.readouterr().out


def test_only_the_newest_files_of_other_versions_stay(tmp_path):
    for age in range(10):
        path = tmp_path / f"agent-{age}.wasm"
        path.touch()
        os.utime(path, (1000 - age, 1000 - age))
    build.component_path(tmp_path).touch()
    os.utime(build.component_path(tmp_path), (0, 0))
    build._tidy(tmp_path)
    kept = {path.name for path in tmp_path.iterdir()}
    assert kept == {build.component_path(tmp_path).name, *(f"agent-{age}.wasm" for age in range(6))}
