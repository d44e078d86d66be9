"""What lies over what, and what stays on one line."""

import pytest
from playwright.sync_api import Locator, expect

from wactorz_testing.system import System

from .conftest import OpenWindow
from .window import Window

pytestmark = pytest.mark.browser

SAY = "text => { const toasts = document.createElement('wz-toasts'); document.body.append(toasts); toasts.add(text, 'bad'); }"
RULE = "when the kitchen temperature goes above 28 degrees, turn on the air conditioner"


def edges(element: Locator) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is seen."""
    box = element.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


@pytest.mark.parametrize("size", [(1440, 900), (1000, 700), (820, 900)])
def test_a_short_message_does_not_lie_over_the_place_where_one_types(
    open_window: OpenWindow, system: System, size: tuple[int, int]
) -> None:
    window = open_window(system.url, size=size)
    window.go("chat")
    window.is_live()
    expect(window.composer).to_be_visible()
    window.page.evaluate(SAY, "The picture could not be sent: it is larger than the model takes.")
    expect(window.page.get_by_role("alert").filter(has_text="could not be sent")).to_be_visible()
    left, top, right, bottom = edges(window.page.locator("wz-toasts"))
    x1, y1, x2, y2 = edges(window.page.locator("wz-chat-composer form"))
    assert right <= x1 or x2 <= left or bottom <= y1 or y2 <= top


def test_the_line_above_the_rules_is_one_line(open_window: OpenWindow, system: System) -> None:
    assert system.say(RULE)["status"] == "done"
    window: Window = open_window(system.url, size=(880, 800))
    window.go("rules")
    first = window.main.get_by_role("searchbox")
    expect(first).to_be_visible()
    assert edges(window.main.get_by_role("link", name="Import"))[1] < edges(first)[3]
