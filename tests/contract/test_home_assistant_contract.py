"""The demo home answers as a real Home Assistant does: the same calls to both, and what came back compared."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from wactorz_demo_home.server import DemoHome
from wactorz_demo_home.settings import DemoHomeSettings
from wactorz_testing.home_assistant import HomeProbe, RealHomeAssistant

pytestmark = pytest.mark.home_assistant

Transcript = dict[str, Any]
LAMP, LOCK, FAN = "light.kitchen_light", "lock.front_door", "switch.fan"
BLINDS, COOLER, SENSOR = "cover.blinds", "climate.kitchen_air_conditioner", "sensor.kitchen_temperature"
SHARED = (
    *("light.kitchen_light", "light.living_room_lamp", "light.bedroom_light", "light.hallway_light"),
    *("light.office_light", "switch.fan", "lock.front_door", "cover.blinds", "climate.kitchen_air_conditioner"),
    *("sensor.kitchen_temperature", "binary_sensor.front_door", "binary_sensor.hallway_motion"),
)
READS = (
    "get_config",
    "config/area_registry/list",
    "config/entity_registry/list",
    "config/floor_registry/list",
    "config/label_registry/list",
    "config/device_registry/list",
)

# -- what is asked of both homes ---------------------------------------------------------------------------------


def call(domain: str, service: str, data: Any = None, **extra: Any) -> dict[str, Any]:
    """Return a call_service command."""
    return {"type": "call_service", "domain": domain, "service": service, "service_data": data or {}, **extra}


REFUSED: dict[str, dict[str, Any]] = {
    "unknown command": {"type": "no/such/command"},
    "extra key": {"type": "get_states", "extra": 1},
    "entity that is not registered": {"type": "config/entity_registry/get", "entity_id": "light.nope"},
    "subscription that is not there": {"type": "unsubscribe_events", "subscription": 9999},
    "event type that is no text": {"type": "subscribe_events", "event_type": 3},
    "no service": {"type": "call_service", "domain": "light"},
    "unknown service": call("light", "nope"),
    "unknown domain": call("nodomain", "turn_on", {"entity_id": LAMP}),
    "no target": call("light", "turn_on"),
    "unknown target field": call("light", "turn_on", target={"bogus": "x"}),
    "malformed entity id": call("light", "turn_on", {"entity_id": "not an id"}),
    "unknown field": call("light", "turn_on", {"entity_id": LAMP, "foo": 1}),
    "brightness that is no number": call("light", "turn_on", {"entity_id": LAMP, "brightness": "abc"}),
    "brightness percent out of range": call("light", "turn_on", {"entity_id": LAMP, "brightness_pct": 999}),
    "two brightnesses": call("light", "turn_on", {"entity_id": LAMP, "brightness": 9, "brightness_pct": 9}),
    "color out of range": call("light", "turn_on", {"entity_id": LAMP, "rgb_color": [300, 0, 0]}),
    "color for turn_off": call("light", "turn_off", {"entity_id": LAMP, "rgb_color": [255, 0, 0]}),
    "brightness for a switch": call("switch", "turn_off", {"entity_id": FAN, "brightness": 3}),
    "position out of range": call("cover", "set_cover_position", {"entity_id": BLINDS, "position": 140}),
    "no position": call("cover", "set_cover_position", {"entity_id": BLINDS}),
    "cover that cannot stop": call("cover", "stop_cover", {"entity_id": BLINDS}),
    "lock that cannot open": call("lock", "open", {"entity_id": LOCK}),
    "temperature out of range": call("climate", "set_temperature", {"entity_id": COOLER, "temperature": 99}),
    "no temperature": call("climate", "set_temperature", {"entity_id": COOLER}),
    "mode that does not exist": call("climate", "set_hvac_mode", {"entity_id": COOLER, "hvac_mode": "warm"}),
    "fan mode without the ability": call("climate", "set_fan_mode", {"entity_id": COOLER, "fan_mode": "low"}),
    "response from a service without one": call("light", "turn_on", {"entity_id": LAMP}, return_response=True),
}
"""Commands that are refused; the errors must be the same to the word."""

SILENT: dict[str, dict[str, Any]] = {
    "unknown entity": call("light", "turn_on", target={"entity_id": "light.nope"}),
    "entity of another domain": call("light", "turn_on", {"entity_id": FAN}),
    "area that is not there": call("light", "turn_on", target={"area_id": "nowhere"}),
    "no entities": call("light", "turn_on", {"entity_id": []}),
    "turn_off on a lock": call("homeassistant", "turn_off", {"entity_id": LOCK}),
    "turn_on on a lock": call("homeassistant", "turn_on", {"entity_id": LOCK}),
    "generic call without target": call("homeassistant", "turn_off"),
    "generic call for an unknown entity": call("homeassistant", "turn_off", {"entity_id": "light.nope"}),
    "brightness 0 on a dark lamp": call("light", "turn_on", {"entity_id": LAMP, "brightness": 0}),
    "turning off a dark lamp": call("light", "turn_off", {"entity_id": LAMP}),
    "locking a locked door": call("lock", "lock", {"entity_id": LOCK}),
    "scene that is not there": call("scene", "turn_on", {"entity_id": "scene.nope"}),
    "capital letters": call("LIGHT", "TURN_OFF", {"entity_id": LAMP}),
}
"""Commands that succeed and change nothing."""

EFFECTS: tuple[tuple[str, dict[str, Any], str, dict[str, Any]], ...] = (
    ("lamp to a brightness", call("light", "turn_on", {"entity_id": LAMP, "brightness": 100}), LAMP,
     {"state": "on", "brightness": 100}),
    ("lamp to a percentage", call("light", "turn_on", {"brightness_pct": 20}, target={"entity_id": LAMP}), LAMP,
     {"state": "on", "brightness": 51}),
    ("lamp beyond its range", call("light", "turn_on", {"entity_id": LAMP, "brightness": 999}), LAMP,
     {"state": "on", "brightness": 255}),
    ("lamp off", call("light", "turn_off", {"entity_id": LAMP}), LAMP, {"state": "off", "brightness": None}),
    ("lamp to a color it cannot show", call("light", "turn_on", {"entity_id": LAMP, "rgb_color": [255, 0, 0]}), LAMP,
     {"state": "on", "color_mode": "brightness"}),
    ("lamp dimmed to nothing", call("light", "turn_on", {"entity_id": LAMP, "brightness": 0}), LAMP,
     {"state": "off", "brightness": None}),
    ("area on", call("light", "turn_on", target={"area_id": "kitchen"}), LAMP, {"state": "on"}),
    ("anything off", call("homeassistant", "turn_off", {"entity_id": LAMP}), LAMP, {"state": "off"}),
    ("lamp toggled", call("light", "toggle", {"entity_id": LAMP}), LAMP, {"state": "on"}),
    ("lamp toggled back", call("light", "toggle", {"entity_id": LAMP}), LAMP, {"state": "off"}),
    ("switch on", call("switch", "turn_on", {"entity_id": FAN}), FAN, {"state": "on"}),
    ("switch off", call("switch", "turn_off", {"entity_id": FAN}), FAN, {"state": "off"}),
    ("door unlocked", call("lock", "unlock", {"entity_id": LOCK}), LOCK, {"state": "unlocked"}),
    ("door locked", call("lock", "lock", {"entity_id": LOCK}), LOCK, {"state": "locked"}),
    ("blinds to a position", call("cover", "set_cover_position", {"entity_id": BLINDS, "position": 40}), BLINDS,
     {"state": "open", "current_position": 40}),
    ("blinds closed", call("cover", "close_cover", {"entity_id": BLINDS}), BLINDS,
     {"state": "closed", "current_position": 0}),
    ("blinds open", call("cover", "open_cover", {"entity_id": BLINDS}), BLINDS,
     {"state": "open", "current_position": 100}),
    ("cooler on", call("climate", "turn_on", {"entity_id": COOLER}), COOLER, {"state": "cool"}),
    ("cooler to a temperature", call("climate", "set_temperature", {"entity_id": COOLER, "temperature": 22.5}), COOLER,
     {"state": "cool", "temperature": 22.5}),
    ("cooler back", call("climate", "set_temperature", {"entity_id": COOLER, "temperature": 24}), COOLER,
     {"state": "cool", "temperature": 24}),
    ("cooler to a mode", call("climate", "set_hvac_mode", {"entity_id": COOLER, "hvac_mode": "off"}), COOLER,
     {"state": "off", "hvac_action": "off"}),
)  # fmt: skip
"""Commands that change a device, which one, and what it shows afterwards; together they end where they began."""

REST: dict[str, tuple[Any, ...]] = {
    "running": ("GET", "/api/"),
    "wrong token": ("GET", "/api/", None, {"Authorization": "Bearer wrong"}),
    "unknown path": ("GET", "/api/nothing"),
    "state": ("GET", f"/api/states/{SENSOR}"),
    "unknown state": ("GET", "/api/states/light.nope"),
    "new state": ("POST", "/api/states/sensor.contract_probe", {"state": "29"}),
    "changed state": ("POST", "/api/states/sensor.contract_probe", {"state": 30, "attributes": {"unit": "x"}}),
    "no state": ("POST", "/api/states/sensor.contract_probe", {}),
    "state that is no JSON": ("POST", "/api/states/sensor.contract_probe", b"{"),
    "state that is too long": ("POST", "/api/states/sensor.contract_probe", {"state": "x" * 300}),
    "malformed entity id": ("POST", "/api/states/BAD", {"state": "1"}),
    "removed state": ("DELETE", "/api/states/sensor.contract_probe"),
    "removed again": ("DELETE", "/api/states/sensor.contract_probe"),
    "unknown service": ("POST", "/api/services/light/nope", {}),
    "service without data": ("POST", "/api/services/light/turn_on"),
    "service data that is no JSON": ("POST", "/api/services/light/turn_on", b"{"),
    "service for an unknown entity": ("POST", "/api/services/light/turn_on", {"entity_id": "light.nope"}),
    "service without the ability": ("POST", "/api/services/lock/open", {"entity_id": LOCK}),
    "service without response": ("POST", "/api/services/light/turn_off?return_response", {"entity_id": LAMP}),
}
"""REST requests: method, path, body, headers; status and messages must be the same."""

# -- asking ------------------------------------------------------------------------------------------------------


async def transcript(url: str, token: str) -> Transcript:
    """Ask everything of one home and return what it answered."""
    said: Transcript = {}
    async with HomeProbe(url, "wrong") as stranger:
        said["stranger"] = stranger.messages
    async with HomeProbe(url, token) as probe:
        said["greeting"] = list(probe.messages)
        said["ping"] = await probe.command("ping")
        said["features"] = await probe.command("supported_features", features={})
        said["reads"] = {name: (await probe.command(name))["result"] for name in READS}
        said["display"] = (await probe.command("config/entity_registry/list_for_display"))["result"]
        said["entity"] = (await probe.command("config/entity_registry/get", entity_id=LAMP))["result"]
        said["entries"] = (await probe.command("config/entity_registry/get_entries", entity_ids=[LAMP, "light.nope"]))[
            "result"
        ]
        said["services"] = (await probe.command("get_services"))["result"]
        said["rest services"] = (await probe.rest("GET", "/api/services"))[1]
        said["rest config"] = (await probe.rest("GET", "/api/config"))[1]
        said["states"] = {state["entity_id"]: state for state in (await probe.command("get_states"))["result"]}
        said["malformed"] = await _malformed(probe)
        await probe.command("subscribe_events", event_type="state_changed")
        await probe.command("subscribe_events", event_type="call_service")
        said["refused"] = {name: await _send(probe, message) for name, message in REFUSED.items()}
        said["silent"] = {name: await _silent(probe, message) for name, message in SILENT.items()}
        said["effects"] = {effect[0]: await _effect(probe, *effect[1:]) for effect in EFFECTS}
        said["rest"] = {name: await _rest(probe, *request) for name, request in REST.items()}
        said["rest call"] = await _rest_call(probe)
        said["compressed"] = await _compressed(probe)
        said["renaming"] = await _renaming(probe)
        said["new area"] = await _new_area(probe)
        said["floors and labels"] = await _floors_and_labels(probe)
        said["moved sensor"] = await _moved_sensor(probe)
    return said


async def _send(probe: HomeProbe, message: dict[str, Any]) -> dict[str, Any]:
    fields = {key: value for key, value in message.items() if key != "type"}
    return await probe.command(message["type"], **fields)


async def _malformed(probe: HomeProbe) -> list[dict[str, Any]]:
    answers = []
    for message in ({"type": "ping"}, {"id": 1, "type": "ping"}):
        await probe.send(message)
        answers.append(await probe.until(lambda answer: answer["type"] == "result"))
    return answers


async def _silent(probe: HomeProbe, message: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a call, and whether any of the shared entities changed by it."""
    answer = await _send(probe, message)
    await probe.command("ping")
    await probe.command("ping")
    context = answer["result"]["context"]["id"]
    return {"answer": answer, "changes": [e["data"]["entity_id"] for e in _events(probe, context, "state_changed")]}


def _events(probe: HomeProbe, context_id: str, kind: str) -> list[dict[str, Any]]:
    events = [message["event"] for message in probe.messages if message["type"] == "event"]
    return [
        event
        for event in events
        if event.get("event_type") == kind
        and event["context"]["id"] == context_id
        and event["data"].get("entity_id", SHARED[0]) in SHARED
    ]


async def _effect(
    probe: HomeProbe, message: dict[str, Any], entity_id: str, expected: dict[str, Any]
) -> dict[str, Any]:
    """Return what a call did: the order of its messages, its contexts, and the state that it led to."""
    start = len(probe.messages)
    answer = await _send(probe, message)
    context = answer["result"]["context"]

    def arrived() -> dict[str, Any] | None:
        for event in reversed(_events(probe, context["id"], "state_changed")):
            if event["data"]["entity_id"] == entity_id and _shows(event["data"]["new_state"], expected):
                return dict(event)
        return None

    if arrived() is None:
        await probe.until(lambda _message: arrived() is not None)
    event = arrived()
    own = [m for m in probe.messages[start:] if m["type"] == "result" or m in _wrapped(probe, context, entity_id)]
    kinds = [m["type"] if m["type"] == "result" else m["event"]["event_type"] for m in own]
    return {
        "answer": answer,
        "order": list(dict.fromkeys(kinds)),
        "event": event,
        "call": _events(probe, context["id"], "call_service")[0],
        "state": await probe.state(entity_id),
    }


def _wrapped(probe: HomeProbe, context: dict[str, Any], entity_id: str) -> list[dict[str, Any]]:
    """Return the messages with events about an entity that a context caused."""
    return [
        message
        for message in probe.messages
        if message["type"] == "event"
        and message["event"].get("context", {}).get("id") == context["id"]
        and message["event"]["data"].get("entity_id", entity_id) == entity_id
        and message["event"]["event_type"] in ("state_changed", "call_service")
    ]


def _shows(state: dict[str, Any] | None, expected: dict[str, Any]) -> bool:
    shown = None if state is None else {"state": state["state"], **state["attributes"]}
    return shown is not None and expected.items() <= {key: shown.get(key) for key in expected}.items()


async def _rest(
    probe: HomeProbe, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    status, content, answered = await probe.rest(method, path, body, **(headers or {}))
    return {"status": status, "body": content, "location": answered.get("Location"), "type": answered["Content-Type"]}


async def _rest_call(probe: HomeProbe) -> dict[str, Any]:
    on = await probe.rest("POST", "/api/services/light/turn_on", {"entity_id": LAMP, "brightness": 77})
    off = await probe.rest("POST", "/api/services/light/turn_off", {"entity_id": LAMP})
    own = [[state for state in body if state["entity_id"] == LAMP][-1] for _, body, _ in (on, off)]
    return {"status": [on[0], off[0]], "states": own}


async def _compressed(probe: HomeProbe) -> dict[str, Any]:
    start = len(probe.messages)
    await probe.command("subscribe_entities", entity_ids=[FAN, "light.nope"])
    subscription = probe._last_id

    def entity_event(part: str) -> Callable[[dict[str, Any]], bool]:
        return lambda m: m["type"] == "event" and m["id"] == subscription and part in m["event"]

    arrived = [m for m in probe.messages[start:] if entity_event("a")(m)]
    first = arrived[0] if arrived else await probe.until(entity_event("a"))
    start = len(probe.messages)
    await probe.call("switch", "turn_on", entity_id=FAN)
    arrived = [m for m in probe.messages[start:] if entity_event("c")(m)]
    change = arrived[0] if arrived else await probe.until(entity_event("c"))
    await probe.call("switch", "turn_off", entity_id=FAN)
    end = await probe.command("unsubscribe_events", subscription=subscription)
    return {"first": first["event"], "change": change["event"], "end": end["success"]}


async def _renaming(probe: HomeProbe) -> dict[str, Any]:
    await probe.command("subscribe_events", event_type="entity_registry_updated")
    start = len(probe.messages)
    renamed = await probe.command("config/entity_registry/update", entity_id=FAN, name="Contract fan")
    shown = (await probe.state(FAN))["attributes"]["friendly_name"]
    back = await probe.command("config/entity_registry/update", entity_id=FAN, name=None)
    events = [
        m["event"]
        for m in probe.messages[start:]
        if m["type"] == "event" and m["event"].get("event_type") == "entity_registry_updated"
    ]
    return {"renamed": renamed["result"], "shown": shown, "back": back["success"], "events": events}


async def _new_area(probe: HomeProbe) -> dict[str, Any]:
    await probe.command("subscribe_events", event_type="area_registry_updated")
    start = len(probe.messages)
    created = await probe.command("config/area_registry/create", name="Contract room")
    taken = await probe.command("config/area_registry/create", name="Contract room")
    removed = await probe.command("config/area_registry/delete", area_id="contract_room")
    events = [
        m["event"]["data"]
        for m in probe.messages[start:]
        if m["type"] == "event" and m["event"].get("event_type") == "area_registry_updated"
    ]
    return {"created": created["result"], "taken": taken["error"], "removed": removed["result"], "events": events}


async def _floors_and_labels(probe: HomeProbe) -> list[Any]:
    """Make, use and remove a floor and a label; return the answers, and then what the events said."""
    kinds = ("floor_registry_updated", "label_registry_updated", "area_registry_updated")
    for kind in kinds:
        await probe.command("subscribe_events", event_type=kind)
    start = len(probe.messages)
    answers = [
        await probe.command(f"config/{command}", **fields)
        for command, fields in (
            ("floor_registry/create", {"name": "Contract floor", "level": 7, "aliases": ["Top"]}),
            ("floor_registry/create", {"name": "contract floor"}),
            ("label_registry/create", {"name": "Contract label"}),
            ("area_registry/update", {"area_id": "kitchen", "floor_id": "contract_floor"}),
            ("floor_registry/update", {"floor_id": "contract_floor", "level": 8}),
            ("floor_registry/list", {}),
            ("floor_registry/delete", {"floor_id": "contract_floor"}),
            ("floor_registry/delete", {"floor_id": "contract_floor"}),
            ("label_registry/delete", {"label_id": "contract_label"}),
            ("label_registry/delete", {"label_id": "contract_label"}),
        )
    ]
    await probe.command("ping")
    events = [m["event"] for m in probe.messages[start:] if m["type"] == "event"]
    told = [sorted(event["data"].items()) for event in events if event.get("event_type") in kinds]
    return [*map(without_id, answers), sorted(told)]


async def _moved_sensor(probe: HomeProbe) -> dict[str, Any]:
    """Move the temperature and return the sensor's event and the thermostat's."""
    before = (await probe.state(SENSOR))["state"]
    start = len(probe.messages)
    await _move(probe, 29.5)
    found = {}
    for entity_id in (SENSOR, COOLER):

        def about(message: dict[str, Any], wanted: str = entity_id) -> bool:
            event = message.get("event", {})
            return event.get("event_type") == "state_changed" and bool(event["data"]["entity_id"] == wanted)

        arrived = [m for m in probe.messages[start:] if about(m)]
        found[entity_id] = (arrived[0] if arrived else await probe.until(about))["event"]
    await _move(probe, float(before))
    return found


async def _move(probe: HomeProbe, value: float) -> None:
    helper = {"entity_id": "input_number.kitchen_temperature_value", "value": value}
    answer = await probe.call("input_number", "set_value", **helper)
    if not answer["success"]:
        await probe.rest("POST", f"/api/states/{SENSOR}", {"state": str(value)})


# -- the two homes -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Transcript:
    """What the demo home says."""
    settings = DemoHomeSettings(token="contract", state_dir=tmp_path_factory.mktemp("demo"), port=0)
    return asyncio.run(_with_demo_home(settings, transcript))


async def _with_demo_home(settings: DemoHomeSettings, ask: Callable[[str, str], Awaitable[Transcript]]) -> Transcript:
    home = DemoHome(settings)
    await home.start()
    try:
        return await ask(home.url, "contract")
    finally:
        await home.stop()


@pytest.fixture(scope="module")
def real(real_home_assistant: RealHomeAssistant) -> Transcript:
    """What a real Home Assistant says; its devices are left as they were found."""
    return asyncio.run(_and_restore(real_home_assistant))


async def _and_restore(home: RealHomeAssistant) -> Transcript:
    async with HomeProbe(home.url, home.token) as probe:
        before = (await probe.command("get_states"))["result"]
        await _rest_position(probe)
        try:
            return await transcript(home.url, home.token)
        finally:
            for state in before:
                await _restore(probe, state)


async def _rest_position(probe: HomeProbe) -> None:
    """Bring the devices to where the demo home starts."""
    for domain, service, entity_id in (
        ("light", "turn_off", LAMP),
        ("switch", "turn_off", FAN),
        ("lock", "lock", LOCK),
        ("cover", "open_cover", BLINDS),
        ("climate", "turn_off", COOLER),
    ):
        await probe.call(domain, service, entity_id=entity_id)


async def _restore(probe: HomeProbe, state: dict[str, Any]) -> None:
    domain, entity_id = state["entity_id"].split(".")[0], state["entity_id"]
    if domain == "input_boolean":
        await probe.call(domain, f"turn_{state['state']}", entity_id=entity_id)
    if domain == "input_number":
        await probe.call(domain, "set_value", entity_id=entity_id, value=float(state["state"]))
    if entity_id == COOLER:
        await probe.call("climate", "set_temperature", entity_id=COOLER, temperature=state["attributes"]["temperature"])
        await probe.call("climate", "set_hvac_mode", entity_id=COOLER, hvac_mode=state["state"])


# -- comparing ---------------------------------------------------------------------------------------------------


def kind(value: Any) -> str:
    """Return the JSON type of a value."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "text", list: "list", dict: "object", type(None): "null"}[type(value)]


def differences(demo: Any, real: Any, path: str = "", *, more: bool = False) -> list[str]:
    """Return where two answers differ in keys and types; null fits any type. `more` lets the demo have more keys."""
    if demo is None or real is None:
        return []
    if kind(demo) != kind(real):
        return [f"{path}: {kind(demo)} instead of {kind(real)}"]
    if isinstance(demo, list):
        return (
            [problem for item in demo[:50] for problem in differences(item, real[0], f"{path}[]", more=more)]
            if real
            else []
        )
    if not isinstance(demo, dict):
        return []
    if path.endswith("config_entries_subentries"):  # its keys are ids
        return []
    problems = [f"{path}.{key}: missing" for key in real if key not in demo]
    problems += [] if more else [f"{path}.{key}: unknown to the real one" for key in demo if key not in real]
    for key in demo.keys() & real.keys():
        problems += differences(demo[key], real[key], f"{path}.{key}", more=more or key == "attributes")
    return problems


def without_id(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message without its number."""
    return {key: value for key, value in message.items() if key != "id"}


def test_strangers_are_turned_away_in_the_same_words(demo: Transcript, real: Transcript) -> None:
    assert demo["stranger"][1] == real["stranger"][1]
    assert demo["stranger"][1]["type"] == "auth_invalid"


def test_greeting(demo: Transcript, real: Transcript) -> None:
    assert [set(message) for message in demo["greeting"]] == [set(message) for message in real["greeting"]]
    assert [message["type"] for message in demo["greeting"]] == ["auth_required", "auth_ok"]
    assert demo["ping"] == real["ping"]
    assert demo["features"] == real["features"]


@pytest.mark.parametrize("name", READS)
def test_reads_have_the_same_shape(demo: Transcript, real: Transcript, name: str) -> None:
    assert differences(demo["reads"][name], real["reads"][name]) == []


def test_config_says_that_it_is_a_demo(demo: Transcript, real: Transcript) -> None:
    assert demo["rest config"] == demo["reads"]["get_config"]
    assert differences(demo["rest config"], real["rest config"]) == []
    assert (demo["rest config"]["config_source"], demo["rest config"]["location_name"]) == ("demo", "Demo home")


def test_areas_are_the_same(demo: Transcript, real: Transcript) -> None:
    names = [
        {area["area_id"]: area["name"] for area in one["reads"]["config/area_registry/list"]} for one in (demo, real)
    ]
    assert names[0].items() <= names[1].items()


def test_entity_registry_rows(demo: Transcript, real: Transcript) -> None:
    assert differences(demo["entity"], real["entity"]) == []
    needed = {"ei", "pl", "lb", "en"}
    optional = {"ai", "di", "tk", "hn", "ec", "hb", "ic", "dp"}
    for one in (demo, real):
        rows = {row["ei"]: row for row in one["display"]["entities"]}
        assert set(SHARED) <= rows.keys()
        assert all(needed <= row.keys() <= needed | optional for row in rows.values())
    assert demo["display"]["entity_categories"] == real["display"]["entity_categories"]


def test_entity_registry_rows_by_id(demo: Transcript, real: Transcript) -> None:
    assert demo["entries"].keys() == real["entries"].keys() == {LAMP, "light.nope"}
    assert demo["entries"]["light.nope"] is real["entries"]["light.nope"] is None
    assert differences(demo["entries"][LAMP], real["entries"][LAMP]) == []


def test_floors_and_labels(demo: Transcript, real: Transcript) -> None:
    assert demo["floors and labels"][-1] == real["floors and labels"][-1]
    for ours, theirs in zip(demo["floors and labels"][:-1], real["floors and labels"][:-1], strict=True):
        assert ours.get("error") == theirs.get("error")
        assert differences(ours, theirs) == []


@pytest.mark.parametrize("entity_id", SHARED)
def test_states_have_the_same_shape(demo: Transcript, real: Transcript, entity_id: str) -> None:
    assert differences(demo["states"][entity_id], real["states"][entity_id]) == []
    assert demo["states"][entity_id]["state"] == real["states"][entity_id]["state"] or entity_id not in (
        LAMP,
        LOCK,
        FAN,
    )


def _fields(description: dict[str, Any]) -> set[str]:
    names: set[str] = set()
    for name, field in description["fields"].items():
        names |= _fields(field) if "fields" in field else {name}
    return names


def test_services_are_described_alike(demo: Transcript, real: Transcript) -> None:
    for domain in demo["services"].keys() & real["services"].keys() - {"script"}:
        ours, theirs = demo["services"][domain], real["services"][domain]
        assert ours.keys() <= theirs.keys(), domain
        for name in ours:
            assert {"name", "description", "fields"} <= ours[name].keys() <= theirs[name].keys() | {"target"}
            assert ours[name].get("target") == theirs[name].get("target"), f"{domain}.{name}"
    for domain in ("light", "switch", "lock"):
        assert demo["services"][domain].keys() == real["services"][domain].keys()
    assert _fields(real["services"]["light"]["turn_off"]) == _fields(demo["services"]["light"]["turn_off"])
    assert {"brightness", "brightness_pct", "rgb_color", "color_temp_kelvin"} <= _fields(
        demo["services"]["light"]["turn_on"]
    ) & _fields(real["services"]["light"]["turn_on"])


def _selectors(description: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in description["fields"].items():
        found |= _selectors(field) if "fields" in field else {name: field.get("selector")}
    return found


def test_fields_take_the_same_values(demo: Transcript, real: Transcript) -> None:
    for domain in ("light", "cover", "climate", "lock"):
        for name, ours in demo["services"][domain].items():
            taken, wanted = _selectors(ours), _selectors(real["services"][domain][name])
            for field in taken.keys() & wanted.keys() - {"color_name"}:
                assert taken[field] == wanted[field], f"{domain}.{name} {field}"


def test_rest_lists_the_services_by_domain(demo: Transcript, real: Transcript) -> None:
    for one in (demo, real):
        assert all(set(row) == {"domain", "services"} for row in one["rest services"])
        assert {row["domain"]: row["services"] for row in one["rest services"]} == one["services"]


def test_malformed_messages(demo: Transcript, real: Transcript) -> None:
    assert demo["malformed"] == real["malformed"]
    assert [answer["error"]["code"] for answer in demo["malformed"]] == ["invalid_format", "id_reuse"]


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_are_the_same_to_the_word(demo: Transcript, real: Transcript, name: str) -> None:
    assert without_id(demo["refused"][name]) == without_id(real["refused"][name])
    assert demo["refused"][name]["success"] is False


@pytest.mark.parametrize("name", SILENT)
def test_calls_that_change_nothing_still_succeed(demo: Transcript, real: Transcript, name: str) -> None:
    for one in (demo, real):
        assert one["silent"][name]["answer"]["success"] is True
        assert one["silent"][name]["changes"] == []
    assert differences(demo["silent"][name]["answer"], real["silent"][name]["answer"]) == []


@pytest.mark.parametrize("effect", EFFECTS, ids=[effect[0] for effect in EFFECTS])
def test_effects(demo: Transcript, real: Transcript, effect: tuple[str, dict[str, Any], str, dict[str, Any]]) -> None:
    name, _, _, expected = effect
    ours, theirs = demo["effects"][name], real["effects"][name]
    assert ours["order"] == theirs["order"]
    for key in ("answer", "event", "call", "state"):
        assert differences(ours[key], theirs[key], key) == []
    for one in (ours, theirs):
        context = one["answer"]["result"]["context"]
        assert one["event"]["context"] == context
        assert one["event"]["data"]["new_state"]["context"] == context
        assert one["call"]["context"] == context
        assert (kind(context["user_id"]), context["parent_id"], len(context["id"])) == ("text", None, 26)
        assert _shows(one["state"], expected)
    assert ours["call"]["data"] == theirs["call"]["data"]


def test_contexts_belong_to_the_same_person_and_differ_by_call(demo: Transcript, real: Transcript) -> None:
    for one in (demo, real):
        contexts = [effect["answer"]["result"]["context"] for effect in one["effects"].values()]
        assert len({context["user_id"] for context in contexts}) == 1
        assert len({context["id"] for context in contexts}) == len(EFFECTS)


@pytest.mark.parametrize("name", REST)
def test_rest(demo: Transcript, real: Transcript, name: str) -> None:
    ours, theirs = demo["rest"][name], real["rest"][name]
    assert (ours["status"], ours["location"], ours["type"]) == (theirs["status"], theirs["location"], theirs["type"])
    if isinstance(theirs["body"], dict) and "entity_id" in theirs["body"]:
        assert differences(ours["body"], theirs["body"]) == []
        assert name == "state" or ours["body"]["state"] == theirs["body"]["state"]
    else:
        assert ours["body"] == theirs["body"]


def test_rest_calls_answer_with_what_changed(demo: Transcript, real: Transcript) -> None:
    assert demo["rest call"]["status"] == real["rest call"]["status"] == [200, 200]
    assert differences(demo["rest call"]["states"], real["rest call"]["states"]) == []
    assert [state["state"] for state in demo["rest call"]["states"]] == ["on", "off"]


def test_compressed_states(demo: Transcript, real: Transcript) -> None:
    ours, theirs = demo["compressed"], real["compressed"]
    assert list(ours["first"]["a"]) == list(theirs["first"]["a"]) == [FAN]
    for name, part in (("s", "first"), ("lc", "first"), ("a", "first")):
        assert kind(ours[part]["a"][FAN][name]) == kind(theirs[part]["a"][FAN][name])
    assert ours["change"]["c"][FAN]["+"]["s"] == theirs["change"]["c"][FAN]["+"]["s"] == "on"
    assert {"s", "lc", "c"} <= ours["change"]["c"][FAN]["+"].keys() & theirs["change"]["c"][FAN]["+"].keys()
    assert ours["end"] is theirs["end"] is True


def test_renaming_an_entity(demo: Transcript, real: Transcript) -> None:
    ours, theirs = demo["renaming"], real["renaming"]
    assert differences(ours["renamed"], theirs["renamed"]) == []
    assert ours["shown"] == theirs["shown"] == "Contract fan"
    assert len(ours["events"]) == len(theirs["events"]) == 2
    assert differences(ours["events"], theirs["events"]) == []
    assert [event["data"] for event in ours["events"]] == [event["data"] for event in theirs["events"]]
    assert ours["back"] is theirs["back"] is True


def test_areas_come_and_go(demo: Transcript, real: Transcript) -> None:
    ours, theirs = demo["new area"], real["new area"]
    assert differences(ours["created"], theirs["created"]) == []
    assert ours["taken"] == theirs["taken"]
    assert (ours["removed"], ours["events"]) == (theirs["removed"], theirs["events"])


def test_a_thermostat_follows_its_sensor(demo: Transcript, real: Transcript) -> None:
    for one in (demo, real):
        assert float(one["moved sensor"][SENSOR]["data"]["new_state"]["state"]) == 29.5
        assert one["moved sensor"][COOLER]["data"]["new_state"]["attributes"]["current_temperature"] == 29.5
    assert differences(demo["moved sensor"], real["moved sensor"]) == []
