import time

from wactorz_demo_home.context import Context
from wactorz_demo_home.house import built_in_house
from wactorz_demo_home.recorder import KEEP_SECONDS, Point, Recorder
from wactorz_demo_home.world import World

SENSOR = "sensor.kitchen_temperature"


def test_what_changes_is_kept_with_its_own_times():
    recorder = Recorder()
    world = World(built_in_house(), recorder=recorder)
    start = time.time()
    first = world.set_state(SENSOR, "22", None, Context())
    second = world.set_state(SENSOR, "22", {"unit_of_measurement": "K"}, Context())
    points = recorder.between(SENSOR, start, time.time() + 1, attributes=True)
    assert [(point.state, point.at) for point in points] == [
        ("22", first.last_updated.timestamp()), ("22", second.last_updated.timestamp()),
    ]  # fmt: skip
    assert points[1].changed_at == points[0].at
    assert points[1].attributes == {"unit_of_measurement": "K"}


def test_a_removed_entity_leaves_an_empty_state():
    recorder = Recorder()
    world = World(built_in_house(), recorder=recorder)
    start = time.time()
    world.remove_state(SENSOR, Context())
    assert [point.state for point in recorder.between(SENSOR, start, time.time() + 1, attributes=False)] == [""]


def test_the_state_before_a_time():
    recorder = Recorder()
    now = time.time()
    recorder.seed([Point("sensor.x", now - 20, "1"), Point("sensor.x", now - 10, "2")])
    assert recorder.before("sensor.x", now - 10, attributes=False) == Point("sensor.x", now - 10, "1")
    assert recorder.before("sensor.x", now - 30, attributes=False) is None
    assert recorder.oldest() == now - 20


def test_what_is_too_old_goes(tmp_path):
    path = tmp_path / "history.sqlite"
    recorder = Recorder(path)
    now = time.time()
    recorder.seed([Point("sensor.x", now - KEEP_SECONDS - 5, "1"), Point("sensor.x", now, "2")])
    recorder.close()
    again = Recorder(path)
    assert again.oldest() == now
    again.close()


def test_a_new_house_has_a_past_and_an_old_one_gets_no_other(tmp_path):
    path = tmp_path / "history.sqlite"
    recorder = Recorder(path)
    assert recorder.is_empty
    World(built_in_house(), recorder=recorder)
    count = len(recorder.between(SENSOR, 0, time.time(), attributes=False))
    assert count > 400
    recorder.close()
    again = Recorder(path)
    World(built_in_house(), recorder=again)
    assert len(again.between(SENSOR, 0, time.time(), attributes=False)) <= count + 1
    again.close()
