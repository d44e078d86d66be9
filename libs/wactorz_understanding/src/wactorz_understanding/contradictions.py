"""Rules that can never act, because what they ask for cannot hold at the same time."""

from collections import defaultdict

from wactorz_common.contracts.rules import Condition, MqttTrigger, NumericTrigger, RuleDraft, StateTrigger

Key = tuple[str, str, str]
"""Entity and attribute, or topic and field."""
_SIDES = {"gt": 1, "gte": 1, "lt": -1, "lte": -1}


def contradicts(draft: RuleDraft) -> bool:
    """Whether trigger and conditions exclude each other."""
    held: dict[Key, list[tuple[str, object]]] = defaultdict(list)
    for key, operator, value in _demands(draft):
        if any(_exclude(operator, value, *other) for other in held[key]):
            return True
        held[key].append((operator, value))
    return False


def _demands(draft: RuleDraft) -> list[tuple[Key, str, object]]:
    found: list[tuple[Key, str, object]] = []
    match draft.trigger:
        case StateTrigger(entity_id=entity_id, to=to):
            found.append(((entity_id, "", ""), "eq", to))
        case NumericTrigger(entity_id=entity_id, attribute=attribute, above=above, below=below):
            key = (entity_id, attribute or "", "")
            found += [(key, "gt", above)] if above is not None else []
            found += [(key, "lt", below)] if below is not None else []
        case MqttTrigger(topic=topic, field=field, operator=operator, value=value, window=None) if operator != "any":
            found.append(((topic, field, "mqtt"), operator, value))
    return [*found, *(_of_condition(condition) for condition in draft.conditions)]


def _of_condition(condition: Condition) -> tuple[Key, str, object]:
    if condition.topic:
        return (condition.topic, condition.field, "mqtt"), condition.operator, condition.value
    return (condition.entity_id, condition.attribute or "", ""), condition.operator, condition.value


def _exclude(operator: str, value: object, other: str, bound: object) -> bool:
    if operator == "eq" and other == "eq":
        return value != bound
    if {operator, other} == {"eq", "ne"}:
        return value == bound
    if not isinstance(value, float | int) or not isinstance(bound, float | int):
        return False
    if _SIDES.get(operator, 0) * _SIDES.get(other, 0) >= 0:
        return False
    low, high = (value, bound) if _SIDES[operator] > 0 else (bound, value)
    return low >= high
