import pytest

from wactorz_main.automation_sentences import read_wish


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("which automations are there?", ()), ("Show me all automations", ()), ("zeige meine Automationen", ()),
        ("what does the morning light automation do?", ("show", "morning light")),
        ("explain automation Night Watch", ("show", "Night Watch")),
        ("erkläre die Automation Nachtwache", ("show", "Nachtwache")),
        ("Disable the morning light automation!", ("disable", "morning light")),
        ("turn on the automation Blinds", ("enable", "Blinds")),
        ("delete the automation called Old one", ("delete", "Old one")),
        ("change the Blinds automation so that it runs at 8", ("change", "Blinds: it runs at 8")),
        ("ändere die Automation Rollo so, dass sie um 8 läuft", ("change", "Rollo: sie um 8 läuft")),
    ],
)  # fmt: skip
def test_wishes(text, wish):
    assert read_wish(text) == wish


@pytest.mark.parametrize(
    "text",
    ["turn on the kitchen light", "create an automation that opens the blinds at 8", "automation", "list agents"],
)
def test_other_sentences(text):
    assert read_wish(text) is None
