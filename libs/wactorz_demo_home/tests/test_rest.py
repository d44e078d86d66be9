import pytest

SENSOR, LAMP = "/api/states/sensor.kitchen_temperature", "light.kitchen_light"


@pytest.mark.parametrize("header", ["", "Bearer wrong", "token", "Basic token", "Bearer tøken"])
async def test_only_the_token_opens(http, header):
    async with http.get("/api/states", headers={"Authorization": header}) as answer:
        assert answer.status == 401
        assert await answer.text() == "401: Unauthorized"


async def test_a_sensor_is_moved_and_keeps_its_attributes(http):
    async with http.post(SENSOR, json={"state": 29}) as answer:
        assert (answer.status, answer.headers["Location"]) == (200, SENSOR)
    async with http.get(SENSOR) as answer:
        state = await answer.json()
    assert state["state"] == "29"
    assert state["attributes"]["unit_of_measurement"] == "°C"
    assert state["context"]["user_id"]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        (SENSOR, "{}", "No state specified."),
        (SENSOR, "{", "Invalid JSON specified."),
        (SENSOR, "[1]", "Invalid JSON specified."),
        (SENSOR, '{"state": NaN}', "Invalid JSON specified."),
        (SENSOR, "[" * 100_000, "Invalid JSON specified."),
        (SENSOR, '{"state": "1", "attributes": 5}', "Invalid state specified."),
        ("/api/states/BAD", '{"state": "1"}', "Invalid entity ID specified."),
        ("/api/services/light/turn_on", "[1]", "Data should be valid JSON."),
        ("/api/services/weather/get_forecasts", '{"entity_id": "weather.home", "type": "daily"}', "requires responses"),
    ],
)
async def test_bad_requests_are_answered_with_a_message(http, path, body, message):
    async with http.post(path, data=body) as answer:
        assert answer.status == 400
        assert message in (await answer.json())["message"]


async def test_calls_answer_with_what_changed(http):
    async with http.post("/api/services/light/turn_on", json={"entity_id": LAMP, "brightness": 7}) as answer:
        changed = await answer.json()
    assert [(state["entity_id"], state["attributes"]["brightness"]) for state in changed] == [(LAMP, 7)]
    path = "/api/services/weather/get_forecasts?return_response"
    async with http.post(path, json={"entity_id": "weather.home", "type": "daily"}) as answer:
        assert set(await answer.json()) == {"changed_states", "service_response"}


async def test_refused_calls(http):
    for path, data, status in (
        ("light/nope", {}, 400),
        ("light/turn_on", {}, 400),
        ("lock/open", {"entity_id": "all"}, 200),
    ):
        async with http.post(f"/api/services/{path}", json=data) as answer:
            assert answer.status == status
    async with http.post("/api/services/lock/open", json={"entity_id": "lock.front_door"}) as answer:
        assert answer.status == 500


async def test_reads(http):
    async with http.get("/api/") as answer:
        assert await answer.json() == {"message": "API running."}
    async with http.get("/api/services") as answer:
        assert "light" in {row["domain"] for row in await answer.json()}
    async with http.get("/api/states") as answer:
        assert len(await answer.json()) >= 20
