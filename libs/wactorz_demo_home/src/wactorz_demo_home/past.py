"""A made-up week, so that a house that was just built has something to look back on; the same one every time."""

import math
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta

from wactorz_demo_home.devices import Device
from wactorz_demo_home.recorder import Point

DAYS = 7
_MOST_DEVICES = 60
_STEP_MINUTES = 20
Moments = Iterator[tuple[datetime, str]]
"""Times of a day and what an entity became then."""


def made_up(devices: Iterable[Device], now: datetime) -> list[Point]:
    """The points of the seven days before `now`, none of them in the last minute."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = (now - timedelta(days=DAYS)).timestamp(), (now - timedelta(minutes=1)).timestamp()
    points: list[Point] = []
    for device in [*devices][:_MOST_DEVICES]:
        habit = _habit_of(device)
        if habit is None:
            continue
        shown = device.first_condition.attributes
        points.append(Point(device.entity_id, start, device.state, shown))
        for ago in range(DAYS, -1, -1):
            day = midnight - timedelta(days=ago)
            luck = random.Random(f"{device.entity_id} {day.weekday()}")  # noqa: S311  # no secret
            for moment, state in habit(device, day, luck):
                if start < moment.timestamp() < end:
                    points.append(Point(device.entity_id, moment.timestamp(), state, shown))
    return points


Habit = Callable[[Device, datetime, random.Random], Moments]


def _habit_of(device: Device) -> Habit | None:
    kind = device.attributes.get("device_class", "")
    return _HABITS.get(f"{device.entity_id.partition('.')[0]} {kind}".strip())


def _measured(device: Device, day: datetime, luck: random.Random, swing: float, digits: int) -> Moments:
    try:
        middle = float(device.state)
    except ValueError:
        return
    for step in range(0, 24 * 60, _STEP_MINUTES):
        moment = day + timedelta(minutes=step, seconds=luck.randrange(600))
        wave = math.sin((step / 60 - 9) / 24 * 2 * math.pi)  # coldest at three, warmest in the afternoon
        yield moment, f"{middle + swing * wave + luck.uniform(-swing, swing) / 6:.{digits}f}"


def _temperature(device: Device, day: datetime, luck: random.Random) -> Moments:
    return _measured(device, day, luck, luck.uniform(2.0, 7.0), 1)


def _slow_reading(device: Device, day: datetime, luck: random.Random) -> Moments:
    return _measured(device, day, luck, 6.0, 0)


def _spans(
    day: datetime, luck: random.Random, hours: Iterable[float], minutes: float, states: tuple[str, str]
) -> Moments:
    """Begin about these hours and last about so long, on most days."""
    for hour in hours:
        if luck.random() < 0.15:  # not every day is the same  # noqa: PLR2004
            continue
        begin = day + timedelta(minutes=hour * 60 + luck.uniform(-20, 20))
        yield begin, states[0]
        yield begin + timedelta(minutes=minutes * luck.uniform(0.5, 1.5)), states[1]


def _light(_device: Device, day: datetime, luck: random.Random) -> Moments:
    yield from _spans(day, luck, (6.5,), 45, ("on", "off"))
    yield from _spans(day, luck, (18.5, 21.5), 75, ("on", "off"))


def _motion(_device: Device, day: datetime, luck: random.Random) -> Moments:
    hours = (2.9, 6.6, 7.1, 7.8, 8.4, 12.5, 17.2, 18.1, 19.4, 20.6, 22.4)
    return _spans(day, luck, hours, 3, ("on", "off"))


def _door(_device: Device, day: datetime, luck: random.Random) -> Moments:
    return _spans(day, luck, (8.3, 13.0, 17.1, 19.8), 2, ("on", "off"))


def _lock(_device: Device, day: datetime, luck: random.Random) -> Moments:
    return _spans(day, luck, (8.3, 17.1), 4, ("unlocked", "locked"))


def _machine(_device: Device, day: datetime, luck: random.Random) -> Moments:
    return _spans(day, luck, (6.7, 15.5), 25, ("on", "off"))


def _cover(_device: Device, day: datetime, luck: random.Random) -> Moments:
    return _spans(day, luck, (0.7,), 360, ("closed", "open"))


def _person(_device: Device, day: datetime, luck: random.Random) -> Moments:
    return _spans(day, luck, (8.4,), 520, ("not_home", "home"))


_HABITS: dict[str, Habit] = {
    "sensor temperature": _temperature, "sensor humidity": _slow_reading, "sensor illuminance": _slow_reading,
    "binary_sensor motion": _motion, "binary_sensor occupancy": _motion, "binary_sensor door": _door,
    "binary_sensor window": _door, "binary_sensor opening": _door, "light": _light, "lock": _lock,
    "switch": _machine, "cover blind": _cover, "person": _person,
}  # fmt: skip
