from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.rules import RuleDraft
from wactorz_common.language import speaking
from wactorz_planner import german, validation, wording
from wactorz_testing.phrases import gaps

HOUSE = House(
    version=1, language="en",
    entities=(
        Entity(entity_id="sensor.t", name="Küche", unit="°C", state="20"), Entity(entity_id="light.a", name="Lampe"),
    ),
    services={"light": ("turn_on",)},
)  # fmt: skip


def test_every_sentence_has_a_german_twin():
    assert gaps(german) == []


def test_the_language_of_the_work_at_hand_decides_where_a_rule_names_none():
    draft = RuleDraft.accept({
        "trigger": {"kind": "numeric", "entity_id": "sensor.t", "above": 28},
        "actions": [{"domain": "light", "service": "turn_on", "entity_id": ["light.a"]}],
    })  # fmt: skip
    with speaking("de-AT"):
        assert wording.describe(draft, HOUSE).startswith("Wenn ")
        assert wording.describe(draft, HOUSE, "en").startswith("When ")


def test_what_does_not_fit_is_said_in_german():
    draft = RuleDraft.accept({"trigger": {"kind": "numeric", "entity_id": "sensor.none"}})
    with speaking("de"):
        problems = validation.problems_of(draft, HOUSE)
    assert problems[1:3] == [
        "Die Regel sagt nicht, was zu tun ist.", "Der Auslöser braucht eine Schwelle: darüber, darunter oder beides.",
    ]  # fmt: skip
