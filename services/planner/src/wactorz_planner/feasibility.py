"""Whether topics, hours, notices and tasks of a rule can work, and what is nearest to what is missing; pure."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches

from wactorz_common.briefing import words
from wactorz_common.comparisons import to_number
from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.rules import Condition, DetectionTrigger, MqttTrigger, RuleDraft, TaskAction
from wactorz_planner import messages, registry
from wactorz_planner.clock import zone_exists
from wactorz_planner.german import phrase
from wactorz_planner.telling import has_places

MOST_NEAR = 3
"""Neighbors that are named of something missing."""

TALKERS = frozenset({"main", "home-assistant-agent"})
"""Shipped agents that take a text; it acts as a person's word there, so nothing from outside is filled into it."""

_WITHOUT_TEXT = frozenset({
    "gateway", "home-assistant-actuator", "home-assistant-map-agent", "home-assistant-state-bridge", "io-agent", "llm",
    "monitor", "node", "notifier", "planner", "topics",
})  # fmt: skip
_ORDERED = frozenset({"gt", "lt", "gte", "lte"})
_OF_NUMBERS = frozenset({"mean", "min", "max"})
_LIKENESS = 0.5


def problems_of(draft: RuleDraft, house: House, agents: frozenset[str] | None = None) -> Iterator[str]:
    """What is wrong apart from entities and services; `agents` are those that are known, None when nobody tells."""
    trigger = draft.trigger
    if isinstance(trigger, MqttTrigger):
        yield from _mqtt_problems(trigger)
    if isinstance(trigger, DetectionTrigger):
        yield from _camera_problems(trigger, house)
    for condition in draft.conditions:
        yield from _condition_problems(condition)
    if draft.hours is not None and not zone_exists(house.time_zone):
        yield phrase(
            "The home's time zone, {time_zone}, is not known here: set it in Home Assistant's settings.",
            time_zone=house.time_zone,
        )
    for task in draft.tasks:
        yield from _task_problems(task, agents)


def nearest(entity_id: str, entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """The entities that are most like a missing one, by id and by name, of its own kind first."""
    domain, _, name = entity_id.partition(".")
    wanted = words(name or entity_id)

    def likeness(entity: Entity) -> float:
        own = words(" ".join((entity.name, *entity.aliases))) | words(entity.entity_id.partition(".")[2])
        shared = len(own & wanted) / max(1, len(wanted))
        alike = SequenceMatcher(None, entity_id, entity.entity_id).ratio()
        return max(shared, alike) + (0.25 if entity.domain == domain else 0.0)

    scored = sorted(((likeness(entity), entity) for entity in entities), key=lambda pair: (-pair[0], pair[1].entity_id))
    return tuple(entity for points, entity in scored[:MOST_NEAR] if points > _LIKENESS + 0.25)


def _mqtt_problems(trigger: MqttTrigger) -> Iterator[str]:
    problem = messages.problem_of(trigger.topic)
    if problem:
        yield problem
    function = trigger.window.function if trigger.window else ""
    if trigger.operator != "any" and trigger.value is None and function != "absent_for":
        yield phrase("The trigger does not say what the message is compared with.")
    numeric = trigger.operator in _ORDERED or (trigger.window is not None and trigger.operator != "any")
    if numeric and trigger.value is not None and to_number(trigger.value) is None:
        yield phrase("{value} is not a number, so nothing can lie above or below it.", value=trigger.value)
    if function in _OF_NUMBERS and trigger.operator == "any":
        yield phrase("The {function} of the values needs a comparison, for example above 28.", function=function)
    if trigger.operator == "any" and not function and trigger.for_seconds:
        yield phrase("A trigger that fires on every message cannot last for a time.")


def _camera_problems(trigger: DetectionTrigger, house: House) -> Iterator[str]:
    if not trigger.camera.startswith("camera."):
        return
    if trigger.camera not in registry.entities_of(house):
        yield missing_text(trigger.camera, house)


def missing_text(entity_id: str, house: House) -> str:
    """That an entity is missing, with the nearest ones by name."""
    near = [f"{entity.name} ({entity.entity_id})" for entity in nearest(entity_id, house.entities)]
    return phrase("There is no {entity_id} in the home{near}.", entity_id=entity_id, near=_near(near))


def _condition_problems(condition: Condition) -> Iterator[str]:
    if bool(condition.topic) == bool(condition.entity_id):
        yield phrase("A condition looks at an entity or at a topic: name one of them.")
    elif condition.topic:
        problem = messages.problem_of(condition.topic, wild=False)
        if problem:
            yield problem


def _task_problems(task: TaskAction, agents: frozenset[str] | None) -> Iterator[str]:
    name = task.agent.removeprefix("@")
    if name in _WITHOUT_TEXT:
        yield phrase("{name} takes no tasks of rules.", name=name)
    elif name in TALKERS:
        if has_places(task.task):
            yield phrase(
                "What a message says is not passed on to {name}, which acts on words: leave the $ out of that task.",
                name=name,
            )
    elif agents is not None and name not in agents:
        close = get_close_matches(name, sorted(agents), n=MOST_NEAR)
        yield phrase("There is no agent {name}{near}. /agents shows who is here.", name=name, near=_near(close))


def _near(names: list[str]) -> str:
    return phrase("; nearest: {names}", names=", ".join(names)) if names else ""
