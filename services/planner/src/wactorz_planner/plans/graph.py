"""Which steps of a plan can run, which never will, and why; pure."""

from collections.abc import Iterable, Mapping, Sequence

from wactorz_common.contracts.plans import PlanStep
from wactorz_planner.german import phrase

OVER = frozenset({"done", "failed", "skipped", "unknown"})
"""Statuses that a step keeps."""


def flaws(steps: Sequence[PlanStep]) -> dict[int, str]:
    """Why steps can never run: what they wait for does not exist, or waits for them in the end."""
    known = {step.step: step.depends_on for step in steps}
    found: dict[int, str] = {}
    for number, needed in known.items():
        missing = [one for one in needed if one not in known]
        if missing:
            found[number] = phrase("It waits for {named}, which this plan does not have.", named=_named(missing))
            continue
        circle = _circle(number, known)
        if circle:
            found[number] = phrase("It waits for itself: {circle}.", circle=" → ".join(map(str, circle)))
    return found


def blocked(steps: Sequence[PlanStep]) -> dict[int, str]:
    """Steps that wait for one that has not brought a result, and why they are left out."""
    lost = {step.step for step in steps if step.status in OVER - {"done"}}
    found = {}
    for step in steps:
        missing = [one for one in step.depends_on if one in lost]
        if step.status == "waiting" and missing:
            found[step.step] = phrase("{named} brought no result.", named=_first(_named(missing)))
    return found


def next_steps(steps: Sequence[PlanStep], running: Iterable[int], limit: int) -> tuple[int, ...]:
    """What to begin now: those that may run beside others together, the others alone, one after the other."""
    at_work = set(running)
    by_number = {step.step: step for step in steps}
    if any(not by_number[number].parallel for number in at_work):
        return ()
    done = {step.step for step in steps if step.status == "done"}
    ready = [step for step in steps
             if step.status == "waiting" and step.step not in at_work and done.issuperset(step.depends_on)]  # fmt: skip
    beside = tuple(step.step for step in ready if step.parallel)[: max(0, limit - len(at_work))]
    if beside or at_work:
        return beside
    return tuple(step.step for step in ready)[:1]


def _circle(start: int, needs: Mapping[int, tuple[int, ...]]) -> list[int]:
    """The way from a step back to itself; empty when there is none."""
    paths, seen = [[start]], set[int]()
    while paths:
        path = paths.pop()
        for needed in needs.get(path[-1], ()):
            if needed == start:
                return [*path, start]
            if needed not in seen:
                seen.add(needed)
                paths.append([*path, needed])
    return []


def _named(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers))
    return phrase("step {numbers}" if len(numbers) == 1 else "steps {numbers}", numbers=shown)


def _first(words: str) -> str:
    return words[:1].upper() + words[1:]
