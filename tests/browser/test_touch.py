"""On a phone a finger finds every control: at least 44 by 44 CSS pixels answer for it."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from wactorz_testing.system import System

from .conftest import OpenWindow
from .lively import COUNTER, asked
from .screenshots import PAGES
from .window import PHONE, Window

pytestmark = pytest.mark.browser

MORE = {
    "agent-new-form": "agents/new/form", "agent-new-catalogue": "agents/new/catalogue",
    "agent-abilities": "agents/door-counter/abilities", "agent-errors": "agents/door-counter/errors",
    "agent-cost": "agents/door-counter/cost", "settings-sessions": "settings/sessions", "settings-tokens": "settings/tokens",
    "settings-memory": "settings/memory", "settings-house": "settings/house", "settings-notices": "settings/notices",
    "settings-changes": "settings/changes", "settings-backup": "settings/backup", "settings-about": "settings/about",
}  # fmt: skip
SMALL = """() => {
    const LEAST = 44, SLACK = 0.5;
    const CONTROLS = "button, a[href], input:not([type=hidden]), select, textarea, summary, [role=button], [role=switch], [role=slider], [role=tab], [role=option]";
    const all = [];
    const gather = (root) => {
        for (const one of root.querySelectorAll("*")) {
            if (one.matches(CONTROLS)) all.push(one);
            if (one.shadowRoot) gather(one.shadowRoot);
        }
    };
    gather(document);
    const up = (one) => one.parentElement ?? one.getRootNode().host ?? null;
    const within = (one, outer) => { for (let now = one; now; now = up(now)) if (now === outer) return true; return false; };
    const deepest = (x, y) => {
        let one = document.elementFromPoint(x, y);
        while (one?.shadowRoot) {
            const inner = one.shadowRoot.elementFromPoint(x, y);
            if (!inner || inner === one) break;
            one = inner;
        }
        return one;
    };
    const isShown = (one) => {
        const box = one.getBoundingClientRect();
        return box.width > 1 && box.height > 1 && one.checkVisibility({ opacityProperty: true, visibilityProperty: true })
            && !one.closest("[inert], .hidden, .skip");
    };
    // a link in running text
    const isInline = (one) => one.localName === "a" && getComputedStyle(one).display === "inline"
        && [...one.parentNode.childNodes].some((beside) => beside !== one && beside.nodeType === 3 && beside.textContent.trim());
    const answers = (one, x, y) => {
        const hit = deepest(x, y);
        return hit && (within(hit, one) || [...(one.labels ?? [])].some((label) => within(hit, label)));
    };
    const found = [];
    for (const one of all) {
        if (!isShown(one) || isInline(one)) continue;
        let box = one.getBoundingClientRect();
        if (box.width >= LEAST - SLACK && box.height >= LEAST - SLACK) continue;
        one.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        box = one.getBoundingClientRect();
        const x = box.x + box.width / 2, y = box.y + box.height / 2;
        if (!answers(one, x, y)) continue;
        // room that belongs to it, which need not lie evenly around its middle
        const reach = (dx, dy) => { let far = 0; while (far < LEAST && answers(one, x + dx * (far + 1), y + dy * (far + 1))) far += 1; return far; };
        const wide = Math.max(box.width, reach(1, 0) + reach(-1, 0) + 1), high = Math.max(box.height, reach(0, 1) + reach(0, -1) + 1);
        if (wide >= LEAST - SLACK && high >= LEAST - SLACK) continue;
        const name = (one.getAttribute("aria-label") || one.innerText || one.title || one.labels?.[0]?.innerText || "").trim().replace(/\\s+/g, " ").slice(0, 40);
        const host = one.getRootNode().host?.localName ?? "";
        found.push(`${host} ${one.localName}${one.type ? "." + one.type : ""}${one.className ? "." + one.className : ""} "${name}" ${Math.round(wide)}x${Math.round(high)}`);
    }
    return [...new Set(found)];
}"""
"""What a finger would miss, in words."""
WIDER = "document.scrollingElement.scrollWidth > innerWidth || [...document.querySelector('wz-app').shadowRoot.querySelectorAll('main')].some((one) => one.scrollWidth > one.clientWidth + 1)"


@pytest.fixture(scope="module")
def inhabited(system: System) -> System:
    """A system with an agent and a rule to look at."""
    spec = {"name": "door-counter", "code": COUNTER, "description": "Counts", "poll_interval": 1.5}
    httpx.post(f"{system.url}/api/agents", json=spec, timeout=90).raise_for_status()
    system.say("when the kitchen temperature goes above 28 degrees, turn on the air conditioner")
    return system


@pytest.fixture
def phone(open_window: OpenWindow, inhabited: System) -> Window:
    """A window as a phone has it."""
    return open_window(inhabited.url, size=PHONE, is_mobile=True, has_touch=True, reduced_motion="reduce")


def small(window: Window) -> list[str]:
    """What is too small now, when all has come."""
    expect(window.page.get_by_text("Loading", exact=True)).to_have_count(0)
    window.page.wait_for_timeout(300)
    return [*window.page.evaluate(SMALL), *(["it scrolls sideways"] if window.page.evaluate(WIDER) else [])]


def test_every_control_of_every_view_is_large_enough_for_a_finger(phone: Window) -> None:
    found = []
    for name, address in {**PAGES, **MORE}.items():
        phone.go(address)
        phone.is_live()
        found += [f"{name}: {one}" for one in small(phone)]
    assert found == [], "\n".join(found)


def test_what_opens_over_the_views_is_large_enough_for_a_finger(phone: Window, inhabited: System) -> None:
    phone.go("chat")
    phone.is_live()
    phone.navigation.get_by_role("button", name=re.compile("^More")).click()
    found = [f"more: {one}" for one in small(phone)]
    phone.page.keyboard.press("Escape")
    phone.say("turn on the kitchen light")
    expect(phone.main.get_by_text("Kitchen light is on.")).to_be_visible()
    found += [f"said: {one}" for one in small(phone)]
    phone.go("house")
    phone.main.get_by_role("button", name="More about Kitchen light").click()
    expect(phone.page.get_by_role("dialog")).to_be_visible()
    found += [f"device: {one}" for one in small(phone)]
    phone.page.keyboard.press("Escape")
    asked(inhabited)
    expect(phone.page.get_by_role("alertdialog")).to_be_visible()
    found += [f"question: {one}" for one in small(phone)]
    phone.page.get_by_role("alertdialog").get_by_role("button", name="No", exact=True).click()
    assert found == [], "\n".join(found)
