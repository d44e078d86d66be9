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
from wactorz_planner.readings import Reading
from wactorz_planner.wording import describe, phrases_of

HOUSE = House(
    version=1, language="de",
    entities=(
        Entity(entity_id="sensor.t", name="Küchentemperatur", unit="°C"),
        Entity(entity_id="climate.ac", name="Klimaanlage"), Entity(entity_id="light.l", name="Flurlicht"),
        Entity(entity_id="binary_sensor.d", name="Haustür", device_class="door"),
    ),
)  # fmt: skip
ON = ServiceCall(domain="light", service="turn_on", entity_id=("light.l",))


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (RuleDraft(trigger=NumericTrigger(entity_id="sensor.t", above=28.5, for_seconds=300), actions=(
            ServiceCall(domain="climate", service="set_temperature", entity_id=("climate.ac",), data={"temperature": 21}),
        )), "Wenn Küchentemperatur über 28,5 °C steigt und es 5 min bleibt: Klimaanlage auf 21 °C stellen."),
        (RuleDraft(trigger=StateTrigger(entity_id="sun.sun", to="below_horizon"), actions=(ON,)),
         "Wenn es dunkel wird: Flurlicht einschalten."),
        (RuleDraft(trigger=StateTrigger(entity_id="binary_sensor.d", to="on"), actions=(ON,), conditions=(
            Condition(entity_id="sun.sun", value="below_horizon"),
        )), "Wenn Haustür aufgeht: Flurlicht einschalten, aber nur wenn es dunkel ist."),
        (RuleDraft(trigger=StateTrigger(entity_id="binary_sensor.d", to="on"), notices=(NoticeAction(target="discord"),)),
         "Wenn Haustür aufgeht: dir auf Discord Bescheid geben."),
        (RuleDraft(trigger=TimeTrigger(at="07:00"), actions=(ON,), missed="catch_up"),
         "Jeden Tag um 07:00 Uhr: Flurlicht einschalten, und holt Versäumtes nach."),
        (RuleDraft(trigger=SunTrigger(event="sunset", offset_seconds=-1800), actions=(ON,)),
         "30 min vor Sonnenuntergang: Flurlicht einschalten."),
        (RuleDraft(trigger=DetectionTrigger(target="Person", camera="Webcam"), actions=(ON,),
                   hours=Hours(start="22:00", end="06:00")),
         "Wenn Webcam Person sieht: Flurlicht einschalten, nur von 22:00 bis 06:00 Uhr."),
        (RuleDraft(trigger=IntervalTrigger(seconds=3600), tasks=(TaskAction(agent="eule", task="Bericht"),)),
         "Alle 1 h: eule beauftragen: „Bericht“."),
        (RuleDraft(trigger=MqttTrigger(topic="sensors/a", field="co2", operator="gt", value=1000.0,
                                       window=Window(function="mean", seconds=600)), actions=(ON,),
                   conditions=(Condition(entity_id="light.l", value="off"),)),
         ("Wenn das Mittel von co2 auf sensors/a über 10 min über 1000 steigt: Flurlicht einschalten, "
          "aber nur wenn Flurlicht aus ist.")),
        (RuleDraft(trigger=MqttTrigger(topic="sensors/a", window=Window(function="absent_for", seconds=600)), actions=(ON,)),
         "Wenn auf sensors/a 10 min lang nichts kommt: Flurlicht einschalten."),
    ],
)  # fmt: skip
def test_rules_in_german(draft, words):
    assert describe(draft, HOUSE) == words


def test_the_language_of_the_person_comes_before_that_of_the_house():
    draft = RuleDraft(trigger=TimeTrigger(at="07:00"), actions=(ON,))
    assert describe(draft, HOUSE, "en").startswith("Every day at 07:00")
    assert describe(draft, HOUSE.model_copy(update={"language": "en"}), "de-AT").startswith("Jeden Tag")


def test_what_is_so_at_a_firing():
    said = phrases_of(HOUSE)
    door = RuleDraft(trigger=StateTrigger(entity_id="binary_sensor.d", to="on"))
    assert said.now(door, "", Reading("on")) == "Haustür ist offen"
    hot = RuleDraft(trigger=NumericTrigger(entity_id="sensor.t", above=28))
    assert said.now(hot, "", Reading("29")) == "Küchentemperatur: 29 °C"
