"""`./just screenshots [NAME ...]`: pictures of every view in light, dark, phone size and German, into .artifacts/screenshots.

With `--readme` the three of the README are taken anew.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from wactorz_testing import chromium
from wactorz_testing.system import System

from .lively import asked, bustle, lively
from .models import CAPITAL
from .window import PHONE, WIDE, Theater, Window, theater

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".artifacts" / "screenshots"
SETTLE_MS = 2_500

PAGES = {
    "scene": "scene", "house": "house", "chat": "chat", "agents": "agents", "agent": "agents/door-counter",
    "agent-log": "agents/door-counter/logs", "agent-errors": "agents/meter-reader/errors",
    "agent-code": "agents/door-counter/code", "agent-new": "agents/new", "rules": "rules", "rule-new": "rules/new",
    "plans": "rules/plans", "costs": "costs", "nodes": "nodes", "topics": "topics", "alerts": "alerts",
    "settings": "settings", "settings-account": "settings/account", "settings-people": "settings/people",
    "settings-audit": "settings/audit",
}  # fmt: skip
README = {"scene": "dark", "house": "light", "rules": "light"}
"""Its pictures, and how they are lit."""

SMALL = (880, 590)
SHOWN_AS: dict[str, str | re.Pattern[str]] = {
    "graph": "Graph",
    "cards": re.compile("^(Cards|Karten)$"),
    "list": re.compile("^(List|Liste)$"),
}
SPACE = re.compile("^(Space|Räumlich)$")
NO = re.compile("^(No|Nein)$")
SAID = {"en": ("turn on the kitchen light", CAPITAL), "de": ("schalte das Licht in der Küche ein", CAPITAL)}


@dataclass(frozen=True)
class Look:
    """How the page is looked at."""

    name: str
    size: tuple[int, int]
    scheme: str
    language: str = "en"

    @property
    def options(self) -> dict[str, Any]:
        """For the browser."""
        locale = {"en": "en-US", "de": "de-DE"}[self.language]
        more = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2} if self.size == PHONE else {}
        return {"color_scheme": self.scheme, "locale": locale, **more}


LOOKS = (
    Look("light", WIDE, "light"), Look("dark", WIDE, "dark"), Look("phone", PHONE, "light"),
    Look("german", WIDE, "light", "de"),
)  # fmt: skip


def main(names: list[str]) -> int:
    """Take the pictures that are named, or all."""
    if not chromium.find():
        print("Pictures are taken by Chromium, which is not here", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="wactorz-pictures-") as folder, theater() as stage:
        with lively(Path(folder)) as system:
            if names == ["--readme"]:
                take_for_readme(stage, system)
                return 0
            for look in LOOKS:
                with opened(stage, system, look) as window:
                    take_all(window, system, look, names)
    return 0


@contextmanager
def opened(stage: Theater, system: System, look: Look) -> Iterator[Window]:
    """A window in that look; what its console complains about is printed."""
    window = stage.open(system.url, look.size, **look.options)
    window.page.add_init_script("localStorage.setItem('wactorz.invitation', 'away')")
    yield window
    for problem in window.unexpected():
        print(f"{look.name}: {problem[:300]}", file=sys.stderr)
    window.close()


def take_all(window: Window, system: System, look: Look, names: list[str]) -> None:
    """Every page in one look."""
    for name, address in PAGES.items():
        if names and name not in names:
            continue
        window.go(address)
        window.is_live()
        if name in ("scene", "house", "topics"):
            bustle(system)
        if name == "chat":
            speak(window, look)
        take(window, FOLDER / f"{name}-{look.name}.png")
        if name == "scene":
            for shown_as, label in SHOWN_AS.items():
                window.main.get_by_role("button", name=label).click()
                take(window, FOLDER / f"scene-{shown_as}-{look.name}.png")
            window.main.get_by_role("button", name=SPACE).click()
    if not names or "approval" in names:
        take_question(window, system, look)


def take_for_readme(stage: Theater, system: System) -> None:
    """The pictures of the README, small enough for it, and without the agent that fails."""
    httpx.delete(f"{system.url}/api/agents/meter-reader", timeout=30).raise_for_status()
    for name, scheme in README.items():
        with opened(stage, system, Look(name, SMALL, scheme)) as window:
            window.go(PAGES[name])
            window.is_live()
            bustle(system)
            bustle(system)
            take(window, ROOT / "docs" / "images" / f"{name}.png")


def speak(window: Window, look: Look) -> None:
    """Have a conversation to look at."""
    for text in SAID[look.language]:
        window.composer.fill(text)
        window.page.keyboard.press("Enter")
        window.page.wait_for_timeout(4_000)


def take_question(window: Window, system: System, look: Look) -> None:
    """The question before a door is opened."""
    window.go("house")
    window.is_live()
    asked(system)
    window.page.get_by_role("alertdialog").wait_for()
    take(window, FOLDER / f"approval-{look.name}.png")
    window.page.wait_for_timeout(600)
    window.page.get_by_role("alertdialog").get_by_role("button", name=NO).click()
    window.page.get_by_role("alertdialog").wait_for(state="hidden")


def take(window: Window, path: Path) -> None:
    """One picture, when all has come."""
    window.page.wait_for_timeout(SETTLE_MS)
    window.page.screenshot(path=path)
    print(path, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
