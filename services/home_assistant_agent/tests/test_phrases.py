"""Parts of sentences about automations."""

from wactorz_home_assistant_agent.phrases import duration, either, listing, offset_in_words, with_data


def test_durations():
    assert [duration(one) for one in (90, "00:02:00", {"hours": 2}, 0.5, "01:00")] == [
        "90 s", "2 min", "2 h", "0.5 s", "1 h",
    ]  # fmt: skip


def test_lists_offsets_and_data():
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert either(["not_home", "off"]) == "not home or off"
    assert [offset_in_words(one) for one in ("-00:30:00", "01:00:00", None)] == ["30 min before ", "1 h after ", ""]
    assert with_data({"brightness_pct": 30, "hvac_mode": "heat"}) == " (brightness 30 %, hvac mode heat)"
    assert with_data({}) == ""
