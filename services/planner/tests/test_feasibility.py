import pytest

from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.rules import (
    Condition,
    DetectionTrigger,
    Hours,
    IntervalTrigger,
    MqttTrigger,
    NoticeAction,
    RuleDraft,
    TaskAction,
    Window,
)
from wactorz_planner.feasibility import missing_text, nearest, problems_of

HOUSE = House(
    version=1,
    entities=(
        Entity(entity_id="light.kitchen", name="Kitchen Light"), Entity(entity_id="light.living_lamp", name="Reading Lamp"),
        Entity(entity_id="sensor.kitchen_temperature", name="Kitchen Temperature"),
        Entity(entity_id="camera.drive", name="Driveway Camera"),
    ),
)  # fmt: skip
EVERY = IntervalTrigger(seconds=60)


def mqtt(**more):
    return MqttTrigger(**{"topic": "sensors/a", **more})


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (RuleDraft(trigger=mqtt(topic="io/chat")), "Rules cannot listen to io/chat"),
        (RuleDraft(trigger=mqtt(operator="gt")), "does not say what the message is compared with"),
        (RuleDraft(trigger=mqtt(operator="gt", value="warm")), "warm is not a number"),
        (RuleDraft(trigger=mqtt(window=Window(function="mean", seconds=60))), "needs a comparison"),
        (RuleDraft(trigger=mqtt(for_seconds=5)), "cannot last for a time"),
        (RuleDraft(trigger=DetectionTrigger(target="dog", camera="camera.driveway")), "nearest: Driveway Camera (camera.drive)"),
        (RuleDraft(trigger=EVERY, conditions=(Condition(value=1),)), "an entity or at a topic"),
        (RuleDraft(trigger=EVERY, conditions=(Condition(topic="sensors/#", value=1),)), "must not hold + or #"),
        (RuleDraft(trigger=EVERY, tasks=(TaskAction(agent="home-assistant-actuator", task="x"),)), "takes no tasks"),
        (RuleDraft(trigger=EVERY, tasks=(TaskAction(agent="main", task="say $payload.x"),)), "leave the $ out"),
        (RuleDraft(trigger=EVERY, tasks=(TaskAction(agent="owls", task="x"),)), "There is no agent owls; nearest: owl."),
    ],
)  # fmt: skip
def test_what_cannot_work_is_named(draft, words):
    assert any(words in problem for problem in problems_of(draft, HOUSE, frozenset({"owl"})))


@pytest.mark.parametrize(
    "draft",
    [
        RuleDraft(trigger=mqtt(operator="gt", value=5.0, for_seconds=9), hours=Hours(start="22:00")),
        RuleDraft(trigger=mqtt(window=Window(function="absent_for", seconds=60))),
        RuleDraft(trigger=mqtt(window=Window(function="rising", seconds=60))),
        RuleDraft(trigger=DetectionTrigger(target="dog", camera="the webcam"), notices=(NoticeAction(target="x"),)),
        RuleDraft(trigger=EVERY, tasks=(TaskAction(agent="main", task="good morning"), TaskAction(agent="owl", task="$state"))),
    ],
)  # fmt: skip
def test_what_can_work_has_no_problems(draft):
    assert list(problems_of(draft, HOUSE, frozenset({"owl"}))) == []


def test_agents_are_not_judged_when_nobody_tells():
    assert list(problems_of(RuleDraft(trigger=EVERY, tasks=(TaskAction(agent="owl", task="x"),)), HOUSE)) == []


def test_the_nearest_neighbors_are_found_by_name_and_by_kind():
    assert nearest("light.kitchen_lamp", HOUSE.entities)[0].entity_id == "light.kitchen"
    assert nearest("light.reading_lamp", HOUSE.entities)[0].name == "Reading Lamp"
    assert nearest("vacuum.qqqq", HOUSE.entities) == ()
    assert missing_text("sensor.kitchen_temp", HOUSE).startswith(
        "There is no sensor.kitchen_temp in the home; nearest: Kitchen Temperature (sensor.kitchen_temperature)"
    )
