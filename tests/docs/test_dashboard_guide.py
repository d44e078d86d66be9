"""What the guide about the dashboard tells to type works, in the order in which it stands there."""

import json
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from wactorz_gateway.accounts.roles import is_rank
from wactorz_testing.system import Answer, System, eventually, started

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "dashboard.md").read_text()
ROUTES = (ROOT / "spa" / "src" / "app" / "routes.ts").read_text()
LABELS = (ROOT / "spa" / "src" / "app" / "texts.ts").read_text()
STATE = "~/.local/state/wactorz"


def blocks(language: str) -> list[str]:
    """The text of every block of a language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def section(title: str) -> str:
    """The text of a chapter."""
    return GUIDE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[str]:
    """The first column of a chapter's table."""
    found = [row.split("|")[1].strip() for row in section(title).splitlines() if row.startswith("| ")]
    return found[1:]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with started(tmp_path_factory.mktemp("dashboard") / "state") as running:
        eventually(lambda: knows_the_house(running), 60, "the grammar knows the house")
        yield running


def knows_the_house(system: System) -> bool:
    """Whether a sentence about a device of the house is read as a rule; a reader takes longer to get there."""
    wish = {"sentence": "every day at 8 turn on the hallway light"}
    return httpx.post(f"{system.url}/api/rules/preview", json=wish, timeout=30).status_code == 200


@pytest.fixture(scope="module")
def answers(system: System, tmp_path_factory: pytest.TempPathFactory) -> list[Answer]:
    """Each block of commands with what came of it, one after the other, as a shell runs it."""
    folder, found = tmp_path_factory.mktemp("work"), []
    wactorz = f"{shlex.quote(sys.executable)} -m wactorz_cli"
    for block in blocks("bash"):
        lines = block.replace("./just wactorz why", "sleep 1; ./just wactorz why")  # a reader types slower than that
        script = lines.replace("./just wactorz", wactorz).replace("http://127.0.0.1:8080", system.url)
        script = script.replace(STATE, shlex.quote(str(system.state_dir)))
        done = subprocess.run(
            ["bash", "-ec", script], env=system.env, cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )  # fmt: skip
        found.append(Answer(done.returncode, done.stdout, done.stderr))
    return found


def test_every_command_of_the_guide_works(answers: list[Answer]) -> None:
    assert len(answers) == 3
    assert [answer for answer in answers if answer.code != 0] == []
    assert [answer.out for answer in answers if '"status":4' in answer.out] == []


def test_a_rule_is_previewed_made_and_acts(answers: list[Answer]) -> None:
    out = answers[0].out
    assert "Nothing is made yet" in out
    assert "above: 28" in out
    assert "rises above 28" in out
    assert "Kitchen light is on" in out


def test_the_first_account_closes_the_door_for_others(system: System, answers: list[Answer]) -> None:
    code, made = answers[1].out.strip(), answers[2].out
    assert re.fullmatch(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+", code)
    assert made.count('"person":"ann","role":"owner"') == 2
    assert "rises above 28" in made, "the command of the same user goes on without a login"
    assert httpx.get(f"{system.url}/api/rules").status_code == 401
    session = json.loads(httpx.get(f"{system.url}/api/session").text)
    assert (session["login_needed"], session["setup_needed"], session["role"]) == (True, False, "")


@pytest.mark.usefixtures("answers")
def test_wrong_passwords_shut_the_door_for_a_while(system: System) -> None:
    for _ in range(30):
        answer = httpx.post(f"{system.url}/api/login", json={"name": "ann", "password": f"wrong {time.time_ns()}"})
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert re.search(r"wait \d+ s", answer.json()["detail"])


def test_the_views_and_roles_are_those_that_there_are() -> None:
    views = re.findall(r'label: "(\w+)"', ROUTES)
    titles = [re.search(rf'\b{view}: "([^"]+)"', LABELS) for view in views]
    named = [name for row in rows("What each view shows") for name in row.split(", ")]
    assert named == [title[1] for title in titles if title is not None]
    roles = [row.split("|")[1].strip() for row in section("Make an account").splitlines() if row.startswith("| ")][1:]
    assert len(roles) == 4
    assert all(is_rank(role) for role in roles)


def test_what_is_seen_is_what_the_page_says() -> None:
    login = (ROOT / "spa" / "src" / "views" / "login" / "texts.ts").read_text()
    for said in rows("When something is wrong"):
        assert said.removesuffix(" ...") in LABELS + login
