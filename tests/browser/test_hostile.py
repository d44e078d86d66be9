"""Text from outside is text: names, states, logs and messages with markup, direction marks, and far too much of it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from wactorz_testing.system import System, started

from .test_views import VIEWS
from .window import PHONE, Theater, Window

pytestmark = pytest.mark.browser

MARKUP = "<img src=x onerror=alert(1)><b>bold"
SCRIPT = "<script>alert(2)</script>[click](javascript:alert(3))<svg onload=alert(4)>"
TURNED = "\u202etxet dennrut \u2067 \u0645\u0631\u062d\u0628\u0627"
LONG = "x" * 1_000_000
AGENT = f"""
async def setup(agent):
    await agent.log({SCRIPT!r})
    await agent.log({TURNED!r})
    await agent.log({MARKUP!r} + "x" * 200_000)

async def process(agent):
    await agent.publish("custom/hostile/sample", {{{MARKUP!r}: {SCRIPT!r}}})

async def handle_task(agent, payload):
    return {{"text": {SCRIPT!r} + {MARKUP!r} + {TURNED!r} + "y" * 200_000}}
"""
NAME = f"{MARKUP} {TURNED}".replace("/", "")
LAMP = "light.hostile"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, stage: Theater) -> Iterator[System]:
    """A house with a hostile lamp and a hostile agent."""
    with started(tmp_path_factory.mktemp("wactorz") / "state") as running:
        home = httpx.Client(base_url=f"http://127.0.0.1:{port_of_home(running)}", headers=token_of_home(running))
        attributes = {"friendly_name": MARKUP + TURNED + "z" * 5_000, "supported_color_modes": ["onoff"]}
        home.post(f"/api/states/{LAMP}", json={"state": "off", "attributes": attributes}).raise_for_status()
        spec = {"name": NAME, "code": AGENT, "description": (SCRIPT + TURNED + LONG)[:2_000], "poll_interval": 1}
        answer = httpx.post(f"{running.url}/api/agents", json=spec, timeout=90)
        assert answer.is_success, answer.text
        yield running


def port_of_home(system: System) -> int:
    """Where the demo home listens."""
    return int(json.loads((system.state_dir / "node.json").read_text())["ports"]["demo-home"])


def token_of_home(system: System) -> dict[str, str]:
    """What lets one in there."""
    token = (system.state_dir / "demo-home" / "token").read_text().strip()
    return {"Authorization": f"Bearer {token}"}


def assert_only_text(window: Window, view: str = "") -> None:
    """No element came from the texts, and nothing is wider than the window."""
    count = """() => {
        const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
        const found = all(document);
        const begins = document.head.querySelector("script:not([src])");
        return {
            made: found.filter((one) => one !== begins).filter((one) => one.matches("img[src='x'], script:not([src]), svg[onload], a[href^='javascript']")).length,
            wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            spilled: found.filter((one) => one.id === "content" && one.scrollWidth > one.clientWidth + 1)
                .flatMap((main) => found.filter((one) => main.contains(one) || true)
                    .filter((one) => one.getBoundingClientRect().right > main.getBoundingClientRect().right + 1 && one.getBoundingClientRect().left < innerWidth)
                    .map((one) => `${one.localName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`)).slice(-6),
        };
    }"""
    assert window.page.evaluate(count) == {"made": 0, "wide": 0, "spilled": []}, view


@pytest.mark.parametrize("size", [(1440, 900), PHONE], ids=["wide", "phone"])
def test_every_view_shows_hostile_names_as_text(open_window, system: System, size: tuple[int, int]) -> None:
    window = open_window(system.url, size=size)
    for view in VIEWS:
        window.go(view.lower())
        window.is_live()
        window.page.wait_for_timeout(400)
        assert_only_text(window, view)
    window.go("scene")
    if size != PHONE:
        window.main.get_by_role("button", name="List").click()
    expect(window.main.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()
    window.main.get_by_text("<img src=x onerror=alert(1)>").first.click()
    assert_only_text(window)


def test_the_page_of_a_hostile_agent_shows_its_log_and_code_as_text(window: Window, system: System) -> None:
    window.go("agents")
    window.is_live()
    window.main.get_by_role("link", name=re.compile("<img src=x")).first.click()
    for part in ("Log", "Errors", "Abilities", "Code", "Cost", "Overview"):
        window.main.get_by_role("link", name=re.compile(f"^{part}")).click()
        window.page.wait_for_timeout(400)
        assert_only_text(window)
    window.main.get_by_role("link", name="Log", exact=True).click()
    expect(window.main.get_by_text(SCRIPT).first).to_be_visible()


def test_answers_are_markdown_without_what_acts(window: Window, system: System) -> None:
    window.go("chat")
    window.is_live()
    window.say(f'@"{NAME}" hello {SCRIPT}')
    expect(window.page.get_by_role("log", name="Chat", exact=True)).to_contain_text("alert(2)")
    window.page.wait_for_timeout(2_000)
    assert_only_text(window)


def test_a_megabyte_in_the_chat_is_refused_in_words_and_breaks_nothing(window: Window) -> None:
    window.go("chat")
    window.is_live()
    field = window.composer
    field.evaluate("(field, text) => { field.value = text; field.dispatchEvent(new Event('input')); }", LONG)
    expect(window.page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    assert_only_text(window)


def test_messages_of_the_bus_are_shown_as_text(window: Window, system: System) -> None:
    body = {"topic": "custom/<img src=x onerror=alert(5)>", "payload": {MARKUP: SCRIPT, "long": LONG[:50_000]}}
    answer = httpx.post(f"{system.url}/api/publish", json=body, timeout=10)
    assert answer.is_success, answer.text
    window.go("topics")
    window.is_live()
    expect(window.main.get_by_text("custom").first).to_be_visible()
    httpx.post(f"{system.url}/api/publish", json=body, timeout=10).raise_for_status()
    window.page.wait_for_timeout(1_500)
    assert_only_text(window)


def test_names_of_the_hostile_agent_are_kept_as_they_are(system: System, tmp_path: Path) -> None:
    assert NAME in {agent["name"] for agent in system.get("/api/agents")}
