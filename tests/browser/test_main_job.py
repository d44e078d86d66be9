"""The first quarter of an hour of a person, in a browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from wactorz_testing.system import System, eventually, started

from .models import CAPITAL, a_model
from .window import Theater, Window

pytestmark = pytest.mark.browser

SERVICES = (
    "main", "io-agent", "monitor", "llm", "planner", "notifier", "topics", "home-assistant-agent",
    "home-assistant-actuator", "home-assistant-state-bridge", "home-assistant-map-agent", "gateway",
)  # fmt: skip
RULE = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, stage: Theater) -> Iterator[System]:
    """The whole system with the demo home and a model that costs something."""
    with a_model() as settings, started(tmp_path_factory.mktemp("wactorz") / "state", **settings) as running:
        yield running


def conversation(window: Window) -> Locator:
    """What was said."""
    return window.page.get_by_role("log", name="Chat", exact=True)


def tile(window: Window, device: str) -> Locator:
    """The tile of a device in the house view, by the name that people read on it."""
    return window.main.get_by_role("button", name=re.compile(rf"^{device}\b"))


def warm(system: System, degrees: float) -> None:
    answer = system.run("home", "set", "sensor.kitchen_temperature", str(degrees))
    assert answer.code == 0, answer.err


def highest(log: Locator) -> int:
    """How far the counting agent says that it counted."""
    return max((int(number) for number in re.findall(r"counted to (\d+)", log.inner_text())), default=0)


def test_the_first_visit_shows_everything_alive_without_a_login(window: Window) -> None:
    window.go()
    window.is_live()
    expect(window.page.get_by_role("heading", level=1, name="Scene")).to_be_visible()
    window.main.get_by_role("button", name="List").click()
    for name in SERVICES:
        expect(window.main.get_by_role("row", name=re.compile(rf"^{name}\b")).first).to_be_visible()
    expect(window.page.get_by_role("heading", name="What shall I do?")).to_be_visible()


def test_an_answer_is_seen_to_be_written_and_says_what_it_cost(window: Window) -> None:
    window.go("chat")
    window.say(CAPITAL)
    answer = conversation(window)
    expect(answer.get_by_text("The capital of France")).to_be_visible()
    assert "for a long time" not in answer.inner_text(), "the first words were shown when the last were written"
    expect(window.page.get_by_role("button", name="Stop the answer")).to_be_visible()
    expect(answer.get_by_text("for a long time.")).to_be_visible()
    expect(answer.locator("strong", has_text="Paris")).to_be_visible()
    expect(answer.get_by_text("cloud", exact=True)).to_be_visible()
    expect(answer.get_by_text(re.compile(r"^\$0\.\d+$"))).to_be_visible()
    window.page.reload()
    expect(conversation(window).get_by_text("for a long time.")).to_be_visible()


def test_what_is_asked_for_is_seen_on_the_tile_of_the_lamp(window: Window) -> None:
    window.go("house")
    window.is_live()
    lamp = tile(window, "Kitchen light")
    expect(lamp).to_have_attribute("aria-pressed", "false")
    window.say("turn on the kitchen light")
    expect(lamp).to_have_attribute("aria-pressed", "true")
    expect(conversation(window).get_by_text("Kitchen light is on.")).to_be_visible()
    expect(conversation(window).get_by_text("rules", exact=True)).to_be_visible()
    lamp.click()
    expect(lamp).to_have_attribute("aria-pressed", "false")


def test_a_rule_in_words_is_previewed_enabled_and_seen_to_act(window: Window, system: System) -> None:
    warm(system, 21)
    window.go("rules")
    window.is_live()
    window.main.get_by_role("textbox", name=re.compile("Say")).fill(RULE)
    window.main.get_by_role("button", name="Preview").click()
    preview = window.main.get_by_role("status").filter(has_text="air conditioner")
    expect(preview).to_contain_text("28")
    assert system.get("/api/rules") == [], "a preview makes nothing"
    preview.get_by_role("button", name=re.compile("Enable|Run it|Make")).click()
    expect(window.main.get_by_role("link", name=re.compile("air conditioner", re.IGNORECASE)).first).to_be_visible()
    (rule,) = system.get("/api/rules")
    assert rule["status"] == "active"
    window.show("Scene")
    happens = window.main.get_by_role("region", name="What happens").get_by_role("list")
    warm(system, 29.5)
    for what in (
        "Kitchen temperature sets off a rule", "home-assistant-actuator switches Kitchen air conditioner",
        "Kitchen air conditioner: cool",
    ):  # fmt: skip
        expect(happens.get_by_text(what)).to_be_visible()


def test_an_unlock_waits_for_a_yes_that_says_what_exactly_will_happen(window: Window, system: System) -> None:
    window.go("chat")
    window.is_live()
    window.say("unlock the front door")
    question = window.page.get_by_role("alertdialog")
    expect(question).to_contain_text("unlock the front door", ignore_case=True)
    expect(question.get_by_role("list", name="Exactly this")).to_contain_text("lock.unlock")
    expect(question).to_contain_text("lock.front_door")
    assert system.state_of("lock.front_door")["state"] == "locked"
    window.page.wait_for_timeout(600)  # a click that was meant for something else does not count
    question.get_by_role("button", name="Yes, do it").click()
    expect(question).to_have_count(0)
    eventually(lambda: system.state_of("lock.front_door")["state"] == "unlocked", 10, "the open door")
    expect(conversation(window).get_by_text("you said yes")).to_be_visible()
    window.show("House")
    expect(window.main.get_by_text(re.compile("unlocked", re.IGNORECASE)).first).to_be_visible()


def test_an_agent_is_spawned_read_killed_and_seen_to_come_back(window: Window, system: System) -> None:
    window.go("agents/new")
    window.is_live()
    window.main.get_by_role("tab", name="As a form").click()
    window.main.get_by_role("textbox", name="Name").fill("counter")
    window.main.get_by_role("textbox", name="Description").fill("Counts")
    window.main.get_by_role("button", name="Spawn", exact=True).click()
    expect(window.main.get_by_role("heading", name="counter")).to_be_visible(timeout=60_000)
    expect(window.main.get_by_text("running", exact=True)).to_be_visible(timeout=30_000)
    window.main.get_by_role("link", name="Log").click()
    log = window.main.get_by_role("log", name="counter")
    expect(log.get_by_text("counted to 2", exact=True)).to_be_visible(timeout=20_000)
    counted = highest(log)
    window.main.get_by_role("link", name="Overview").click()
    before = system.kill("sandbox")
    eventually(lambda: system.pids().get("sandbox", before) != before, 20, "another process")
    expect(window.main.get_by_text("running", exact=True)).to_be_visible(timeout=30_000)
    window.main.get_by_role("link", name="Log").click()
    expect(log.get_by_text(re.compile("^counted to")).last).to_be_visible()
    eventually(lambda: highest(log) > counted, 20, "an agent that counts on from what it kept")
    window.show("Scene")
    window.main.get_by_role("button", name="List").click()
    expect(window.main.get_by_role("row", name=re.compile(r"^counter\b")).first).to_contain_text("running")


def test_what_it_all_cost_is_in_the_charts(window: Window, system: System) -> None:
    spent = eventually(lambda: system.get("/api/cost")["total_cost_usd"], 10, "a cost")
    window.go("costs")
    window.is_live()
    expect(window.main).to_contain_text("claude")
    expect(window.main).to_contain_text("main")
    expect(window.main.get_by_text(re.compile(r"\$0\.\d+")).first).to_be_visible()
    expect(window.main.get_by_role("img").or_(window.main.locator("canvas")).first).to_be_visible()
    print(f"spent: {spent}")
