"""What an entity of the house was like."""

import pytest

from wactorz_common.contracts.history import HistoryPoint, HistoryReport
from wactorz_common.contracts.home import Area, Entity, House, StateReport
from wactorz_common.contracts.policy import Policies

from .test_app import FakeBus, assert_problem, client_of, make_app

HOUSE = House(
    version=1, demo=True, areas=(Area(area_id="k", name="Kitchen"),),
    entities=(Entity(entity_id="sensor.t", name="Temperature", area_id="k", unit="°C"),), services={},
)  # fmt: skip


@pytest.fixture
def bus():
    made = FakeBus()
    made.answers |= {"get_states": StateReport(states=()), "list_policies": Policies(policies=())}
    return made


@pytest.fixture
async def client(tmp_path, bus):
    app = make_app(tmp_path, bus)
    app.state.parts.look.live.take_house(HOUSE)
    async with client_of(app, headers={"host": "127.0.0.1"}) as made:
        yield made


async def test_states_in_the_order_of_time(client, bus):
    points = (
        HistoryPoint(entity_id="sensor.t", at=1.0, state="20"),
        HistoryPoint(entity_id="sensor.t", at=2.0, state="21"),
    )
    bus.answers |= {"get_history": HistoryReport(points=points, recorded_since=0.5)}
    body = (await client.get("/api/house/sensor.t/history?seconds=600")).json()
    assert body == {
        "entity_id": "sensor.t", "points": [{"t": 1.0, "state": "20"}, {"t": 2.0, "state": "21"}], "recorded_since": 0.5,
    }  # fmt: skip
    query = bus.asked[-1][1]
    assert (query.entity_ids, round(query.end - query.start)) == (("sensor.t",), 600)


async def test_what_is_not_there_has_no_history(client):
    assert_problem(await client.get("/api/house/sensor.x/history"), 404)
    assert_problem(await client.get("/api/house/sensor.t/history?seconds=1"), 422)
