"""What people type about automations."""

import pytest

from wactorz_home_assistant_agent.chat import Wanted, parse


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("list my automations", Wanted("list")),
        ("automations", Wanted("list")),
        ("show me all automations about the hall", Wanted("list", "the hall")),
        ("explain automation Morning light", Wanted("show", "Morning light")),
        ("What does the automation Morning light do?", Wanted("show", "Morning light")),
        ("delete the automation “Morning light”", Wanted("delete", "Morning light")),
        ("disable automation morning light", Wanted("disable", "morning light")),
        ("turn on my automation morning light", Wanted("enable", "morning light")),
        ("create an automation: every day at 7 turn on the hall light",
         Wanted("create", task="every day at 7 turn on the hall light")),
        ("make a home assistant automation that turns off the lights at 11",
         Wanted("create", task="turns off the lights at 11")),
        ("change automation morning light: at 8 instead", Wanted("change", "morning light", "at 8 instead")),
        ("undo", Wanted("undo")),
        ("undo the last change", Wanted("undo")),
        ("Yes!", Wanted("yes")),
        ("no", Wanted("no")),
        ("why is the kitchen light on?", Wanted("why", "kitchen light on")),
        ("why light.kitchen", Wanted("why", "light.kitchen")),
        ("why", Wanted("why")),
        ("what do I need to be warned of a leak?", Wanted("hardware", task="be warned of a leak")),
        ("recommend hardware for heating by presence", Wanted("hardware", task="heating by presence")),
        ("list lights", None),
        ("state of the kitchen light", None),
        ("whyever", None),
    ],
)  # fmt: skip
def test_patterns(text: str, wanted: Wanted | None):
    assert parse(text) == wanted
