"""Every view by keyboard alone."""

import pytest
from playwright.sync_api import expect

from .test_views import VIEWS
from .window import Window

pytestmark = pytest.mark.browser

MANY = 60
FOCUS = """() => {
    let one = document.activeElement;
    while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
    if (!one || one === document.body) return { name: "", place: "", ring: true };
    const around = [];
    const places = [];
    for (let up = one; up; up = up.parentElement ?? up.getRootNode().host) {
        around.push(up);
        places.push(up.localName);
    }
    const look = () => JSON.stringify(around.slice(0, 4).flatMap((each) => [null, "::before", "::after"].map((part) => {
        const style = getComputedStyle(each, part);
        return [style.outline, style.boxShadow, style.borderColor, style.backgroundColor, style.opacity];
    })));
    const focused = look();
    one.blur();
    const ring = look() !== focused || one.id === "content";
    one.focus({ focusVisible: true });
    const name = (one.getAttribute("aria-label") || one.innerText || one.title || one.localName).trim().slice(0, 60);
    return { name, ring, place: places.includes("main") ? "main" : places.includes("nav") ? "nav" : "" };
}"""
"""What has the focus, where it is, and whether it or something around it shows that."""


def focus(window: Window) -> dict[str, object]:
    """What has the focus."""
    return dict(window.page.evaluate(FOCUS))


def walk_to(window: Window, name: str) -> None:
    """Press Tab until something of that name has the focus."""
    for _ in range(MANY):
        window.page.keyboard.press("Tab")
        if focus(window)["name"] == name:
            return
    pytest.fail(f"{name} is not reached with {MANY} presses of Tab")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_reached_and_walked_through_with_the_keyboard(window: Window, view: str) -> None:
    window.go("alerts" if view == "Settings" else "settings")
    window.is_live()
    window.page.locator("body").click(position={"x": 1, "y": 1})
    walk_to(window, view)
    window.page.keyboard.press("Enter")
    expect(window.page.get_by_role("heading", level=1, name=view, exact=True)).to_be_visible()
    seen, bare = [], []
    for _ in range(MANY):
        window.page.keyboard.press("Tab")
        now = focus(window)
        seen.append(now["place"])
        if not now["ring"]:
            bare.append(now)
        if seen[-1] != "main" and "main" in seen:
            break
    assert "main" in seen, "nothing in the view takes the focus"
    assert bare == [], "what has the focus does not show it"


def test_the_skip_link_leads_past_the_navigation(window: Window) -> None:
    window.go("rules")
    window.is_live()
    window.page.keyboard.press("Tab")
    assert focus(window)["name"] == "Skip to the content"
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")
    assert focus(window)["place"] == "main"
