import importlib.util
from types import ModuleType

from wactorz_testing.phrases import gaps


def package(tmp_path, german, **modules):
    for name, text in {"german": f"GERMAN = {german!r}", **modules}.items():
        (tmp_path / f"{name}.py").write_text(text)
    spec = importlib.util.spec_from_file_location("german", tmp_path / "german.py")
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_whole_table_has_no_gaps(tmp_path):
    german = {"{a} is new": "{a} ist neu", "one": "eins", "two": "zwei", "later": "später"}
    module = package(tmp_path, german, said='phrase("{a} is new", a=1)\nphrase("one" if x else "two")\nX = "later"\n')
    assert gaps(module) == []


def test_each_gap_is_named(tmp_path):
    german = {"{a} is new": "{b} ist neu", "old": "alt"}
    module = package(tmp_path, german, said='phrase("{a} is new", a=1)\nphrase("un" "told")\n')
    assert gaps(module) == ["no German for: untold", "nobody says: old", "other places: {a} is new"]
