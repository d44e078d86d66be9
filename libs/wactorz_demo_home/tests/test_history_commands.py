import time
from datetime import UTC, datetime

from wactorz_demo_home.recorder import Point


def iso(moment):
    return datetime.fromtimestamp(moment, UTC).isoformat()


async def ask(client, start, end=None, *entity_ids, **fields):
    if end is not None:
        fields["end_time"] = iso(end)
    return await client.command(
        "history/history_during_period", start_time=iso(start), entity_ids=list(entity_ids), **fields
    )


async def test_a_span_with_the_state_before_it(home, client):
    now = time.time()
    home.recorder.seed([Point("sensor.x", now - 30, "1", {"a": 1}), Point("sensor.x", now - 20, "2", {"a": 2})])
    answer = await ask(client, now - 25, None, "sensor.x", "sensor.y")
    start = datetime.fromisoformat(iso(now - 25)).timestamp()
    assert answer["result"] == {
        "sensor.x": [{"s": "1", "a": {"a": 1}, "lu": start}, {"s": "2", "a": {"a": 2}, "lu": now - 20}],
        "sensor.y": [],
    }
    short = await ask(client, now - 25, None, "sensor.x", no_attributes=True, include_start_time_state=False)
    assert short["result"] == {"sensor.x": [{"s": "2", "lu": now - 20}]}


async def test_changes_of_attributes_alone(home, client):
    now = time.time()
    home.recorder.seed([Point("light.x", now - 9, "on"), Point("light.x", now - 8, "on", {}, now - 9)])
    usual = await ask(client, now - 10, None, "light.x")
    assert len(usual["result"]["light.x"]) == 1
    every = await ask(client, now - 10, None, "light.x", significant_changes_only=False)
    assert every["result"]["light.x"][1] == {"s": "on", "a": {}, "lu": now - 8, "lc": now - 9}
    minimal = await ask(client, now - 10, None, "light.x", significant_changes_only=False, minimal_response=True)
    assert len(minimal["result"]["light.x"]) == 1


async def test_before_everything_and_after_now(home, client):
    assert (await ask(client, 0, 1000, "sensor.kitchen_temperature"))["result"] == {}
    assert (await ask(client, time.time() + 100, None, "sensor.kitchen_temperature"))["result"] == {}


async def test_refusals(home, client):
    for fields, code in (
        ({"start_time": "noon", "entity_ids": ["a.b"]}, "invalid_start_time"),
        ({"start_time": iso(0), "end_time": "x", "entity_ids": ["a.b"]}, "invalid_end_time"),
        ({"start_time": iso(0), "entity_ids": ["nonsense"]}, "invalid_entity_ids"),
        ({"start_time": iso(0)}, "invalid_format"),
        ({"start_time": iso(0), "entity_ids": "a.b"}, "invalid_format"),
    ):
        answer = await client.command("history/history_during_period", **fields)
        assert answer["error"]["code"] == code


async def test_a_stream_tells_twice_and_goes_on(home, client):
    now = time.time()
    await client.command(
        "history/stream", start_time=iso(now), entity_ids=["light.kitchen_light"], include_start_time_state=False
    )
    await client.command("ping")
    assert [event["states"] for event in client.events] == [{"light.kitchen_light": []}, {}]
    await client.call("light.turn_on", entity_id="light.kitchen_light")
    await client.command("ping")
    assert client.events[-1]["states"]["light.kitchen_light"][0]["s"] == "on"


async def test_a_home_without_a_recorder(home, client):
    home.world.recorder = None
    answer = await ask(client, time.time() - 5, None, "light.kitchen_light")
    assert answer["error"]["code"] == "unknown_command"


async def test_a_past_can_be_given(home, http, client):
    now = time.time()
    body = {"sensor.y": [[now - 3, 5], [now - 2, "6", {"unit_of_measurement": "°C"}]]}
    async with http.post("/api/demo/history", json=body) as answer:
        assert (answer.status, await answer.json()) == (200, {"points": 2})
    rows = (await ask(client, now - 4, None, "sensor.y"))["result"]["sensor.y"]
    assert [(row["s"], row["a"]) for row in rows] == [("5", {}), ("6", {"unit_of_measurement": "°C"})]
    for wrong in ({"sensor.y": [[1]]}, {"sensor.y": 5}, [], {"sensor.y": [["x", "1"]]}):
        async with http.post("/api/demo/history", json=wrong) as answer:
            assert answer.status == 400
