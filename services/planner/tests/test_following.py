from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.rules import Condition, RuleDraft, StateTrigger, TimeTrigger
from wactorz_planner.following import registry_ids, renamed, rewrite

DRAFT = RuleDraft(
    trigger=StateTrigger(entity_id="light.a", to="on"),
    conditions=(Condition(entity_id="light.b", value="off"),),
    actions=(ServiceCall(domain="light", service="turn_on", entity_id=("light.b", "light.c")),),
)


def house(**ids):
    """A house with lights by the name in their entity id and their registry id."""
    entities = tuple(Entity(entity_id=f"light.{name}", name=name, registry_id=rid) for name, rid in ids.items())
    return House(version=1, entities=entities)


BEFORE = house(a="r1", b="r2", c="")


def test_registry_ids_of_what_a_rule_names():
    assert registry_ids(DRAFT, BEFORE) == {"light.a": "r1", "light.b": "r2"}


def test_a_new_entity_id_is_found_by_registry_id():
    kept = registry_ids(DRAFT, BEFORE)
    assert renamed(DRAFT, kept, BEFORE) == {}
    assert renamed(DRAFT, kept, house(a="r1", lamp="r2", c="")) == {"light.b": "light.lamp"}
    assert renamed(DRAFT, kept, house(a="r1", c="")) == {}
    assert renamed(DRAFT, kept, house(a="new", b="r2", c="")) == {}


def test_swapped_names_are_followed_too():
    kept = registry_ids(DRAFT, BEFORE)
    names = renamed(DRAFT, kept, house(a="r2", b="r1", c=""))
    assert names == {"light.a": "light.b", "light.b": "light.a"}
    draft = rewrite(DRAFT, names)
    assert (draft.trigger.entity_id, draft.conditions[0].entity_id) == ("light.b", "light.a")
    assert draft.actions[0].entity_id == ("light.a", "light.c")


def test_a_draft_that_the_clock_triggers_is_rewritten_in_its_actions():
    clocked = DRAFT.model_copy(update={"trigger": TimeTrigger(at="07:00")})
    draft = rewrite(clocked, {"light.b": "light.x"})
    assert draft.trigger == clocked.trigger
    assert draft.actions[0].entity_id == ("light.x", "light.c")
