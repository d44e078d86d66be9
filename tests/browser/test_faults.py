"""What may go wrong between the house and the page: it says so, recovers, and shows what happened meanwhile."""

import os
import re
import signal
import time

import httpx
import pytest
from playwright.sync_api import Locator, WebSocketRoute, expect

from wactorz_testing.system import System, eventually

from .window import AWAY, Window

pytestmark = pytest.mark.browser

RECOVERY_MS = 40_000
TROUBLE = re.compile("No connection|The broker is away|Connecting")


def badge(window: Window) -> Locator:
    """How the connection is."""
    return window.page.get_by_role("banner").get_by_role("status").first


def set_sensor(system: System, degrees: float) -> None:
    """Move the sensor, as soon as somebody takes it."""
    eventually(
        lambda: system.run("home", "set", "sensor.kitchen_temperature", str(degrees)).code == 0, 30, "the sensor"
    )


def shows(window: Window, degrees: str) -> None:
    """Wait until the tile of the sensor shows a value."""
    tile = window.main.get_by_role("button", name=re.compile("^Kitchen temperature, "))
    expect(tile).to_contain_text(degrees, timeout=RECOVERY_MS)


def is_live_again(window: Window) -> None:
    expect(badge(window)).to_have_text("Live", timeout=RECOVERY_MS)


def test_a_broker_that_dies_is_told_and_nothing_is_missed_when_it_is_back(window: Window, system: System) -> None:
    window.tolerate(*AWAY)
    window.go("house")
    window.is_live()
    os.kill(system.pids()["runner"], signal.SIGSTOP)  # else the broker is back before anybody can see that it was away
    try:
        system.kill("broker")
        expect(badge(window)).to_have_text(TROUBLE, timeout=RECOVERY_MS)
    finally:
        os.kill(system.pids()["runner"], signal.SIGCONT)
    set_sensor(system, 17.5)
    is_live_again(window)
    shows(window, "17.5")


def test_a_gateway_that_dies_is_told_and_what_happened_meanwhile_is_fetched(window: Window, system: System) -> None:
    window.tolerate(*AWAY)
    window.go("house")
    window.is_live()
    shows(window, "")
    pid = system.kill("gateway")
    expect(badge(window)).to_have_text(TROUBLE)
    eventually(lambda: system.pids().get("gateway", pid) != pid, 30, "another gateway")
    set_sensor(system, 18.5)
    is_live_again(window)
    shows(window, "18.5")
    expect(window.page.get_by_role("alert")).to_have_count(0)


def test_a_gateway_that_hangs_is_told(window: Window, system: System) -> None:
    window.tolerate(*AWAY)
    window.go("house")
    window.is_live()
    pid = system.pids()["gateway"]
    os.kill(pid, signal.SIGSTOP)
    try:
        expect(badge(window)).to_have_text(TROUBLE, timeout=75_000)
    finally:
        if system.pids().get("gateway") == pid:
            os.kill(pid, signal.SIGCONT)
    set_sensor(system, 19.5)
    is_live_again(window)
    shows(window, "19.5")


def test_a_laptop_that_slept_shows_the_present(window: Window, system: System) -> None:
    window.tolerate(*AWAY)
    window.go("house")
    window.is_live()
    browser = window.page.context.new_cdp_session(window.page)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    set_sensor(system, 16.5)
    time.sleep(3)
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    shows(window, "16.5")
    is_live_again(window)


def test_a_network_that_is_gone_is_told_and_found_again(window: Window, system: System) -> None:
    window.tolerate(*AWAY)
    lines: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        lines.append(socket)

    window.page.route_web_socket(re.compile("/(mqtt|ws)$"), connect)
    window.go("house")
    window.is_live()
    # Offline, a browser makes no new connection; those that there are it keeps, which a network would not.
    window.page.context.set_offline(True)
    for line in lines:
        line.close(code=3001, reason="no network")
    expect(badge(window)).to_have_text(TROUBLE, timeout=RECOVERY_MS)
    set_sensor(system, 15.5)
    window.page.context.set_offline(False)
    is_live_again(window)
    shows(window, "15.5")


def test_where_mqtt_is_not_let_through_the_page_switches_by_itself(window: Window, system: System) -> None:
    window.tolerate(*AWAY)
    window.page.route_web_socket("**/mqtt", lambda socket: socket.close(code=1011, reason="not here"))
    window.go("house")
    expect(window.page.get_by_title("WS", exact=True)).to_have_text("Live", timeout=RECOVERY_MS)
    set_sensor(system, 14.5)
    shows(window, "14.5")
    lamp = window.main.get_by_role("button", name=re.compile("^Office light, "))
    expect(lamp).to_have_attribute("aria-pressed", "false")
    lamp.click()
    expect(lamp).to_have_attribute("aria-pressed", "true")


def test_the_page_goes_over_to_mqtt_and_comes_back_to_it_after_an_outage(window: Window, system: System) -> None:
    window.tolerate(*AWAY)
    window.go("house")
    expect(window.page.get_by_title("WS", exact=True)).to_have_text("Live")
    expect(window.page.get_by_title("MQTT", exact=True)).to_have_text("Live", timeout=RECOVERY_MS)
    set_sensor(system, 12.5)
    shows(window, "12.5")
    system.kill("gateway")
    expect(badge(window)).to_have_text(TROUBLE)
    set_sensor(system, 13.5)
    expect(window.page.get_by_title("MQTT", exact=True)).to_have_text("Live", timeout=RECOVERY_MS)
    shows(window, "13.5")


def test_an_answer_that_is_cut_off_is_fetched_when_the_gateway_is_back(window: Window, system: System) -> None:
    window.tolerate(*AWAY)
    window.go("chat")
    window.is_live()
    lamp = system.state_of("light.bedroom_light")["state"]
    system.kill("home-assistant-actuator")
    system.kill("gateway")
    window.say("turn on the bedroom light")
    said = window.page.get_by_role("log", name="Chat", exact=True)
    expect(said.get_by_text("Bedroom light is on.")).to_be_visible(timeout=RECOVERY_MS)
    expect(said.get_by_text("turn on the bedroom light")).to_have_count(1)
    assert lamp == "off"
    assert system.state_of("light.bedroom_light")["state"] == "on"


def test_a_page_of_yesterday_says_that_it_has_no_such_part(window: Window, system: System) -> None:
    answer = httpx.get(f"{system.url}/assets/old-view-Ab12Cd34.js")
    assert answer.status_code == 404
    assert "load it again" in answer.json()["detail"]
    window.tolerate("status of 404", "Failed to fetch dynamically imported module")
    window.page.route("**/assets/costs-view-*.js", lambda route: route.fulfill(status=404))
    window.go("costs")
    expect(window.page.get_by_role("alert")).to_contain_text("could not be loaded")
    window.page.unroute("**/assets/costs-view-*.js")
    expect(window.main.get_by_role("heading", name="Budgets")).to_be_visible()
