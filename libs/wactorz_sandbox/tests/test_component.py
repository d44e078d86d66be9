import json
import shutil

import pytest

from wactorz_sandbox import build
from wactorz_sandbox.component import Component
from wactorz_sandbox.errors import ComponentError

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(400)]


@pytest.fixture
def folder(component, tmp_path):
    """A copy of the built machine code, with the component beside it."""
    tmp_path.chmod(0o700)
    for path in (build.code_path(build.default_folder()), build.component_path(build.default_folder())):
        shutil.copy(path, tmp_path)
    shutil.copy(build.code_path(build.default_folder()).with_suffix(".json"), tmp_path)
    return tmp_path


def restamp(folder, **changes):
    path = build.code_path(folder).with_suffix(".json")
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_what_is_built_is_loaded_without_a_word(folder):
    said = []
    Component.load_now(folder, log=said.append)
    Component.load_now(folder / "empty", shipped=folder, log=said.append)
    assert said == []


@pytest.mark.parametrize("change", [{"wasmtime": "1.0.0"}, {"machine": "sparc"}, {"flags": ""}, {"sha256": "0" * 64}])
def test_a_stamp_that_does_not_fit_makes_the_code_unusable(folder, change):
    restamp(folder, **change)
    assert build.usable(folder) is None


def test_changed_code_is_not_loaded(folder):
    code = build.code_path(folder)
    data = bytearray(code.read_bytes())
    data[len(data) // 2] ^= 1
    code.write_bytes(data)
    assert build.usable(folder) is None


@pytest.mark.parametrize("of", ["file", "folder"])
def test_code_that_others_can_write_is_not_loaded(folder, of):
    (build.code_path(folder) if of == "file" else folder).chmod(0o777)
    assert build.usable(folder) is None


def test_unusable_code_is_compiled_anew_from_the_component(folder, tmp_path):
    restamp(folder, wasmtime="1.0.0")
    said = []
    Component.load_now(folder, log=said.append)
    assert "compiling the guest component for this machine" in said
    assert "building the guest component" not in said
    assert build.usable(folder) is not None


def test_code_for_another_processor_under_a_right_stamp_is_compiled_anew(folder):
    code = build.code_path(folder)
    code.write_bytes(b"\x7fELF" + bytes(100))
    restamp(folder, sha256=build._digest(code))
    said = []
    Component.load_now(folder, log=said.append)
    assert "does not fit this machine" in said[0]
    assert code.stat().st_size > 1_000_000


def test_without_component_and_tool_the_remedy_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "find_spec", lambda _: None)
    with pytest.raises(ComponentError, match="install componentize-py=="):
        build.make(tmp_path, print)
