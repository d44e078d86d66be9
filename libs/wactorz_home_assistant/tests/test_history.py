"""What the recorder has kept."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from wactorz_demo_home.recorder import Point
from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_home_assistant import HomeAssistant
from wactorz_home_assistant.history import NoHistory, Past, micros, moment_of, portions, write_out


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[DemoHome]:
    one = DemoHome(DemoHomeSettings.model_validate({"state_dir": tmp_path, "token": "t"}))
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def home(demo: DemoHome) -> AsyncIterator[HomeAssistant]:
    one = HomeAssistant(demo.url, "t")
    one.start()
    await one.wait_ready(5)
    yield one
    await one.stop()


def seed(demo: DemoHome, count: int, since: float, every: float) -> None:
    assert demo.recorder is not None
    demo.recorder.seed(Point("sensor.x", since + number * every, str(number)) for number in range(count))


async def test_portions_follow_each_other_and_miss_nothing(demo: DemoHome, home: HomeAssistant):
    now = time.time()
    seed(demo, 20_000, now - 100_000, 1)
    seed(demo, 10, now - 50_000, 1_000)
    found = [portion async for portion in portions(home, ["sensor.x"], now - 110_000, now, attributes=False)]
    assert found[0].start == now - 110_000
    assert found[-1].end == now
    assert [one.start for one in found[1:]] == [one.end for one in found[:-1]]
    assert sum(len(one.points) for one in found) == 20_010
    assert max(len(one.points) for one in found) <= 64_000
    assert found[-1].before["sensor.x"].state in {str(number) for number in range(10)}


async def test_times_are_exact_to_the_microsecond(demo: DemoHome, home: HomeAssistant):
    at = 1_795_228_405.593_329
    seed(demo, 1, at, 1)
    async for portion in portions(home, ["sensor.x"], at - 1, at, attributes=False):
        assert [micros(past.at) for past in portion.points] == [1_795_228_405_593_329]


async def test_rows_of_an_older_schema():
    class Old:
        async def read(self, _command: str, **_fields: Any) -> Any:
            moment = "2026-11-21T02:33:25+00:00"
            return {
                "light.a": [
                    {"state": "on", "attributes": {"b": 1}, "last_changed": moment, "entity_id": "light.a"},
                    {"state": "off"}, 5, {"s": "on", "lu": "nonsense"}, {"lu": 1795228406.0},
                    {"s": None, "lu": 1795228407.0},
                ],
                "light.b": None,
            }  # fmt: skip

    old: Any = Old()
    found = [portion async for portion in portions(old, ["light.a"], 1795228400.0, 1795228410.0, attributes=True)]
    assert list(found[0].points) == [
        Past("light.a", 1795228405.0, 1795228405.0, "on", {"b": 1}), Past("light.a", 1795228407.0, 1795228407.0, ""),
    ]  # fmt: skip


async def test_a_home_without_a_recorder(demo: DemoHome, home: HomeAssistant):
    demo.world.recorder = None
    with pytest.raises(NoHistory, match="keeps no history"):
        await anext(aiter(portions(home, ["light.a"], 0, 10, attributes=False)))
    assert not await write_out(home, "light.a", 0)


async def test_the_recorder_says_that_it_has_written(home: HomeAssistant):
    assert await write_out(home, "light.kitchen_light", time.time())


async def test_one_that_does_not_say_so_is_not_waited_for(
    demo: DemoHome, home: HomeAssistant, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("wactorz_home_assistant.history._FLUSH_SECONDS", 0.05)
    assert demo.recorder is not None
    demo.recorder.seed([Point("sensor.x", time.time() - 0.5, "1")])  # it is told of this one, and of nothing later
    assert not await write_out(home, "sensor.x", time.time() - 1)


def test_times_as_they_are_worded():
    assert moment_of(5) == 5.0
    assert moment_of("2026-11-21T02:33:25.593329+00:00") == 1795228405.593329
    for odd in (None, "", "noon", True, []):
        assert moment_of(odd) is None


def test_microseconds_as_in_home_assistants_dates():
    """Home Assistant records a time as a float and tells it as a date."""
    random = Random(4)
    for _ in range(20_000):
        moment = 1_795_000_000 + random.random() * 1e6
        told = datetime.fromtimestamp(moment, UTC)
        assert micros(moment) == micros(told.timestamp()) == int(moment // 1) * 1_000_000 + told.microsecond
