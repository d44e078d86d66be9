"""From an open house at the machine to one with accounts: set-up, login, roles."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from wactorz_testing.system import System, started

from .conftest import OpenWindow
from .window import Theater, Window

pytestmark = pytest.mark.browser

OWNER, PASSWORD = "ann", "correct horse battery"
VIEWER, VIEWERS_PASSWORD = "guest", "only looking around"
REFUSED = r"status of 40[13]"
"""What a browser says by itself about a refused request."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, stage: Theater) -> Iterator[System]:
    """A system without an account, as after the first start; the first test makes one."""
    with started(tmp_path_factory.mktemp("wactorz") / "state") as running:
        yield running


def enter(window: Window, name: str, password: str) -> None:
    """Fill in the login."""
    window.page.get_by_role("textbox", name="Name").fill(name)
    window.page.get_by_role("textbox", name=re.compile("^Password")).fill(password)
    window.page.get_by_role("button", name="Log in").click()


def is_door(window: Window) -> None:
    """Wait until the page asks who comes."""
    expect(window.page.get_by_role("heading", name="Log in")).to_be_visible()


def test_the_owner_makes_an_account_with_the_printed_code_and_stays_logged_in(window: Window, system: System) -> None:
    window.tolerate(REFUSED)
    code = (system.state_dir / "secrets" / "setup-code").read_text().strip()
    window.go()
    window.is_live()
    invitation = window.page.get_by_role("region", name="Make an account")
    invitation.get_by_role("button", name="Make an account").click()
    expect(window.page.get_by_role("dialog", name="Make an account")).to_be_visible()
    form = window.page  # what stands in a dialog is slotted into it
    form.get_by_role("textbox", name="Name").fill(OWNER)
    form.get_by_label(re.compile("^Password")).fill(PASSWORD)
    form.get_by_label("The same password again").fill(PASSWORD)
    form.get_by_role("textbox", name="Code").fill("AAAA-AAAA-AAAA")
    form.get_by_role("button", name="Make the account").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_role("textbox", name="Code").fill(code)
    form.get_by_role("button", name="Make the account").click()
    expect(window.page.get_by_role("dialog")).to_have_count(0)
    expect(invitation).to_have_count(0)
    window.page.reload()
    window.is_live()
    window.go("settings/account")
    expect(window.main.get_by_role("heading", name=f"You are {OWNER}")).to_be_visible()
    assert httpx.get(f"{system.url}/api/agents").status_code == 401
    cookies = {cookie["name"]: cookie for cookie in window.page.context.cookies()}
    assert cookies["wactorz_session"]["httpOnly"]
    assert cookies["wactorz_session"]["sameSite"] == "Strict"
    assert PASSWORD not in str(window.page.evaluate("JSON.stringify([localStorage, sessionStorage])"))


def test_without_a_login_nothing_is_seen_and_a_wrong_password_is_told(window: Window) -> None:
    window.tolerate(REFUSED)
    window.go("house")
    is_door(window)
    expect(window.page.get_by_role("navigation")).to_have_count(0)
    enter(window, OWNER, "not this one")
    expect(window.page.get_by_role("alert")).to_be_visible()
    enter(window, OWNER, PASSWORD)
    window.is_live()
    expect(window.page.get_by_role("heading", level=1, name="House")).to_be_visible()


def test_whoever_logs_out_is_out_in_every_tab(open_window: OpenWindow, system: System) -> None:
    window = open_window(system.url)
    window.tolerate(REFUSED, r"WebSocket connection to '.*' failed")
    window.go("settings/account")
    is_door(window)
    enter(window, OWNER, PASSWORD)
    window.is_live()
    cookie = window.page.context.cookies()
    window.main.get_by_role("button", name="Log out").click()
    is_door(window)
    replay = httpx.Client(base_url=system.url, cookies={one["name"]: one["value"] for one in cookie})
    assert replay.get("/api/agents").status_code == 401


def test_a_viewer_sees_the_house_and_moves_nothing(open_window: OpenWindow, system: System) -> None:
    owner = open_window(system.url)
    owner.tolerate(REFUSED)
    owner.go("settings/people")
    is_door(owner)
    enter(owner, OWNER, PASSWORD)
    expect(owner.main.get_by_role("heading", name="Add a person")).to_be_visible()
    owner.main.get_by_role("textbox", name="Name").fill(VIEWER)
    owner.main.get_by_role("combobox", name="Role").last.select_option("viewer")
    owner.main.get_by_label(re.compile("First password")).fill(VIEWERS_PASSWORD)
    owner.main.get_by_role("button", name="Add", exact=True).click()
    expect(owner.main.get_by_text(VIEWER, exact=True)).to_be_visible()
    guest = open_window(system.url)
    guest.tolerate(REFUSED)
    guest.go("house")
    is_door(guest)
    enter(guest, VIEWER, VIEWERS_PASSWORD)
    guest.is_live()
    lamp = guest.main.get_by_role("button", name=re.compile("^Kitchen light, "))
    expect(lamp).to_be_visible()
    expect(lamp).not_to_have_attribute("aria-pressed", re.compile("."))
    expect(guest.page.get_by_role("button", name="Stop everything")).to_have_count(0)
    expect(guest.composer).to_have_count(0)
    expect(guest.main.get_by_role("slider").and_(guest.main.locator(":enabled"))).to_have_count(0)
    guest.show("Agents")
    expect(guest.main.get_by_role("link", name="New agent")).to_have_count(0)
    guest.show("Settings")
    expect(guest.main.get_by_role("link", name="People")).to_have_count(0)
    session = {cookie["name"]: cookie["value"] for cookie in guest.page.context.cookies()}
    csrf = guest.page.evaluate("fetch('/api/session').then((answer) => answer.json()).then((now) => now.csrf)")
    forced = httpx.post(
        f"{system.url}/api/house/light.kitchen_light/actions", json={"action": "turn_on"}, cookies=session,
        headers={"x-csrf-token": csrf, "origin": system.url},
    )  # fmt: skip
    assert forced.status_code == 403
    assert "viewer" in forced.json()["detail"]
