"""What the guide about the house tells to type and to say works, in the order in which it stands there."""

import importlib.util
import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from wactorz_common.contracts.automating import ActuatorConfig
from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_home_assistant_state_bridge.settings import HomeAssistantStateBridgeSettings
from wactorz_testing.system import Answer, System, eventually, started
from wactorz_understanding import Understander
from wactorz_understanding.context import Context
from wactorz_understanding.meaning import Adjust, Calls, Question, RuleMeaning

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "house.md").read_text()
RATE = ROOT / "libs" / "wactorz_understanding" / "tests" / "corpus" / "rate.py"
SOON = {
    "why light.hallway_light": "nobody had to be asked",
    "@door-lamp": "acted 1 time",
    "why light.living_room_lamp": "door-lamp",
}
"""What some commands tell once a deed is done; the guide's reader types slower than a rule acts."""

WAITS = {'./just wactorz ask "unlock the front door"'}
GERMAN_MEANINGS = (Calls, Adjust, Question, RuleMeaning)


def blocks(language: str) -> list[str]:
    """The text of every block of a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def section(title: str) -> str:
    """The text of a chapter."""
    return GUIDE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def commands() -> list[str]:
    """Each command; one with an open quotation goes on in the next line."""
    found: list[str] = []
    for line in "".join(blocks("bash")).replace("\\\n", " ").splitlines():
        if found and found[-1].count("'") % 2:
            found[-1] += line
        elif line.strip():
            found.append(line)
    return found


def conversations(part: str) -> list[list[str]]:
    """The sentences of each row of a table."""
    rows = [row.split("|")[2] for row in part.splitlines() if row.startswith("| ") and "`" in row]
    return [re.findall(r"`([^`]+)`", row) for row in rows]


ENGLISH, GERMAN = section("What you can say").split("The same in German", 1)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with started(tmp_path_factory.mktemp("house") / "state") as running:
        yield running


@pytest.fixture(scope="module")
def answers(system: System, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """Each command of the guide with what came of it, all given one after the other."""
    folder = tmp_path_factory.mktemp("work")
    found = {}
    for line in commands():
        command = shlex.split(line.replace("http://127.0.0.1:8080", system.url))
        if command[0] == "./just":
            command = [sys.executable, "-m", "wactorz_cli", *command[2:]]
        awaited = next((told for part, told in SOON.items() if part in line), "")
        until = time.monotonic() + 20
        while True:
            done = subprocess.run(
                command, env=system.env, cwd=folder, capture_output=True, text=True, timeout=120, check=False
            )
            found[line] = Answer(done.returncode, done.stdout, done.stderr)
            if awaited in done.stdout or time.monotonic() > until:
                break
        if "door-lamp" in line and command[0] == "curl":
            eventually(lambda: "running" in system.run("agents", "door-lamp").out, 30, "the agent")
    return found


def said(answers: dict[str, Answer], part: str) -> str:
    """What the first command with this part printed."""
    return next(answer.out for line, answer in answers.items() if part in line)


def test_every_command_of_the_guide_works(answers: dict[str, Answer]) -> None:
    assert len(answers) >= 25
    wrong = [(line, answer) for line, answer in answers.items() if answer.code != (3 if line in WAITS else 0)]
    assert wrong == []
    assert [line for line, answer in answers.items() if '"status":4' in answer.out or "Traceback" in answer.err] == []


def test_what_waits_is_listed_and_nothing_opens(system: System, answers: dict[str, Answer]) -> None:
    assert "Unlock the front door" in said(answers, "wactorz approvals")
    assert system.state_of("lock.front_door")["state"] == "locked"
    assert "23:00-06:00" in said(answers, "policy get")
    assert "waits for a yes" in said(answers, "policy clear")


def test_the_chain_begins_as_the_guide_shows(answers: dict[str, Answer]) -> None:
    told = said(answers, "why light.hallway_light")
    for line in next(block for block in blocks("text") if "fired" in block).strip().splitlines():
        pattern = re.escape(line).replace("10:21", r"\d\d:\d\d").replace("7bf0a328", r"[0-9a-f]+")
        assert re.search(pattern, told), (line, told)


def test_the_log_is_intact_and_the_past_is_told(answers: dict[str, Answer]) -> None:
    assert "intact" in said(answers, "audit verify")
    assert "would have fired" in said(answers, "backtest")
    assert "Nothing was written" in said(answers, "undo --dry-run")


def test_the_lamp_at_the_door_goes_on_once(system: System, answers: dict[str, Answer]) -> None:
    assert "acted 1 time." in said(answers, "@door-lamp")
    assert "door-lamp" in said(answers, "why light.living_room_lamp") + said(answers, "audit")
    assert system.state_of("light.living_room_lamp")["state"] == "on"
    assert "door-lamp" not in {agent["name"] for agent in system.get("/api/agents")}


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("sentences", conversations(ENGLISH), ids=lambda row: row[0])
def test_what_the_table_says_is_understood(system: System, sentences: list[str]) -> None:
    session = f"table-{time.time_ns()}"
    for sentence in sentences:
        answer = httpx.post(f"{system.url}/api/chat", json={"message": sentence, "session": session}, timeout=60).json()
        assert answer["status"] == "done", (sentence, answer)
        assert answer["source"] == "rules"


@pytest.fixture(scope="module")
def german() -> Understander:
    specification = importlib.util.spec_from_file_location("rate_of_the_corpus", RATE)
    assert specification is not None
    assert specification.loader is not None
    rate: ModuleType = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(rate)
    understander = Understander("en", ("de",))
    understander.load(rate.load_house("house_de"))
    return understander


@pytest.mark.parametrize("sentences", conversations(GERMAN), ids=lambda row: row[0])
def test_what_the_german_table_says_is_understood(german: Understander, sentences: list[str]) -> None:
    context = Context()
    for sentence in sentences:
        understanding = german.understand(sentence, context)
        assert isinstance(understanding.meaning, GERMAN_MEANINGS), (sentence, understanding.meaning)
        assert understanding.language == "de"
        context = understanding.context


def test_the_configuration_is_one() -> None:
    shown: dict[str, Any] = json.loads(blocks("json")[0])
    config = ActuatorConfig.of(SpawnSpec.accept(shown))
    assert config.cooldown_seconds == 30
    fields = re.findall(r"^\| `(\w+)` \|", section("Agents of type ha_actuator"), re.MULTILINE)
    assert set(fields) == set(ActuatorConfig.model_fields) - {"automation_id", "description"}


def test_the_settings_exist_with_these_defaults() -> None:
    known = (ROOT / "docs" / "settings.md").read_text()
    assert [name for name in re.findall(r"`((?:WACTORZ|HA)_[A-Z_]+)", GUIDE) if name not in known] == []
    assert HomeAssistantStateBridgeSettings.model_fields["fill_seconds"].default == 600
    for row in re.findall(r"^\| `(WACTORZ_\w+)` \| `?([\w,]+)`? \|", GUIDE, re.MULTILINE):
        assert re.search(rf"`{row[0]}` \| {row[1]}(\.0)? \|", known), row
