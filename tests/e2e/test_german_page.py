"""A page in German reads German, whatever it asks of the house: no sentence of an answer is English."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from wactorz_testing.system import System, eventually, started

pytestmark = pytest.mark.e2e

HOT = "Wenn die Temperatur in der Küche über 28 Grad steigt, schalte die Klimaanlage ein"
ENGLISH = frozenset(
    [
        "the",
        "is",
        "are",
        "were",
        "not",
        "and",
        "of",
        "with",
        "your",
        "yes",
        "nothing",
        "it",
        "its",
        "when",
        "if",
        "would",
        "be",
        "been",
        "have",
        "has",
        "for",
        "to",
        "from",
        "until",
        "once",
        "rule",
        "you",
        "that",
        "this",
        "there",
        "they",
        "needs",
        "asked",
        "open",
        "on",
        "off",
        "above",
        "below",
        "only",
        "every",
    ]
)
"""Common words that no German sentence has."""

NAMES = re.compile(r"`[^`]*`|/\w[\w/ -]*|Front door|Home Assistant|\w+[._]\w+|home-assistant-\w+")


def english(*told: str) -> dict[str, set[str]]:
    """The English words of each sentence that has some; names and commands are nobody's language."""
    words = {text: set(re.findall(r"[a-zäöüß]+", NAMES.sub(" ", text).casefold())) & ENGLISH for text in told}
    return {text: found for text, found in words.items() if found}


class Page:
    """A page whose browser prefers German."""

    def __init__(self, system: System) -> None:
        self.http = httpx.Client(base_url=system.url, headers={"accept-language": "de-AT,de;q=0.9"}, timeout=60)

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(path, params=query).raise_for_status().json()

    def post(self, path: str, **body: Any) -> Any:
        return self.http.post(path, json=body).raise_for_status().json()

    def say(self, text: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.post("/api/chat", message=text, session_id=secrets.token_hex(4))
        return answer


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder: Path = tmp_path_factory.mktemp("german")
    with started(folder / "state") as system:
        page = Page(system)
        with page.http:
            yield page


def test_a_rule_is_previewed_kept_tried_and_explained(page: Page) -> None:
    preview = page.post("/api/rules/preview", sentence=HOT)
    assert english(preview["text"], preview["rule"]["summary"]) == {}
    made = page.post("/api/rules", sentence=HOT)
    rule_id = made["rule"]["rule_id"]
    assert english(made["text"], made["rule"]["summary"]) == {}
    told = [page.post(f"/api/rules/{rule_id}/{change}")["text"] for change in ("pause", "resume")]
    told += [page.get(f"/api/rules/{rule_id}")["text"], page.get(f"/api/rules/{rule_id}/why-not")["text"]]
    told += [page.post("/api/backtests", rule_id=rule_id)["text"]]
    listed = next(rule for rule in page.get("/api/rules") if rule["rule_id"] == rule_id)
    assert english(*told, listed["summary"], listed["note"]) == {}
    gone = page.http.delete(f"/api/rules/{rule_id}").raise_for_status().json()
    assert english(gone["text"]) == {}


def test_an_approval_is_asked_answered_and_explained(page: Page) -> None:
    page.say("Schließ die Haustür auf")
    asked = eventually(lambda: page.get("/api/approvals"), what="the question")[0]
    assert english(asked["summaries"]["de"], *asked["detail"]["whys"]["de"]) == {}
    assert "unlock" in asked["summary"].casefold(), "whoever reads English still can"
    done = page.post(f"/api/approvals/{asked['id']}", decision="approve")
    assert english(done["text"]) == {}
    assert english(page.get("/api/why/lock.front_door")["text"]) == {}


def test_what_is_refused_is_refused_in_german(page: Page) -> None:
    missing = page.http.get("/api/rules/deadbeef/why-not")
    assert missing.is_error
    nonsense = page.http.post("/api/rules/preview", json={"sentence": HOT, "draft": {
        "trigger": {"kind": "numeric", "entity_id": "sensor.none"}, "actions": [],
    }})  # fmt: skip
    assert nonsense.is_error
    assert english(missing.json()["detail"], nonsense.json()["detail"]) == {}


def test_an_english_sentence_would_be_found() -> None:
    assert english("There is no rule deadbeef. /rules lists them.", "Die Regel ist aktiv.").keys() == {
        "There is no rule deadbeef. /rules lists them."
    }
