"""What the guide about spawned agents tells to type works, in the order in which it stands there."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from wactorz_common.contracts.guests import FREE, FREE_TO_HEAR
from wactorz_common.contracts.spawning import Grants
from wactorz_dynamic_agent import checks
from wactorz_sandbox.guest.api import Agent
from wactorz_sandbox.guest.model import Model
from wactorz_sandbox.guest.window import Window
from wactorz_sandbox.limits import Limits
from wactorz_testing.system import Answer, System, eventually, started

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "agents.md").read_text()


def blocks(language: str) -> list[str]:
    """The text of every block of a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def section(title: str) -> str:
    """The text of a chapter."""
    return GUIDE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


COMMANDS = [
    line.strip() for block in blocks("bash") for line in block.replace("\\\n", " ").splitlines() if line.strip()
]
CODE = blocks("python")[0]
BACKUP = "backup wactorz.tar"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with started(tmp_path_factory.mktemp("guide") / "state") as running:
        yield running


@pytest.fixture(scope="module")
def answers(system: System, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Answer]]:
    """Each command of the guide with what came of it, all given one after the other in one folder."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "door-counter.py").write_text(CODE)
    found = []
    for line in COMMANDS:
        if "and now?" in line:  # the guide's reader types slower than a door opens
            eventually(lambda: "1 so far" in system.run("logs", "door-counter").out, 60, "the door was counted")
        command = shlex.split(line.replace("http://127.0.0.1:8080", system.url))
        if command[0] == "./just":
            command = [sys.executable, "-m", "wactorz_cli", *command[2:]]
        done = subprocess.run(
            command, env=system.env, cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        found.append((line, Answer(done.returncode, done.stdout, done.stderr)))
    return found


def said(answers: list[tuple[str, Answer]], part: str) -> str:
    """What the first command with this part printed."""
    return next(answer.out for line, answer in answers if part in line)


def test_every_command_of_the_guide_works(answers: list[tuple[str, Answer]]) -> None:
    assert len(answers) >= 14
    failed = [(line, answer) for line, answer in answers if answer.code != 0]
    assert [(line, answer) for line, answer in failed if not line.endswith(BACKUP)] == []
    assert [line for line, answer in answers if '"status":4' in answer.out or "Traceback" in answer.err] == []


def test_a_backup_after_a_deletion_misses_nobody(answers: list[tuple[str, Answer]]) -> None:
    found = next(answer for line, answer in answers if line.endswith(BACKUP))
    assert (found.code, found.err) == (0, "")


def test_the_first_agent_counts(answers: list[tuple[str, Answer]]) -> None:
    assert "The front door was opened 0 times." in said(answers, "how often?")
    assert "The front door was opened 1 times." in said(answers, "and now?")
    assert "opened, 1 so far" in said(answers, "logs ")
    assert "spawned" in said(answers, "agents door-counter")


def test_what_was_replaced_is_remembered(answers: list[tuple[str, Answer]]) -> None:
    report = json.loads(said(answers, "/spec"))
    assert report["spec"]["code"] == CODE
    assert [past["description"] for past in report["history"]] == ["Counts how often the front door is opened"]


def test_what_was_deleted_is_gone_and_the_persona_is_there(system: System, answers: list[tuple[str, Answer]]) -> None:
    assert "is deleted" in said(answers, "agents delete door-counter")
    names = {agent["name"] for agent in system.get("/api/agents") if agent["spawned"]}
    assert "chef" in names
    assert not names & {"door-counter", "echo"}


def test_a_proposal_waits_for_a_yes_as_the_guide_shows(system: System) -> None:
    spec = {"name": "tide", "code": "def handle_task(agent, payload):\n    return 1\n"}
    asked = {**spec, "grants": {"http": ["example.org"]}, "_proposed_by": "main"}
    file = system.state_dir.parent / "tide.json"
    file.write_text(json.dumps(asked))
    assert system.run("spawn", str(file)).code == 0
    shown = system.run("approvals").out
    expected = next(block for block in blocks("text") if "may call example.org" in block)
    assert shown.split(maxsplit=1)[1].split(" (asked")[0] == expected.split(maxsplit=1)[1].split(" (asked")[0]
    assert "running" not in system.run("agents", "tide").out
    answer = system.run("approve", shown.split()[0])
    assert answer.code == 0, answer
    eventually(lambda: "running" in system.run("agents", "tide").out, 30, "the approved agent")


def test_packages_are_refused_natively_as_the_guide_says(system: System) -> None:
    file = system.state_dir.parent / "numpy.json"
    spec = {"name": "sums", "code": "def handle_task(agent, payload):\n    return 1\n", "install": ["numpy"]}
    file.write_text(json.dumps(spec))
    refused = system.run("spawn", str(file))
    assert refused.code == 1
    assert "WACTORZ_ALLOW_PROCESS_AGENTS=1" in refused.err


def test_the_error_that_is_shown_is_the_real_one() -> None:
    code = "import requests\nasync def handle_task(agent, payload):\n    return 1\n"
    assert checks.problems_of(code, has_packages=False)[0] in blocks("text")[0]


def test_functions_grants_and_calls_of_the_tables_exist() -> None:
    rows = re.findall(r"^\| `(\w+)\(agent", section("What the code may define"), re.MULTILINE)
    assert set(rows) == set(checks.FUNCTIONS) - {"on_answer"}
    assert set(re.findall(r"^\| `(\w+):", section("Grants"), re.MULTILINE)) == set(Grants.model_fields)
    for filter_ in (*FREE, *FREE_TO_HEAR):
        assert f"`{filter_}`" in section("Grants")
    calls = re.findall(r"^\| (.*?) \| ", section("What `agent` offers"), re.MULTILINE)
    named = {name for cell in calls for name in re.findall(r"`(\w+)\(", cell)}
    assert len(named) > 20
    assert [name for name in sorted(named) if not hasattr(Agent, name)] == []
    window = next(line for line in GUIDE.splitlines() if line.startswith("| `window("))
    assert [name for name in re.findall(r"`(\w+)[`(]", window)[1:] if not hasattr(Window, name)] == []
    assert all(hasattr(Model, name) for name in re.findall(r"`llm\.(\w+)\(", GUIDE))


def test_limits_of_the_table_are_the_real_ones() -> None:
    limits, text = Limits(), section("Limits")
    assert f"{limits.slice_seconds:g} s ({limits.load_seconds:g} s to load, {limits.setup_seconds:g} s" in text
    assert f"{limits.publishes_per_second:g} a second" in text
    assert f"{limits.logs_per_second:g} a second, {limits.log_chars:,} characters" in text
    sizes = (limits.message_bytes // 1024, limits.value_bytes // 1024, limits.state_bytes // 1024**2)
    assert "{} KiB; {} KiB; {} MiB".format(*sizes) in text
    assert f"{limits.subscriptions} filters" in text
    assert f"{limits.refusals:,} of them in 10 s" in text
    assert f"{limits.memory_mb}, at most 1024" in text
