"""Rules that follow the entities they name: to a new entity id by registry id; pure."""

from collections.abc import Mapping

from wactorz_common.contracts.home import House
from wactorz_common.contracts.rules import NumericTrigger, RuleDraft, StateTrigger
from wactorz_planner import registry
from wactorz_planner.validation import named


def registry_ids(draft: RuleDraft, house: House) -> dict[str, str]:
    """The registry id of each entity that a draft names, where it has one."""
    known = registry.entities_of(house)
    found = {entity_id: known[entity_id].registry_id for entity_id in named(draft) if entity_id in known}
    return {entity_id: registry_id for entity_id, registry_id in found.items() if registry_id}


def renamed(draft: RuleDraft, kept: Mapping[str, str], house: House) -> dict[str, str]:
    """New entity ids by old ones: of entities whose registry id now stands for another entity id."""
    now = registry.moved_to(house)
    moved = {entity_id: now.get(kept.get(entity_id, ""), entity_id) for entity_id in named(draft)}
    return {old: new for old, new in moved.items() if old != new}


def rewrite(draft: RuleDraft, names: Mapping[str, str]) -> RuleDraft:
    """The same draft with other entity ids."""
    trigger = draft.trigger
    if isinstance(trigger, StateTrigger | NumericTrigger):
        trigger = trigger.model_copy(update={"entity_id": names.get(trigger.entity_id, trigger.entity_id)})
    conditions = tuple(
        condition
        if condition.topic
        else condition.model_copy(update={"entity_id": names.get(condition.entity_id, condition.entity_id)})
        for condition in draft.conditions
    )
    actions = tuple(
        call.model_copy(update={"entity_id": tuple(names.get(entity_id, entity_id) for entity_id in call.entity_id)})
        for call in draft.actions
    )
    return draft.model_copy(update={"trigger": trigger, "conditions": conditions, "actions": actions})
