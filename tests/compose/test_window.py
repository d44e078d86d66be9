"""The dashboard of the system in containers, through the public entry.

The last module of this folder: it makes an account, after which nobody comes in without one.
"""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow, open_window  # noqa: F401  # a fixture
from tests.browser.window import AWAY, Theater, theater
from tests.compose.conftest import ROOT, Stack
from wactorz_testing import chromium
from wactorz_testing.system import eventually

pytestmark = [pytest.mark.docker, pytest.mark.browser, pytest.mark.timeout(900)]

OWNER, PASSWORD = "ann", "correct horse battery"


@pytest.fixture(scope="module")
def stage() -> Iterator[Theater]:
    """A Chromium of this machine, outside the containers."""
    chromium.needed(ROOT)
    with theater() as running:
        yield running


def test_the_page_that_the_image_carries_comes_packed_through_the_entry(stack: Stack) -> None:
    page = httpx.get(stack.url)
    assert "<wz-app>" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    (script,) = re.findall(r'<script type="module"[^>]* src="(/assets/[^"]+)"', page.text)
    for encoding in ("br", "gzip"):
        got = httpx.get(f"{stack.url}{script}", headers={"accept-encoding": encoding})
        assert got.headers["content-encoding"] == encoding
        assert "immutable" in got.headers["cache-control"]
    assert httpx.get(f"{stack.url}/sw.js").headers["cache-control"] == "no-cache"
    assert 'src="/page/app.js"' in httpx.get(f"{stack.url}/plain").text


def test_a_lamp_turns_on_from_the_page_which_hears_of_it_over_mqtt(open_window: OpenWindow, stack: Stack) -> None:  # noqa: F811
    window = open_window(stack.url)
    window.go("house")
    expect(window.page.get_by_title("MQTT", exact=True)).to_have_text("Live", timeout=30_000)
    was = stack.state_of("light.office_light")["state"] == "on"
    lamp = window.main.get_by_role("button", name=re.compile("^Office light, "))
    expect(lamp).to_have_attribute("aria-pressed", str(was).lower())
    lamp.click()
    expect(lamp).to_have_attribute("aria-pressed", str(not was).lower())
    eventually(lambda: (stack.state_of("light.office_light")["state"] == "on") is not was, 10, "the lamp")


def test_with_an_account_everybody_logs_in_and_hears_with_a_ticket(open_window: OpenWindow, stack: Stack) -> None:  # noqa: F811
    code = stack.compose("exec", "-T", "gateway", "cat", "/var/lib/wactorz/secrets/setup-code").strip()
    body = {"code": code, "name": OWNER, "password": PASSWORD}
    made = httpx.post(f"{stack.url}/api/setup", json=body, headers={"origin": stack.url}, timeout=20)
    assert made.status_code == 201, made.text
    assert httpx.get(f"{stack.url}/api/agents").status_code == 401
    window = open_window(stack.url)
    window.tolerate(r"status of 40[13]", *AWAY)
    window.go("house")
    window.page.get_by_role("textbox", name="Name").fill(OWNER)
    window.page.get_by_role("textbox", name=re.compile("^Password")).fill(PASSWORD)
    window.page.get_by_role("button", name="Log in").click()
    expect(window.page.get_by_title("MQTT", exact=True)).to_have_text("Live", timeout=30_000)
    lamp = window.main.get_by_role("button", name=re.compile("^Kitchen light, "))
    before = lamp.get_attribute("aria-pressed")
    lamp.click()
    expect(lamp).not_to_have_attribute("aria-pressed", str(before))
