import pytest

from wactorz_common.contracts.rules import MqttTrigger, Window
from wactorz_planner.windows import Stream, holds, next_look, result_of


def stream(*values, began_at=0.0, step=10.0):
    made = Stream(began_at)
    for number, value in enumerate(values):
        made.add(number * step, value)
    return made


def trigger(function, operator="any", value=None, seconds=60.0, **more):
    window = Window(function=function, seconds=seconds, **more)
    return MqttTrigger(topic="sensors/a", operator=operator, value=value, window=window)


@pytest.mark.parametrize(
    ("function", "expected"),
    [("mean", 25.0), ("min", 10.0), ("max", 40.0), ("count", 4.0), ("rising", 30.0), ("falling", -30.0)],
)
def test_numbers_of_a_window(function, expected):
    assert result_of(Window(function=function, seconds=60), stream(10, 20, 30, 40), 40.0) == expected


def test_what_is_older_than_the_window_does_not_count():
    assert result_of(Window(function="mean", seconds=15), stream(10, 20, 30, 40), 40.0) == 40.0
    assert result_of(Window(function="count", seconds=25), stream(10, 20, 30, 40), 40.0) == 2.0
    assert result_of(Window(function="mean", seconds=5), stream(10, 20), 40.0) is None


def test_words_are_no_numbers_and_are_counted_all_the_same():
    assert result_of(Window(function="mean", seconds=60), stream("x", 20, None), 20.0) == 20.0
    assert result_of(Window(function="count", seconds=60), stream("x", 20), 10.0) == 2.0


@pytest.mark.parametrize(
    ("made", "values", "expected"),
    [
        (trigger("mean", "gt", 24), (10, 20, 30, 40), True),
        (trigger("mean", "gt", 25), (10, 20, 30, 40), False),
        (trigger("rising"), (20, 20.5), False),
        (trigger("rising"), (20, 21), True),
        (trigger("rising", tolerance=5), (20, 21), False),
        (trigger("falling", "gte", 3), (20, 17), True),
        (trigger("rising"), (20,), None),
        (trigger("count", "gte", 3), ("a", "b", "c"), True),
        (trigger("event_count", "gte", 2, event="on"), ("on", "off", "on"), True),
        (trigger("event_count", "gte", 3, event="on"), ("on", "off", "on"), False),
        (trigger("event_count", "gte", 2), ("on", "off", "off", "on"), True),
        (trigger("event_count", "gte", 3), ("on", "off", "off", "on"), False),
    ],
)
def test_whether_a_window_meets_its_comparison(made, values, expected):
    assert holds(made, stream(*values), 40.0) is expected


def test_stable_needs_the_whole_window():
    made = trigger("stable")
    assert holds(made, stream(20, 20.2, began_at=0.0), 40.0) is None
    values = stream(20, 20.2, 20.1, 20.3, 20.2, 20.1, 20.2)
    assert holds(made, values, 60.0) is True
    values.add(61.0, 21.5)
    assert holds(made, values, 61.0) is False


def test_silence_counts_from_the_last_message_or_from_the_beginning():
    made = trigger("absent_for")
    quiet = Stream(began_at=100.0)
    assert holds(made, quiet, 159.0) is False
    assert next_look(made.window, quiet, 159.0) == 160.0
    assert holds(made, quiet, 160.0) is True
    quiet.add(170.0, "x")
    assert holds(made, quiet, 171.0) is False
    assert next_look(made.window, quiet, 171.0) == 230.0
    assert next_look(made.window, quiet, 231.0) is None


def test_a_window_is_looked_at_again_when_its_oldest_value_leaves():
    values = stream(1, 2, 3)
    assert next_look(Window(function="count", seconds=60), values, 20.0) == 60.0
    assert next_look(Window(function="count", seconds=15), values, 20.0) == 25.0
    assert next_look(Window(function="count", seconds=15), values, 90.0) is None
