"""The project's own tools: scaffold, validator, generators."""

import importlib
import subprocess
import sys
import types
from pathlib import Path

import pytest
import yaml

from wactorz_common.contracts import CHANNELS, OPERATIONS
from wactorz_common.errors import ContractError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> "types.SimpleNamespace":
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    names = ("check_services", "new_agent")
    return types.SimpleNamespace(**{name: importlib.import_module(name) for name in names})


def test_a_scaffolded_service_keeps_the_shape_and_passes_its_tests(tool: types.SimpleNamespace, tmp_path: Path) -> None:
    folder = tool.new_agent.make("rain-watch", "Tells when it rains.", tmp_path)
    assert list(tool.check_services.problems(folder)) == []
    path = f"{folder / 'src'}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder / "tests")],
        env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_the_scaffold_refuses_bad_names_and_existing_folders(tool: types.SimpleNamespace, tmp_path: Path) -> None:
    tool.new_agent.make("rain", "Rain.", tmp_path)
    for name in ("rain", "Rain", "by-name", "-rain", "a/b"):
        with pytest.raises(ContractError):
            tool.new_agent.make(name, "Rain.", tmp_path)


def test_a_module_of_a_subpackage_has_a_test_that_names_both_where_its_name_is_taken(
    tool: types.SimpleNamespace, tmp_path: Path
) -> None:
    folder = tool.new_agent.make("rain", "Rain.", tmp_path)
    package, tests = folder / "src" / "wactorz_rain", folder / "tests"
    (package / "clouds").mkdir()
    for name in ("clouds/__init__", "clouds/desk", "clouds/drops", "desk"):
        (package / f"{name}.py").write_text('"""Rain."""\n')
    for name in ("test_desk.py", "test_drops.py"):
        (tests / name).write_text("")
    assert list(tool.check_services.problems(folder)) == ["clouds/desk.py has no tests/test_clouds_desk.py"]
    (tests / "test_drops.py").rename(tests / "test_clouds_drops.py")
    (tests / "test_clouds_desk.py").write_text("")
    assert list(tool.check_services.problems(folder)) == []


def test_the_validator_sees_departures(tool: types.SimpleNamespace, tmp_path: Path) -> None:
    folder = tool.new_agent.make("rain", "Rain.", tmp_path)
    package = folder / "src" / "wactorz_rain"
    (folder / "Dockerfile").write_text("FROM scratch\n")
    (package / "utils.py").write_text('TOPIC = "agents/x/heartbeat"\n')
    (package / "settings.py").unlink()
    found = " ".join(tool.check_services.problems(folder))
    for part in (
        "Dockerfile",
        "settings.py is missing",
        "utils.py: name it",
        "belongs into the contracts",
        "test_utils.py",
    ):
        assert part in found


def test_every_address_and_operation_is_in_the_asyncapi_document() -> None:
    document = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text())
    assert {entry["address"] for entry in document["channels"].values()} == {channel.address for channel in CHANNELS}
    assert {f"task_{operation.action}" for operation in OPERATIONS} <= set(document["operations"])


def test_generated_files_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "gen.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_models_that_the_bus_has_too_are_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    rest_types = importlib.import_module("generators.rest_types")
    same = {"type": "object", "properties": {"a": {"type": "string"}}}
    names = {"type": "object", "properties": {"one": {"$ref": "#/components/schemas/Other"}}}
    schemas = {"Same": same, "Names": names, "Other": same, "Own": same}
    known = {"Same": same, "Names": names, "Other": {**same, "required": ["a"]}}
    assert rest_types._shared(schemas, known) == {"Same"}, "what names a model that differs differs too"
    text = (ROOT / "spa/src/contracts/rest.ts").read_text()
    assert "export interface Rule {" not in text
    assert "  Rule,\n" in text.partition('} from "./generated"')[0]
