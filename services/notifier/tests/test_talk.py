from wactorz_common.contracts.notices import Target
from wactorz_notifier.talk import listing, place_to_try


def test_what_people_say():
    assert place_to_try("test discord") == "discord"
    assert place_to_try(" Test. ") == ""
    assert place_to_try("test the lights in the hall") is None


def test_what_they_are_told():
    assert "/webhook discord URL" in listing((), "")
    targets = (
        Target(name="family", service="discord", hint="discord.com…ab12", usual=True),
        Target(name="slack", service="slack", hint="hooks.slack.com…", problem="it cannot be reached"),
    )
    assert listing(targets, "22:00-06:00") == (
        "Notices go to:\n"
        "- family (discord): discord.com…ab12, the usual one\n"
        "- slack: hooks.slack.com…; the last notice did not arrive: it cannot be reached\n"
        "Quiet hours: 22:00-06:00.\nTo try one, say `@notifier test family`."
    )
