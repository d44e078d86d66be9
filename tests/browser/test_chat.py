"""The chat as it is read: it follows what is said, and lets go when a person scrolls up."""

import re

import pytest
from playwright.sync_api import expect

from .window import Window

pytestmark = pytest.mark.browser

SENTENCE = "when the kitchen temperature goes above {} degrees, turn on the air conditioner"
GAP = """async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const find = (root) => root.querySelector("wz-chat-messages") ?? [...root.querySelectorAll("*")].map((one) => one.shadowRoot && find(one.shadowRoot)).find(Boolean);
    const one = find(document);
    return one.scrollHeight - one.scrollTop - one.clientHeight;
}"""
"""Pixels between what is seen and the end of the conversation."""


def test_a_long_conversation_opens_at_its_end_and_stays_where_a_person_scrolled(window: Window) -> None:
    window.go("chat")
    window.is_live()
    for degrees in range(28, 34):
        window.say(SENTENCE.format(degrees))
        expect(window.main.get_by_text(re.compile(f"above {degrees}.°C")).first).to_be_visible()
    newest = window.page.get_by_role("button", name="To the newest")
    for view in ("rules", "chat", "scene"):
        window.go(view)
        window.page.reload()
        window.is_live()
        expect(window.page.get_by_text(re.compile("above 33")).last).to_be_in_viewport()
        expect(newest).to_have_count(0)
        assert window.page.evaluate(GAP) <= 1
    window.page.get_by_role("log", name="Chat").hover()
    window.page.mouse.wheel(0, -500)
    expect(newest).to_be_visible()
    newest.click()
    expect(newest).to_have_count(0)


def test_two_tabs_show_what_is_said_in_either(window: Window) -> None:
    first, second = "is the kitchen light on?", "is the bedroom light on?"
    other = Window(window.page.context.new_page(), window.url)
    for tab in (window, other):
        tab.go("chat")
        tab.is_live()
        tab.main.get_by_role("button", name="New conversation").first.click()
    window.say(first)
    other.main.get_by_role("complementary").get_by_role("button", name=first).click()
    expect(other.page.get_by_role("log", name="Chat").get_by_text(first)).to_be_visible()
    other.say(second)
    expect(window.page.get_by_role("log", name="Chat").get_by_text(second)).to_be_visible()
    assert other.unexpected() == []
