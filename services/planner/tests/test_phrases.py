import pytest

from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    DetectionTrigger,
    Hours,
    IntervalTrigger,
    MqttTrigger,
    NoticeAction,
    NumericTrigger,
    RuleDraft,
    StateTrigger,
    SunTrigger,
    TaskAction,
    TimeTrigger,
    Window,
)
from wactorz_planner.phrases import Phrases, duration
from wactorz_planner.wording import describe

HOUSE = House(
    version=1,
    entities=(
        Entity(entity_id="sensor.t", name="Kitchen Temperature", unit="°C"),
        Entity(entity_id="climate.ac", name="Kitchen Air Conditioner"),
        Entity(entity_id="binary_sensor.door", name="Front Door", device_class="door"),
        Entity(entity_id="person.ada", name="Ada"),
        Entity(entity_id="light.ada", name="Ada's Lamp"),
        Entity(entity_id="light.tv", name="TV Backlight"),
        Entity(entity_id="lock.front", name="Front Door Lock"),
    ),
)
SAY = Phrases(HOUSE)


def call(service, *entity_ids, **data):
    domain, name = service.split(".")
    return ServiceCall(domain=domain, service=name, entity_id=entity_ids, data=data)


def draft(trigger):
    return RuleDraft(trigger=trigger, actions=(call("light.turn_on", "light.ada"),))


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        (NumericTrigger(entity_id="sensor.t", above=28), "When the kitchen temperature rises above 28 °C"),
        (NumericTrigger(entity_id="sensor.t", above=1, below=2), "When the kitchen temperature comes between 1 and 2 °C"),
        (NumericTrigger(entity_id="climate.ac", attribute="current_temperature", below=18),
         "When the current temperature of the kitchen air conditioner falls below 18 °C"),
        (StateTrigger(entity_id="binary_sensor.door", to="on", for_seconds=120), "When the front door opens for 2 min"),
        (StateTrigger(entity_id="person.ada", to="not_home"), "When Ada leaves home"),
        (StateTrigger(entity_id="sun.sun", to="below_horizon", for_seconds=600), "When it gets dark for 10 min"),
        (StateTrigger(entity_id="sun.sun", to="above_horizon"), "When it gets light"),
        (StateTrigger(entity_id="light.ada", to="off"), "When Ada's Lamp turns off"),
        (StateTrigger(entity_id="light.tv", to="on"), "When the TV Backlight turns on"),
        (StateTrigger(entity_id="climate.ac", to="heat_cool"), "When the kitchen air conditioner becomes heat cool"),
        (StateTrigger(entity_id="light.gone", to="on"), "When light.gone turns on"),
        (TimeTrigger(at="07:00"), "Every day at 07:00"),
        (TimeTrigger(at="07:00", weekdays=("mon", "tue", "wed", "thu", "fri")), "Every weekday at 07:00"),
        (TimeTrigger(at="07:00", weekdays=("sun", "sat")), "On Saturday and Sunday at 07:00"),
        (TimeTrigger(at="07:00", weekdays=("wed", "mon", "fri")), "On Monday, Wednesday and Friday at 07:00"),
        (SunTrigger(event="sunset"), "At sunset"),
        (SunTrigger(event="sunrise", offset_seconds=-1800), "30 min before sunrise"),
        (SunTrigger(event="sunset", offset_seconds=3600), "1 h after sunset"),
        (IntervalTrigger(seconds=600), "Every 10 min"),
    ],
)  # fmt: skip
def test_triggers(trigger, words):
    assert SAY.trigger(draft(trigger)) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (call("light.turn_on", "light.ada", "light.tv"), "turn on Ada's Lamp and the TV Backlight"),
        (call("light.turn_on", "light.tv", brightness_pct=40), "turn on the TV Backlight at 40 %"),
        (call("light.turn_on", "light.tv", brightness=128), "turn on the TV Backlight at 50 %"),
        (call("light.turn_on", "light.tv", color_name="red"), "turn on the TV Backlight (color name red)"),
        (call("climate.set_temperature", "climate.ac", temperature=21.5), "set the kitchen air conditioner to 21.5 °C"),
        (call("climate.set_hvac_mode", "climate.ac", hvac_mode="heat"), "set the kitchen air conditioner to heat"),
        (call("lock.unlock", "lock.front"), "unlock the front door lock"),
        (call("vacuum.locate", "vacuum.x"), "locate vacuum.x"),
    ],
)
def test_actions(said, words):
    assert SAY.action(said) == words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition(entity_id="binary_sensor.door", value="off"), "the front door is closed"),
        (Condition(entity_id="sensor.t", operator="lt", value=5.0), "the kitchen temperature is below 5 °C"),
        (Condition(entity_id="climate.ac", attribute="fan_mode", operator="ne", value="high"),
         "the fan mode of the kitchen air conditioner is not high"),
        (Condition(entity_id="sun.sun", value="below_horizon"), "it is dark"),
        (Condition(entity_id="sun.sun", attribute="elevation", operator="lt", value=3.0), "the elevation of sun.sun is below 3"),
        (Condition(entity_id="lock.front", value="locked"), "the front door lock is locked"),
    ],
)  # fmt: skip
def test_conditions(condition, words):
    assert SAY.condition(condition) == words


def test_names_of_a_german_house_keep_their_capitals():
    entity = Entity(entity_id="light.k", name="Lampe Küche")
    assert Phrases(House(version=1, language="de", entities=(entity,))).name("light.k") == "the Lampe Küche"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (90, "90 s"), (300, "5 min"), (7200, "2 h"), (0.5, "0.5 s"), (86_400, "24 h"), (172_800, "2 days")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (RuleDraft(trigger=MqttTrigger(topic="custom/bell"), notices=(NoticeAction(target="discord", text="Ding"),)),
         'When a message comes on custom/bell, tell you "Ding" on Discord.'),
        (RuleDraft(trigger=MqttTrigger(topic="sensors/a", field="co2", operator="gt", value=1000.0, for_seconds=300),
                   notices=(NoticeAction(severity="critical"),)),
         "When co2 on sensors/a rises above 1000 for 5 min, tell you at any hour."),
        (RuleDraft(trigger=MqttTrigger(topic="sensors/a", operator="lt", value=20.0,
                                       window=Window(function="mean", seconds=600)), notices=(NoticeAction(target="page"),)),
         "When the mean of sensors/a over 10 min falls below 20, tell you on the page."),
        (RuleDraft(trigger=MqttTrigger(topic="sensors/a", window=Window(function="absent_for", seconds=600)),
                   tasks=(TaskAction(agent="owl", task="look"),)),
         'When nothing comes on sensors/a for 10 min, ask owl: "look".'),
        (RuleDraft(trigger=DetectionTrigger(target="person", camera="webcam"), actions=(call("light.turn_on", "light.ada"),),
                   hours=Hours(start="22:00", end="06:00", weekdays=("sat", "sun"))),
         "When webcam sees a person, turn on Ada's Lamp, only from 22:00 to 06:00 on Saturday and Sunday."),
        (RuleDraft(trigger=DetectionTrigger(target="apple", gone=True), notices=(NoticeAction(),),
                   conditions=(Condition(topic="sensors/a", field="lux", operator="lt", value=10.0),)),
         "When a camera no longer sees an apple, tell you, but only if lux on sensors/a is below 10."),
        (RuleDraft(trigger=TimeTrigger(at="07:00"), notices=(NoticeAction(),), missed="catch_up"),
         "Every day at 07:00, tell you, and makes up for a time it missed."),
    ],
)  # fmt: skip
def test_rules_of_messages_cameras_and_notices(rule, words):
    assert describe(rule, HOUSE) == words
