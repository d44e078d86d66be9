"""What the guide about the minds tells to type and to say works, in the order in which it stands there."""

import importlib.util
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from wactorz_llm.settings import LlmSettings
from wactorz_main.command_table import COMMANDS
from wactorz_testing.system import Answer, System, started
from wactorz_understanding.meaning import RuleMeaning

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "minds.md").read_text()
CORPUS = ROOT / "libs" / "wactorz_understanding" / "tests" / "corpus"


def blocks(language: str) -> list[str]:
    """The text of every block of a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def section(title: str) -> str:
    """The text of a chapter."""
    return GUIDE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def sentences(column: int) -> list[str]:
    """What the tables of rules say, in one language."""
    rows = [row.split("|") for row in section("Rules").splitlines() if row.startswith("| ") and "`" in row]
    return [row[column].strip(" `") for row in rows]


COMMAND_LINES = [line for line in "".join(blocks("bash")).splitlines() if line.strip()]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with started(tmp_path_factory.mktemp("minds") / "state") as running:
        yield running


@pytest.fixture(scope="module")
def answers(system: System, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """Each command of the guide with what came of it, all given one after the other."""
    folder, found = tmp_path_factory.mktemp("work"), {}
    for line in COMMAND_LINES:
        command = [sys.executable, "-m", "wactorz_cli", *shlex.split(line)[2:]]
        done = subprocess.run(
            command, env=system.env, cwd=folder, capture_output=True, text=True, timeout=60, check=False
        )
        found[line] = Answer(done.returncode, done.stdout, done.stderr)
    return found


def said(answers: dict[str, Answer], part: str) -> str:
    """What the first command with this part printed."""
    return next(answer.out for line, answer in answers.items() if part in line)


def test_every_command_of_the_guide_works(answers: dict[str, Answer]) -> None:
    assert len(answers) >= 20
    assert all(line.startswith("./just wactorz ") for line in answers)
    assert [(line, answer) for line, answer in answers.items() if answer.code != 0 or "Traceback" in answer.err] == []


def test_limits_are_set_and_taken_away(system: System, answers: dict[str, Answer]) -> None:
    assert "$2.00" in said(answers, "limit 2 daily")
    assert "planner" in said(answers, "agent planner")
    assert "$2.00" not in system.run("cost").out


def test_what_was_remembered_is_told_and_forgotten(answers: dict[str, Answer]) -> None:
    assert "fact_sister" in said(answers, "remember that my sister")
    assert "my sister is called Ada" in said(answers, "what do you remember")


def test_a_password_is_never_seen_again(system: System, answers: dict[str, Answer]) -> None:
    shown = re.sub(r"password-\w+", "password-REFERENCE", said(answers, "the wifi password"))
    assert re.sub(r"password-\w+", "password-REFERENCE", blocks("text")[1]).strip() in shown
    kept = [path for path in system.state_dir.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(kept) > 10
    assert [path for path in kept if b"Blue-Lagoon-77" in path.read_bytes()] == []


def test_the_rule_of_the_file_was_written_and_taken_back(answers: dict[str, Answer]) -> None:
    assert "there already" in said(answers, "rules import")
    assert "deleted" in said(answers, '"/undo"')


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("sentence", sentences(2))
def test_a_sentence_of_the_table_becomes_a_rule_that_runs(system: System, sentence: str) -> None:
    answer = system.say(sentence, session=f"rules-{time.time_ns()}")
    assert (answer["status"], answer["source"]) == ("done", "rules"), answer
    assert re.match(r"Rule [0-9a-f]{8} is active\. .* /rules delete [0-9a-f]{8}\n", answer["reply"]), answer
    assert "\nwhen:\n" in answer["reply"]


@pytest.mark.usefixtures("answers")
def test_the_file_of_the_guide_is_a_rule_and_can_be_changed(system: System) -> None:
    [document] = blocks("yaml")
    answer = system.say(f"/rules import\n{document}", session="files")
    assert "1 made" in answer["reply"], answer
    rule = next(one for one in system.get("/api/rules") if one["task"] == "Nobody home, door open")
    assert rule["draft"]["missed"] == "catch_up"
    assert (rule["draft"]["trigger"]["for_seconds"], rule["draft"]["notices"][0]["severity"]) == (300, "critical")
    for change in (document.replace("10 min", "20 min"), document[document.index("when:") :]):
        assert "is changed" in system.say(f"/rules edit {rule['rule_id']} {change}", session="files")["reply"]
    sentence = "when the front door opens, turn on the kitchen light"
    assert "is changed" in system.say(f"/rules edit {rule['rule_id']} {sentence}", session="files")["reply"]
    why = system.say(f"why did rule {rule['rule_id']} not fire last night?", session="files")["reply"]
    assert "did not fire between" in why
    assert "would have fired" in system.say(f"/backtest {rule['rule_id']} 14", session="files")["reply"]


@pytest.fixture(scope="module")
def german() -> Callable[[str], Any]:
    sys.path.insert(0, str(CORPUS))
    specification = importlib.util.spec_from_file_location("rate_rules_of_the_corpus", CORPUS / "rate_rules.py")
    assert specification is not None
    assert specification.loader is not None
    rate_rules: ModuleType = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(rate_rules)
    readers: dict[str, Callable[[str], Any]] = rate_rules.readers(rate_rules.load_rules())
    return readers["de"]


@pytest.mark.parametrize("sentence", sentences(3))
def test_a_german_sentence_of_the_table_is_a_rule(german: Callable[[str], Any], sentence: str) -> None:
    assert isinstance(german(sentence), RuleMeaning)


def test_the_table_of_commands_is_the_registry() -> None:
    rows = re.findall(r"^\| `(/.+?)` \| (.+) \|$", section("Commands"), re.MULTILINE)
    told = [(usage.replace("\\|", "|"), summary.replace("\\|", "|")) for usage, summary in rows]
    assert told == [(command.usage, command.summary) for command in COMMANDS]


def test_the_settings_and_models_exist() -> None:
    known = (ROOT / "docs" / "settings.md").read_text()
    names = set(re.findall(r"\b((?:WACTORZ_[A-Z]+|LLM|ANTHROPIC|OPENAI|GEMINI|NIM|OLLAMA)_[A-Z_]+)\b", GUIDE))
    assert len(names) > 20
    assert [name for name in sorted(names) if f"`{name.removesuffix('_FILE')}`" not in known] == []
    described = " ".join(str(field.description) for field in LlmSettings.model_fields.values())
    models = [model for row in section("Models").splitlines() if row.startswith("| `") for model in row.split("|")[4:5]]
    assert [name for cell in models for name in re.findall(r"`([a-z][\w./-]+)`", cell) if name not in described] == []
