"""What the README tells a newcomer to type works, in the order in which it stands there."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from wactorz_testing.system import Answer, System, eventually, started

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"))
COMMAND = (sys.executable, "-m", "wactorz_cli")
WAITS = 'ask "unlock the front door"'


def section(title: str) -> str:
    """The text of a chapter."""
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def commands(text: str) -> list[str]:
    """Every line of the bash blocks, without its comment."""
    blocks = re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


TOUR = [line.removeprefix("./just wactorz ") for line in commands(section("Five minutes"))]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with started(tmp_path_factory.mktemp("readme") / "state") as running:
        yield running


@pytest.fixture(scope="module")
def answers(system: System) -> dict[str, Answer]:
    """Each command of the tour with what came of it, all given one after the other."""
    return {line: system.run(*shlex.split(line)) for line in TOUR}


def test_the_tour_is_a_tour() -> None:
    assert len(TOUR) == len(set(TOUR))
    assert len(TOUR) >= 8
    assert all(line.startswith("./just wactorz ") for line in commands(section("Five minutes")))
    assert WAITS in TOUR


@pytest.mark.parametrize("line", TOUR)
def test_a_command_of_the_tour_ends_as_the_readme_says(answers: dict[str, Answer], line: str) -> None:
    answer = answers[line]
    assert answer.code == (3 if line == WAITS else 0), answer
    assert answer.out.strip()
    assert "Traceback" not in answer.out + answer.err


def test_the_tour_moves_the_house(system: System, answers: dict[str, Answer]) -> None:
    assert "waits for your yes" in answers[WAITS].out
    assert "intact" in answers["audit verify"].out
    assert "28" in answers["why climate.kitchen_air_conditioner"].out
    assert system.state_of("light.kitchen_light")["state"] == "on"
    assert round(system.state_of("light.bedroom_light")["attributes"]["brightness"] / 2.55) == 30
    eventually(lambda: system.state_of("cover.blinds")["state"] == "closed", 10, "the blinds")
    eventually(lambda: system.state_of("climate.kitchen_air_conditioner")["state"] != "off", 5, "the air conditioner")
    assert "28" in answers['ask "/rules"'].out
    assert system.state_of("lock.front_door")["state"] == "locked"


def test_the_first_lines_of_the_readme_are_true(system: System) -> None:
    shown = re.search(r'\$ wactorz (ask "[^"]+")\n(.*?)\n\n', README, re.DOTALL)
    assert shown is not None
    assert system.run(*shlex.split(shown[1])).out.strip() == shown[2]


def test_what_can_be_typed_in_a_conversation(system: System) -> None:
    talk = "turn on the office light\n/stop all\nturn off the office light\n/go\n/quit\n"
    command = [*COMMAND, "chat"]
    done = subprocess.run(command, env=system.env, input=talk, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "Everything is stopped" in done.stdout
    assert "may act again" in done.stdout
    assert system.state_of("light.office_light")["state"] == "on"


def test_logs_can_be_followed(system: System) -> None:
    command = [*COMMAND, "logs", "-f"]
    with subprocess.Popen(command, env=system.env, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        assert following.stdout.readline().strip()
        following.terminate()
    assert system.run("logs", "gateway").code == 0


def test_pages_that_the_readme_names_are_served(system: System) -> None:
    for path in re.findall(r"http://127\.0\.0\.1:8080(/[\w/.]*)", README):
        assert httpx.get(f"{system.url}{path}", timeout=10).status_code == 200, path


def test_every_recipe_that_is_mentioned_exists() -> None:
    listed = subprocess.run([ROOT / "just", "--list"], capture_output=True, text=True, timeout=300, check=True).stdout
    recipes = set(re.findall(r"^    ([a-z][a-z-]*)", listed, re.MULTILINE))
    mentioned = {
        (page.name, recipe) for page in PAGES for recipe in re.findall(r"\./just ([a-z][a-z-]*)", page.read_text())
    }
    assert {recipe for _, recipe in mentioned} >= {"up", "down", "test", "wactorz"}
    assert [found for found in sorted(mentioned) if found[1] not in recipes] == []


def test_every_file_that_is_linked_exists() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links {target}"


def test_settings_of_the_readme_are_known() -> None:
    known = (ROOT / "docs" / "settings.md").read_text()
    rows = [row for row in section("Your own home, your own model").splitlines() if row.startswith("| `")]
    names = [name for row in rows for name in re.findall(r"`([A-Z][A-Z_]+)`", row.split("|")[1])]
    assert len(names) >= 10
    assert [name for name in names if name not in known] == []
