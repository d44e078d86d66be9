"""Messages on topics: topic, field and text as they were typed."""

import pytest

DONE = "do notice"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("when Home/Boiler/State temp.Flow exceeds 80.5 tell me", f"trigger mqtt Home/Boiler/State temp.Flow >80.5 {DONE}"),
        ('when home/boiler/state is "ERR 5" tell me', f"trigger mqtt home/boiler/state =ERR 5 {DONE}"),
        ("when zigbee2mqtt/Button action equals double tell me", f"trigger mqtt zigbee2mqtt/Button action =double {DONE}"),
        ("tell me when home/attic/leak is ON", f"trigger mqtt home/attic/leak =ON {DONE}"),
        ("when home/attic/leak is ON turn on the fountain", "trigger mqtt home/attic/leak =ON do switch.turn_on switch.fountain"),
        ("when the topic home/doorbell receives a message tell me", f"trigger mqtt home/doorbell any {DONE}"),
        ("when sensors/garden/soil is dry tell me", "nothing"),
        ("when sensors/garden/soil is not 5 tell me", "nothing"),
        ("when meters/house power is above 2 kW tell me", "nothing"),
        ("when sensors/garden/soil moisture is between 20 and 30 tell me", "nothing"),
    ],
)  # fmt: skip
def test_statement(said, expected, rule):
    assert rule(said) == expected


def test_reaching_a_value_counts_the_value_itself(make):
    assert make("when tank/level reaches 80 tell me").draft.trigger.operator == "gte"


def test_words_of_a_topic_keep_their_letters_in_german(rule):
    said = "wenn haus/Küche/Füllstand Höhe unter 5 fällt, sag mir Bescheid"
    assert rule(said, "de") == "trigger mqtt haus/Küche/Füllstand Höhe <5 do notice"
