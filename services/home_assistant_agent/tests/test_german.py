from wactorz_common.contracts.home import Entity, House
from wactorz_common.language import speaking
from wactorz_home_assistant_agent import german
from wactorz_home_assistant_agent.explain import Words
from wactorz_testing.phrases import gaps

HOUSE = House(
    version=1,
    entities=(
        Entity(entity_id="sensor.t", name="Küche", unit="°C"), Entity(entity_id="light.a", name="Lampe"),
        Entity(entity_id="binary_sensor.d", name="Haustür", device_class="door"),
    ),
)  # fmt: skip


def test_every_sentence_has_a_german_twin():
    assert gaps(german) == []


def test_an_automation_is_explained_in_german():
    config = {
        "triggers": [
            {"trigger": "numeric_state", "entity_id": "sensor.t", "above": 21.5},
            {"trigger": "state", "entity_id": "binary_sensor.d", "to": "on"},
        ],
        "conditions": [{"condition": "sun", "after": "sunset"}],
        "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.a"}}],
    }
    with speaking("de"):
        assert Words(HOUSE).summary(config) == (
            "Wenn Küche über 21,5 °C steigt oder wenn Haustür aufgeht, wenn es nach Sonnenuntergang ist: "
            "Lampe einschalten."
        )
        assert Words(HOUSE).explain(config).splitlines()[-1] == "Dann Lampe einschalten."
