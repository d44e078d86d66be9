"""The recorder's answers: the same from the demo home and from a real Home Assistant 2025.4."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_testing.home_assistant import HomeProbe

SENSOR = "sensor.history_probe"
COMMAND = "history/history_during_period"


@pytest.fixture(params=["demo", pytest.param("real", marks=pytest.mark.home_assistant)])
async def probe(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[HomeProbe]:
    if request.param == "real":
        real = request.getfixturevalue("real_home_assistant")
        async with HomeProbe(real.url, real.token) as one:
            yield one
            await one.rest("DELETE", f"/api/states/{SENSOR}")
        return
    settings = DemoHomeSettings(state_dir=tmp_path)
    home = DemoHome(settings)
    await home.start()
    async with HomeProbe(home.url, settings.secret_token()) as one:
        yield one
    await home.stop()


async def put(probe: HomeProbe, state: str, **attributes: Any) -> dict[str, Any]:
    _, body, _ = await probe.rest("POST", f"/api/states/{SENSOR}", {"state": state, "attributes": attributes})
    await asyncio.sleep(0.01)
    return dict(body)


def moment(state: dict[str, Any], key: str = "last_updated") -> float:
    return datetime.fromisoformat(state[key]).timestamp()


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


async def written(probe: HomeProbe, at: float) -> int:
    """Have the recorder write everything; the number of answers that a stream gives for it."""
    answer = await probe.command(
        "history/stream", start_time=iso(at), entity_ids=["sensor.unheard_of"], include_start_time_state=False
    )
    number, seen = answer["id"], 0
    while seen < 2:
        message = await probe.until(lambda message: message.get("type") == "event" and message["id"] == number, 5)
        assert set(message["event"]) == {"states", "start_time", "end_time"}
        seen += 1
    await probe.command("unsubscribe_events", subscription=number)
    return seen


async def test_changes_states_before_and_removals(probe: HomeProbe):
    first = await put(probe, "1", unit_of_measurement="K")
    second = await put(probe, "2", unit_of_measurement="K")
    third = await put(probe, "2", unit_of_measurement="°C")
    await probe.rest("DELETE", f"/api/states/{SENSOR}")
    assert await written(probe, moment(third)) == 2
    start = iso((moment(first) + moment(second)) / 2)
    span = {"start_time": start, "entity_ids": [SENSOR]}
    rows = (await probe.command(COMMAND, **span, significant_changes_only=False))["result"][SENSOR]
    assert [row["s"] for row in rows] == ["1", "2", "2", None]
    assert rows[0]["lu"] == pytest.approx(datetime.fromisoformat(start).timestamp(), abs=1e-5)
    assert [row["lu"] for row in rows[1:3]] == [pytest.approx(moment(one), abs=1e-6) for one in (second, third)]
    assert rows[2]["lc"] == pytest.approx(moment(third, "last_changed"), abs=1e-6)
    assert [row["a"].get("unit_of_measurement") for row in rows[:3]] == ["K", "K", "°C"]
    assert "lc" not in rows[1]

    usual = (await probe.command(COMMAND, **span))["result"][SENSOR]
    assert [row["s"] for row in usual] == ["1", "2", None]
    plain = (await probe.command(
        COMMAND, **span, significant_changes_only=False, minimal_response=True, no_attributes=True,
        include_start_time_state=False,
    ))["result"][SENSOR]  # fmt: skip
    assert [row["s"] for row in plain] == ["2", None]
    assert all("a" not in row for row in plain)


async def test_a_change_at_the_very_start_is_neither_before_nor_after(probe: HomeProbe):
    first = await put(probe, "1")
    second = await put(probe, "2")
    await written(probe, moment(second))
    answer = await probe.command(COMMAND, start_time=second["last_updated"], entity_ids=[SENSOR])
    assert first["state"] == "1"
    assert "2" not in [row["s"] for row in answer["result"].get(SENSOR, []) if row["lu"] > moment(second) + 1e-4]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"start_time": "noon", "entity_ids": [SENSOR]}, "invalid_start_time"),
        ({"start_time": iso(0), "end_time": "later", "entity_ids": [SENSOR]}, "invalid_end_time"),
        ({"start_time": iso(0), "entity_ids": ["nonsense"]}, "invalid_entity_ids"),
        ({"entity_ids": [SENSOR]}, "invalid_format"),
        ({"start_time": iso(0), "entity_ids": "sensor.a"}, "invalid_format"),
    ],
)
async def test_refusals(probe: HomeProbe, fields: dict[str, Any], code: str):
    assert (await probe.command(COMMAND, **fields))["error"]["code"] == code


async def test_times_of_which_nothing_is_known(probe: HomeProbe):
    far = {"start_time": iso(1_000_000), "end_time": iso(1_100_000), "entity_ids": [SENSOR]}
    assert (await probe.command(COMMAND, **far))["result"] == {}
    ahead = {"start_time": iso(datetime.now(UTC).timestamp() + 3_600), "entity_ids": [SENSOR]}
    assert (await probe.command(COMMAND, **ahead))["result"] == {}


async def test_several_messages_in_one_for_who_asks(probe: HomeProbe):
    answer = await probe.command("supported_features", features={"coalesce_messages": 1})
    assert answer["success"]
