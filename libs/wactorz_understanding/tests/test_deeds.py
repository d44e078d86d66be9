"""What a rule does: commands, notices and tasks, in any order, or not at all."""

import pytest

OPENS = "trigger cover.gate=open do"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("tell me and then close the gate", f"{OPENS} cover.close_cover cover.gate; notice"),
        ("turn on the porch light and tell me on Slack", f"{OPENS} light.turn_on light.porch; notice slack"),
        ("close it", f"{OPENS} cover.close_cover cover.gate"),
        ("@weather-agent forecast for Berlin", f'{OPENS} task weather-agent "forecast for Berlin"'),
        ("tell me and @news tell me the news", f'{OPENS} notice; task news "tell me the news"'),
        ("turn on the porch light and turn it into gold", "nothing"),
        ("tell me and order a pizza", "nothing"),
        ("@weather-agent forecast and @news headlines", "nothing"),
    ],
)
def test_deeds(said, expected, rule):
    assert rule(f"when the gate opens, {said}") == expected
