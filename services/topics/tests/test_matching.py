import pytest

from wactorz_common.contracts.topics import FieldSeen
from wactorz_topics.matching import Need, best, match, nearest, types_fit, words_of


def field(name, unit="", *types):
    return FieldSeen(name=name, types=types or ("number",), unit=unit)


@pytest.mark.parametrize(
    ("need", "given", "score"),
    [
        (Need("temperature"), field("temperature"), 1.0),
        (Need("state"), field("new_state.state"), 0.95),
        (Need("temp"), field("temperature_c", "°C"), 0.9),
        (Need("temp_f"), field("temperature_c", "°C"), 0.72),
        (Need("confidence"), field("conf"), 0.9),
    ],
)
def test_fields_that_fit(need, given, score):
    assert round(match(need, given).score, 3) == score


@pytest.mark.parametrize(
    ("need", "given"),
    [
        (Need("temperature"), field("city")),
        (Need("temperature", "float"), field("temperature", "", "text")),
        (Need("power_w"), field("power_c", "°C")),
    ],
)
def test_fields_that_do_not(need, given):
    assert match(need, given) is None


def test_what_has_to_be_converted_is_said():
    assert (
        match(Need("temp_f"), field("temperature_c", "°C")).note
        == "temperature_c is in °C, temp_f wants °F: convert it"
    )


def test_the_best_of_several():
    fields = (field("temp"), field("temperature"), field("humidity"))
    assert best(Need("temperature"), fields).field == "temperature"
    assert best(Need("pressure"), fields) is None
    assert nearest("temprature", fields) == ["temperature"]
    assert nearest("brightness", fields) == []


def test_types():
    assert types_fit((), ("text",))
    assert types_fit(("number",), ("nothing", "number"))
    assert types_fit(("number",), ("truth",))
    assert not types_fit(("text",), ("number",))
    assert words_of("a.outsideTemp_c") == ("outside", "temperature")
