import pytest

from wactorz_sandbox.guest.window import Window


class Time:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


def filled(time, *payloads, seconds=60, max_size=100):
    window = Window("t", seconds, max_size, time)
    for payload in payloads:
        window.add(payload)
        time.now += 1
    return window


def test_numbers_under_a_key(time):
    window = filled(time, {"value": 1, "a": {"b": 5}}, {"value": "3.5"}, {"value": True}, {"value": "on"}, {}, 9)
    assert window.values() == [1, 3.5, 9]
    assert (window.mean(), window.min(), window.max()) == (4.5, 1, 9)
    assert window.values("a.b") == [5]
    assert window.count() == len(window) == 6


def test_without_numbers_there_is_no_mean(time):
    window = filled(time)
    assert (window.mean(), window.min(), window.max(), window.latest(), window.latest("x")) == (None,) * 5
    assert not window.rising()
    assert not window.falling()
    assert not window.stable()


def test_the_latest(time):
    window = filled(time, {"value": 1}, {"value": 2, "unit": "C"})
    assert window.latest() == {"value": 2, "unit": "C"}
    assert window.latest("unit") == "C"


def test_rising_falling_stable(time):
    assert filled(time, {"value": 20}, {"value": 25}, {"value": 21}).rising()
    assert not filled(time, {"value": 20}, {"value": 20.9}).rising()
    assert filled(time, {"value": 20}, {"value": 20.9}).rising(threshold=0.5)
    assert filled(time, {"value": 21}, {"value": 20}).falling()
    assert filled(time, {"value": 20}, {"value": 20.5}).stable()
    assert not filled(time, {"value": 20}, {"value": 20.6}).stable()
    assert not filled(time, {"value": 20}).stable()


def test_the_old_and_the_too_many_go(time):
    window = filled(time, *range(10), seconds=5, max_size=3)
    assert window.values() == [7, 8, 9]
    time.now += 5
    assert window.count() == 0


def test_absence_counts_from_the_last_message_or_the_beginning(time):
    window = filled(time)
    time.now = 10
    assert window.absent_for(10)
    assert not window.absent_for(11)
    window.add(1)
    assert not window.absent_for(1)
    time.now = 500  # long gone from the window
    assert window.absent_for(400)


def test_events_are_counted_by_value_and_age(time):
    window = filled(time, {"state": "on"}, {"state": "off"}, {"state": "on"})
    assert window.event_count("state", "on") == 2
    assert window.event_count("state", "on", 1.5) == 1


async def test_a_window_may_be_awaited_and_is_true_when_empty(time):
    window = filled(time)
    assert await window is window
    assert window
