import pytest

from wactorz_io_agent.mention import Addressed, address, not_found, payload_of, resting


@pytest.mark.parametrize(
    ("content", "to", "expected"),
    [
        ("turn on the light", "", Addressed("main", "turn on the light")),
        ("@weather will it rain?", "", Addressed("weather", "will it rain?")),
        ("  @weather, will it rain?", "", Addressed("weather", "will it rain?")),
        ("@Main hello", "", Addressed("main", "hello")),
        ("@main-actor /help", "", Addressed("main", "/help")),
        ("@home_assistant_agent list", "", Addressed("home-assistant-agent", "list")),
        ("@planner when it rains, close", "", Addressed("main", "pipeline: when it rains, close")),
        ("@weather", "", Addressed("weather", "")),
        ("@a line one\nline two", "", Addressed("a", "line one\nline two")),
        ("mail me @home", "", Addressed("main", "mail me @home")),
        ("@ nobody", "", Addressed("main", "@ nobody")),
        ("hello", "weather", Addressed("weather", "hello")),
        ("@other hello", "@weather", Addressed("weather", "@other hello")),
        ("/agents", "", Addressed("main", "/agents")),
        ("", "", Addressed("main", "")),
    ],
)
def test_who_a_message_is_for(content, to, expected):
    assert address(content, to) == expected


def test_unknown_agent_is_named_with_the_nearest():
    assert not_found("wether", ["weather", "main"]) == "Agent @wether not found. Did you mean @weather?"
    assert not_found("xyz", ["weather"]) == "Agent @xyz not found. /agents lists those that are here."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("@My_Agent hi", Addressed("My_Agent", "hi")),
        ("@my_agent hi", Addressed("my-agent", "hi")),
        ("@tide. hi", Addressed("tide", "hi")),
        ("@main hi", Addressed("main", "hi")),
        ("@planner when x, y", Addressed("main", "pipeline: when x, y")),
    ],
)
def test_a_name_that_is_known_as_it_is_written_stays_so(content, expected):
    assert address(content, "", {"My_Agent", "tide", "main", "planner"}) == expected


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ('{"a": 1}', {"a": 1}), (" {} ", {}), ("[1]", "[1]"), ("{broken", "{broken"), ("hello", "hello"), ("5", "5"),
        ("", ""), ('{"a":' * 5_000, '{"a":' * 5_000),
    ],
)  # fmt: skip
def test_an_object_typed_after_a_name_is_the_payload_itself(text, payload):
    assert payload_of(text) == payload


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("@two words hi", Addressed("two words", "hi")),
        (" @two words, hi", Addressed("two words", "hi")),
        ("@two words", Addressed("two words", "")),
        ("@two words more hi", Addressed("two words more", "hi")),
        ("@two wordsmith", Addressed("two", "wordsmith")),
        ("@\U0001f600 hi", Addressed("\U0001f600", "hi")),
        ("@two hi", Addressed("two", "hi")),
    ],
)
def test_names_with_blanks_and_signs_are_read_as_far_as_they_are_known(content, expected):
    assert address(content, "", {"two", "two words", "two words more", "\U0001f600", "main"}) == expected


def test_who_rests_is_said_with_the_way_to_wake_it():
    assert "/start tide" in resting("tide", "stopped")
    assert "is paused, so nothing was passed on. /agents resume tide" in resting("tide", "paused")
