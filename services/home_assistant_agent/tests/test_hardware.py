"""What wishes need."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from wactorz_common.contracts.home import Area, Entity, House
from wactorz_common.contracts.llm import Completion, CompletionResult, ToolCall
from wactorz_home_assistant_agent.hardware import TOOL, by_model, by_rules

HOUSE = House(
    version=1, areas=(Area(area_id="kitchen", name="Kitchen"), Area(area_id="hall", name="Hall")),
    entities=(
        Entity(entity_id="binary_sensor.door", name="Front door", device_class="door", area_id="hall"),
        Entity(entity_id="binary_sensor.motion", name="Hall motion", device_class="motion", area_id="hall"),
        Entity(entity_id="light.kitchen", name="Kitchen light", area_id="kitchen"),
        Entity(entity_id="light.hidden", name="Hidden", hidden=True), Entity(entity_id="person.ana", name="Ana"),
        Entity(entity_id="sensor.battery", name="Humidity battery", device_class="humidity", category="diagnostic"),
    ),
    services={"notify": ("notify", "mobile_app_ana")},
)  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "there", "missing"),
    [
        ("be told when the front door opens", {"binary_sensor.door", "notify.mobile_app_ana"}, set()),
        ("be warned of a water leak", {"notify.mobile_app_ana"}, {"water leak sensor", "water valve"}),
        ("turn on the light on motion", {"binary_sensor.motion", "light.kitchen"}, set()),
        ("turn on the kitchen light when somebody enters", {"light.kitchen"}, {"motion or presence sensor"}),
        ("heat only when somebody is home", {"person.ana"}, {"thermostat or radiator valve"}),
        ("know when the washing machine is done", {"notify.mobile_app_ana"}, {"power meter"}),
        ("ventilate the bathroom when it is humid", set(), {"humidity sensor", "controllable fan"}),
        ("lock the door automatically", {"binary_sensor.door"}, {"smart lock"}),
    ],
)
def test_common_wishes(wish: str, there: set[str], missing: set[str]):
    report = by_rules(wish, HOUSE)
    assert report is not None
    assert {one for need in report.needs for one in need.entity_ids} == there
    assert set(report.missing) == missing
    assert ("Nothing that is needed is missing." in report.text) is not missing or bool(missing)


def test_words():
    report = by_rules("be warned of a water leak in the kitchen", HOUSE)
    assert report is not None
    assert report.text.splitlines() == [
        "For that in the kitchen you need:",
        "- water leak sensor, to notice water: there is none yet. Look for: Zigbee or Z-Wave leak sensor on the floor.",
        "- way to reach you, to warn you: you have notify.mobile_app_ana [notify.mobile_app_ana].",
        (
            "- water valve, to shut the water off (optional): there is none yet. Look for: motor valve on the main pipe, "
            "Zigbee or Z-Wave."
        ),
        "Missing: water leak sensor.",
    ]
    assert by_rules("sing", HOUSE) is None


def model(**arguments: Any) -> Callable[[Completion], Awaitable[CompletionResult]]:
    async def ask(question: Completion) -> CompletionResult:
        assert "Front door" not in question.messages[0].content
        call = ToolCall(id="1", name=TOOL, arguments=arguments)
        return CompletionResult(provider="anthropic", model="m", tool_calls=(call,), cost_usd=0.01)

    return ask


async def test_the_model_names_kinds_and_the_registry_says_what_is_there():
    needs = [
        {"kind": "pet feeder", "purpose": "to feed", "domain": "switch", "entity_ids": ["switch.invented"]},
        {"kind": "camera light", "purpose": "to see", "domain": "light"}, "nonsense",
    ]  # fmt: skip
    report = await by_model(model(needs=needs), "feed the cat", HOUSE)
    assert report is not None
    assert [need.entity_ids for need in report.needs] == [(), ("light.kitchen",)]
    assert "invented" not in report.text
    assert (report.source, report.cost_usd) == ("cloud", 0.01)
    assert await by_model(model(needs=[]), "feed the cat", HOUSE) is None
