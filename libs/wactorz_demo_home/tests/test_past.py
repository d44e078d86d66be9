from datetime import UTC, datetime, timedelta

import pytest

from wactorz_demo_home.house import built_in_house
from wactorz_demo_home.past import made_up

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def test_it_is_the_same_every_time():
    devices = built_in_house().devices
    assert made_up(devices, NOW) == made_up(devices, NOW)


@pytest.mark.parametrize("hours", [0, 0.1, 3, 9.5, 22.8, 23.99])
def test_it_ends_before_now_and_begins_a_week_ago_at_any_hour(hours: float):
    now = NOW.replace(hour=0, minute=0) + timedelta(hours=hours)
    points = made_up(built_in_house().devices, now)
    assert max(point.at for point in points) < now.timestamp()
    assert min(point.at for point in points) == (now - timedelta(days=7)).timestamp()


def test_it_is_plausible():
    points = made_up(built_in_house().devices, NOW)
    by_entity = {}
    for point in points:
        by_entity.setdefault(point.entity_id, []).append(point)
    degrees = [float(point.state) for point in by_entity["sensor.kitchen_temperature"]]
    assert len(degrees) > 400
    assert 10 < min(degrees) < 20
    assert 22 < max(degrees) < 32
    lit = [point for point in by_entity["light.kitchen_light"] if point.state == "on"]
    assert 8 <= len(lit) <= 24
    assert {point.state for point in by_entity["binary_sensor.hallway_motion"]} == {"on", "off"}
    assert "lock.front_door" in by_entity
    assert "weather.home" not in by_entity
    assert len(points) < 10_000
