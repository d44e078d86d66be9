import pytest

from wactorz_io_agent.mention import Addressed, address, not_found


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
