"""Every view opens, by the navigation and by its address, and nothing complains."""

import re

import pytest
from playwright.sync_api import WebSocketRoute, expect

from wactorz_testing.system import System

from .conftest import OpenWindow
from .window import PHONE, Window

pytestmark = pytest.mark.browser

VIEWS = ("Scene", "House", "Chat", "Agents", "Rules", "Costs", "Nodes", "Topics", "Alerts", "Settings")


def test_all_views_are_reached_by_the_navigation(window: Window) -> None:
    window.go()
    window.is_live()
    for view in VIEWS:
        window.show(view)
        expect(window.main.get_by_text("Loading")).to_have_count(0)


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_opened_by_its_address(window: Window, view: str) -> None:
    window.go(view.lower())
    expect(window.page.get_by_role("heading", level=1, name=view, exact=True)).to_be_visible()
    expect(window.page).to_have_title(f"{view} · Wactorz")


def test_until_live_data_comes_for_the_first_time_the_page_connects(window: Window) -> None:
    held: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        if held:
            socket.connect_to_server()
        held.append(socket)

    window.page.route_web_socket("**/ws", connect)
    window.go()
    while not held:
        window.page.wait_for_timeout(50)
    assert window.page.get_by_role("banner").get_by_role("status").first.inner_text() == "Connecting"
    held[0].close(code=3001, reason="once more")
    window.is_live()


SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifted += one.value; })
    .observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("size", [(412, 823), (1350, 940)])
def test_nothing_jumps_while_the_page_is_drawn_for_the_first_time(window: Window, size: tuple[int, int]) -> None:
    window.page.set_viewport_size({"width": size[0], "height": size[1]})
    window.page.add_init_script(SHIFTS)
    window.go()
    window.is_live()
    window.page.wait_for_timeout(1_000)
    assert window.page.evaluate("window.shifted") < 0.2  # the phone's column was 32 pixels wide at first: 0.45


def test_the_menu_of_a_phone_closes_when_one_goes_on_elsewhere(open_window: OpenWindow, system: System) -> None:
    window = open_window(system.url, size=PHONE)
    window.go("rules")
    window.is_live()
    more = window.navigation.get_by_role("button", name=re.compile("^More"))
    settings = window.navigation.get_by_role("link", name="Settings")
    for leave in (
        lambda: window.page.keyboard.press("Escape"),
        lambda: window.page.get_by_role("heading", level=1).click(),
        lambda: window.page.evaluate("history.back()"),
    ):
        window.go("rules")
        window.go("alerts")
        more.click()
        expect(settings).to_be_visible()
        leave()
        expect(settings).to_be_hidden()
