"""A page of which a part does not come at the start tries again by itself."""

import re

import pytest
from playwright.sync_api import Route, expect

from wactorz_testing.system import System

from .window import AWAY, Window

pytestmark = pytest.mark.browser

STARTS = {
    "script": r"/assets/index-[^/]*\.js$",
    "import": r"/assets/rest-[^/]*\.js$",
    "style": r"/assets/index-[^/]*\.css$",
    "view": r"/assets/house-view-[^/]*\.js$",
    "dock": r"/assets/chat-dock-[^/]*\.js$",
}
SENTENCE = re.compile("did not load completely")


def failing(window: Window, pattern: str, times: int) -> list[str]:
    """Have the network change under the first requests for a part; returns the list of all requests for it."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) <= times:
            route.abort("connectionreset")
        else:
            route.continue_()

    window.tolerate(*AWAY, "Failed to fetch dynamically imported module")
    window.page.route(re.compile(pattern), answer)
    return asked


@pytest.mark.parametrize("part", STARTS)
def test_a_part_that_does_not_come_at_first_comes_by_itself(window: Window, part: str) -> None:
    asked = failing(window, STARTS[part], times=2)
    window.go("house")
    window.is_live()
    expect(window.main.get_by_role("button", name=re.compile("^Kitchen light")).first).to_be_visible()
    expect(window.composer).to_be_visible()
    expect(window.page.locator("body")).to_have_css("margin", "0px")
    assert len(asked) > 2


@pytest.mark.parametrize(("locale", "sentence", "label"), [
    ("en-US", "The page did not load completely. It tries again by itself.", "Reload"),
    ("de-DE", "Die Seite wurde nicht vollständig geladen. Sie versucht es von selbst noch einmal.", "Neu laden"),
])  # fmt: skip
def test_a_page_that_cannot_start_says_so_and_can_be_loaded_again(
    open_window, system: System, locale: str, sentence: str, label: str
) -> None:
    window = open_window(system.url, locale=locale)
    failing(window, STARTS["script"], times=10_000)
    window.go("chat")
    expect(window.page.get_by_role("status")).to_contain_text(sentence)
    window.page.unroute_all()
    window.page.get_by_role("button", name=label).click()
    window.is_live()
    assert window.page.url.endswith("/#/chat")
