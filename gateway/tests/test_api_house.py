"""The house by rooms over REST, and what people do with it."""

import pytest

from wactorz_common.contracts.home import ActuationResult, Area, CallOutcome, Entity, House, ServiceCall, StateReport
from wactorz_common.contracts.policy import Policies
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout, ContractError

from .test_app import FakeBus, assert_problem, client_of, make_app

HOUSE = House(
    version=7, demo=True, areas=(Area(area_id="k", name="Kitchen"),),
    entities=(Entity(entity_id="light.lamp", name="Lamp", area_id="k"),
              Entity(entity_id="lock.door", name="Front door", area_id="k"),
              Entity(entity_id="sensor.t", name="Temperature", area_id="k", unit="°C")),
    services={"light": ("turn_on", "turn_off"), "lock": ("lock", "unlock")},
)  # fmt: skip
CALL = ServiceCall(domain="light", service="turn_on", entity_id=("light.lamp",))


def told(state):
    return StateReport(states=(Entity(entity_id="light.lamp", name="Lamp", state=state, changed_at=1.0),))


@pytest.fixture
def bus():
    made = FakeBus()
    made.answers |= {"get_states": told("off"), "list_policies": Policies(policies=())}
    return made


@pytest.fixture
def app(tmp_path, bus):
    made = make_app(tmp_path, bus)
    made.state.parts.look.live.take_house(HOUSE)
    return made


@pytest.fixture
async def client(app):
    async with client_of(app, headers={"host": "127.0.0.1"}) as made:
        yield made


async def test_rooms_with_their_devices(client):
    view = (await client.get("/api/house")).json()
    assert (view["source"], view["version"], view["units"]) == ("demo", 7, {"temperature": "°C"})
    (room,) = view["rooms"]
    lamp, lock, sensor = room["entities"]
    assert (room["name"], lamp["state"], lamp["risk"], lamp["actions"][:2]) == (
        "Kitchen", "off", "B", ["turn_on", "turn_off"]
    )  # fmt: skip
    assert (lock["risk"], lock["asks"], sensor["risk"], sensor["unit"]) == ("C", ["unlock"], "A", "°C")


async def test_reading_it_again_asks_nobody_and_sends_nothing_twice(client, bus):
    first = await client.get("/api/house")
    asked = len(bus.asked)
    again = await client.get("/api/house", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, len(bus.asked)) == (304, b"", asked)


async def test_who_does_not_answer_leaves_the_rooms(client, bus):
    bus.answers |= {"get_states": AskTimeout("no answer"), "list_policies": AskTimeout("no answer")}
    view = (await client.get("/api/house")).json()
    assert view["stale"] is True
    assert view["rooms"][0]["entities"][0]["state"] is None


async def test_a_house_that_nobody_knows_is_a_problem(tmp_path, bus):
    async with client_of(make_app(tmp_path, bus), headers={"host": "127.0.0.1"}) as client:
        assert_problem(await client.get("/api/house"), 503)


async def test_an_action_goes_through_the_actuator_with_the_person(client, bus):
    done = ActuationResult(outcomes=(CallOutcome(call=CALL, state=TaskState.DONE),), text="Lamp is on.")
    bus.ends["actuate"] = (TaskState.DONE, done, None)
    bus.answers["get_states"] = StateReport(
        states=(Entity(entity_id="light.lamp", name="Lamp", state="on", changed_at=2.0),)
    )
    answer = await client.post(
        "/api/house/light.lamp/actions", json={"action": "turn_on", "data": {"brightness_pct": 40}},
        headers={"idempotency-key": "k"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["text"], answer.json()["state"]) == ("done", "Lamp is on.", "on")
    action, wish, _, task_id = bus.submitted[-1]
    assert (action, wish.person, wish.origin, wish.tainted) == ("actuate", "owner", "person", False)
    assert wish.calls[0].data == {"brightness_pct": 40}
    assert answer.json()["trace_id"] == task_id
    again = await client.post(
        "/api/house/light.lamp/actions", json={"action": "turn_on"}, headers={"idempotency-key": "k"}
    )
    assert bus.submitted[-1][3] == task_id
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        ((TaskState.FAILED, ActuationResult(outcomes=(), text="Asks.", approval_id="a1"), None), 202, "waiting"),
        ((TaskState.DONE, ActuationResult(outcomes=(), text="Asks.", approval_id="a1"), None), 202, "waiting"),
        ((TaskState.FAILED, None, "The lamp is unavailable."), 200, "failed"),
        ((TaskState.UNKNOWN, None, None), 200, "unknown"),
        ((TaskState.EXPIRED, None, None), 200, "failed"),
    ],
)
async def test_every_end_is_told_with_a_sentence(client, bus, end, status, said):
    bus.ends["actuate"] = end
    answer = await client.post("/api/house/lock.door/actions", json={"action": "unlock"})
    assert (answer.status_code, answer.json()["status"]) == (status, said)
    assert answer.json()["text"]
    assert answer.json()["approval_id"] == ("a1" if said == "waiting" else "")


async def test_what_cannot_be_done_is_a_sentence(client, bus):
    def act(entity, **body):
        return client.post(f"/api/house/{entity}/actions", json=body)

    assert_problem(await act("light.none", action="turn_on"), 404)
    assert_problem(await act("light.lamp", action="unlock"), 422)
    assert_problem(await act("light.lamp", action="turn_on", data={"entity_id": "lock.door"}), 422)
    assert_problem(await act("sensor.t", action="turn_on"), 422)
    assert_problem(await act("light.lamp", action="turn_on", foo=1), 422)
    assert_problem(await act("light.lamp"), 422)
    assert_problem(await act("No-Entity", action="turn_on"), 404)
    bus.ends["actuate"] = ContractError("the task was already used")
    used = await client.post(
        "/api/house/light.lamp/actions", json={"action": "turn_on"}, headers={"idempotency-key": "x"}
    )
    assert_problem(used, 422)
    assert "Idempotency-Key" in used.json()["detail"]
    bus.away = True
    assert_problem(await act("light.lamp", action="turn_on"), 503)
    assert not [one for one in bus.submitted if one[1].calls[0].entity_id == ("lock.door",)]


async def test_the_callers_trace_comes_back(client, bus):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = await client.get("/api/house", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    assert answer.headers["x-trace-id"] == trace
