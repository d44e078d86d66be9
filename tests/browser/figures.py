"""How soon the dashboard is there, and what Lighthouse says of it (`./just bench window`)."""

import asyncio
import json
import os
import statistics
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.bench.report import Figure
from wactorz_testing import chromium
from wactorz_testing.broker import TestBroker
from wactorz_testing.system import System, started

from .window import WIDE, theater

ROOT = Path(__file__).resolve().parents[2]
LIGHTHOUSE = "lighthouse@12.2.3"
THROTTLED = 4
VISITS = 5
AUDITS = 3
WATCH = """
window.wz = {};
const deep = (root, selector) => {
    for (const one of root.querySelectorAll("*")) {
        if (one.matches(selector)) return one;
        const found = one.shadowRoot && deep(one.shadowRoot, selector);
        if (found) return found;
    }
    return null;
};
const look = () => {
    const app = document.querySelector("wz-app")?.shadowRoot;
    if (app && !window.wz.shell && app.querySelector("nav a")) window.wz.shell = performance.now();
    if (app && !window.wz.chat && deep(app, "wz-chat-composer")?.shadowRoot?.querySelector("textarea:enabled"))
        window.wz.chat = performance.now();
    if (!window.wz.chat) requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


async def measure(_broker: TestBroker, folder: Path) -> list[Figure]:
    """Cold visits with a slow processor, and Lighthouse without one."""
    return await asyncio.to_thread(_measure, folder)


def _measure(folder: Path) -> list[Figure]:
    subprocess.run([ROOT / "scripts" / "spa", "build", "--strict"], check=True, timeout=600)
    with started(folder / "state") as system:
        with theater() as stage:
            visits = [_visit(stage.browser, system) for _ in range(VISITS)]
        figures = [_figure(name, label, bar, visits) for name, label, bar in (
            ("paint", "first paint", 1.0), ("shell", "first paint of the shell", 1.0), ("chat", "chat can be typed into", 2.0),
        )]  # fmt: skip
        return [*figures, *_lighthouse(system, folder)]


def _until_chat(page: Page) -> None:
    """Wait from outside: the page's policy lets no function be made of text in it."""
    for _ in range(600):
        if page.evaluate("Boolean(window.wz.chat)"):
            return
        page.wait_for_timeout(50)
    raise TimeoutError("the chat could not be typed into within 30 s")


def _visit(browser: Browser, system: System) -> dict[str, float]:
    """A visit with nothing in the cache; seconds until each thing was there."""
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLED})
    page.add_init_script(WATCH)
    page.goto(system.url)
    _until_chat(page)
    found = page.evaluate(
        "({ ...window.wz, paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0 })"
    )
    context.close()
    return {name: milliseconds / 1000 for name, milliseconds in found.items()}


def _figure(name: str, label: str, bar: float, visits: list[dict[str, float]]) -> Figure:
    values = [visit[name] for visit in visits]
    return Figure(f"{label}, cold, {THROTTLED}x slower", statistics.median(values), "s", at_most=bar)


def _lighthouse(system: System, folder: Path) -> list[Figure]:
    """The categories that say something without a network: the median of several runs."""
    bars = {"performance": 90, "accessibility": 95, "best-practices": 95}
    runs = [_audited(system, folder / f"lighthouse-{number}.json") for number in range(AUDITS)]
    figures = []
    for name, bar in bars.items():
        scores = [run[name]["score"] for run in runs if run[name]["score"] is not None]
        figures.append(Figure(f"Lighthouse, {name}", statistics.median(scores) * 100, "", at_least=bar))
    return figures


def _audited(system: System, report: Path) -> dict[str, dict[str, float | None]]:
    """The categories of one run; a score is missing where Chromium painted too late to be measured."""
    flags = " ".join((*chromium.FLAGS, "--headless"))
    command = [
        "npx", "--yes", LIGHTHOUSE, system.url, "--quiet", f"--chrome-flags={flags}", "--output=json",
        f"--output-path={report}", "--only-categories=performance,accessibility,best-practices",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": chromium.find(), "npm_config_loglevel": "error"}
    subprocess.run(command, check=True, timeout=600, env=environment)
    found: dict[str, dict[str, float | None]] = json.loads(report.read_text())["categories"]
    return found
