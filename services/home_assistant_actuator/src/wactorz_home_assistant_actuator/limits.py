"""What people have laid down for an entity, held against who wants to change it; pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time

from wactorz_common.contracts.policy import EntityPolicy
from wactorz_home_assistant_actuator.around import Around
from wactorz_home_assistant_actuator.german import phrase
from wactorz_home_assistant_actuator.wish import Wish

_WHO = {"rule": "rules", "model": "models", "agent": "agents", "person": "models"}


def problem(entity_ids: Iterable[str], around: Around, wish: Wish) -> str:
    """The first thing that speaks against a change of these entities; empty when nothing does."""
    for entity_id in entity_ids:
        policy = around.policies.get(entity_id)
        if policy is None:
            continue
        state = around.states.get(entity_id)
        found = _problem_of(policy, state.name if state is not None else entity_id, around.clock, wish)
        if found:
            return found
    return ""


def names_people(policies: Mapping[str, EntityPolicy], entity_id: str) -> bool:
    """Whether only some people may change the entity."""
    policy = policies.get(entity_id)
    return policy is not None and bool(policy.persons)


def allowed(persons: tuple[str, ...], person: str) -> bool:
    """Whether somebody is one of the people named; everybody is when none is."""
    return not persons or person.casefold() in {one.casefold() for one in persons}


def is_quiet(span: str, clock: datetime) -> bool:
    """Whether a moment lies within a span such as 22:00-07:00; its end does not belong to it."""
    begin, _, end = span.partition("-")
    if not end:
        return False
    first, last, now = time.fromisoformat(begin), time.fromisoformat(end), clock.time().replace(tzinfo=None)
    return first <= now < last if first <= last else now >= first or now < last


def _problem_of(policy: EntityPolicy, name: str, clock: datetime | None, wish: Wish) -> str:
    if policy.risk == "A":
        return phrase("{name} is set to be left alone, so nothing was sent to it; change its policy first.", name=name)
    if not wish.approved and not wish.granted and not allowed(policy.persons, wish.speaker):
        people = ", ".join(policy.persons)
        hint = phrase("; give the rule a standing yes") if wish.origin == "rule" else ""
        return phrase(
            "Only {people} may change {name}, so nothing was sent to it{hint}.", people=people, name=name, hint=hint
        )
    if policy.quiet_hours and clock is not None and not wish.is_personal and is_quiet(policy.quiet_hours, clock):
        who = phrase(_WHO.get(wish.origin, "others"))
        return phrase(
            "It is quiet time for {name} ({quiet_hours}), in which {who} leave it alone.",
            name=name,
            quiet_hours=policy.quiet_hours,
            who=who,
        )
    return ""
