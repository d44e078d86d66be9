"""Plans in words; pure."""

from collections.abc import Iterable, Sequence

from wactorz_common.contracts.plans import Plan, PlanStep
from wactorz_planner.plans.asking import SHOWN, cut

_LONGEST_TASK = 80
_ENDS = {
    "done": "done", "failed": "failed", "skipped": "left out", "unknown": "not known", "waiting": "waiting",
    "running": "running",
}  # fmt: skip


def outline(steps: Sequence[PlanStep]) -> str:
    """The steps before they are taken."""
    return "\n".join(
        f"{step.step}. {step.agent}: {cut(_line(step.task), _LONGEST_TASK)}{_after(step)}" for step in steps
    )


def begun(plan: Plan) -> str:
    """What is told when the steps are known."""
    again = " (the same as lately)" if plan.cached else ""
    count = len(plan.steps)
    return f"Plan of {count} step{'s' if count != 1 else ''}{again}:\n{outline(plan.steps)}"


def step_begun(step: PlanStep) -> str:
    """What is told when a step begins."""
    return f"Step {step.step} ({step.agent}) begins."


def step_ended(step: PlanStep) -> str:
    """What is told when a step has ended."""
    by = ", by the model in its place" if step.by_model else ""
    why = f": {_line(step.error)}" if step.error and step.status != "done" else ""
    return f"Step {step.step} ({step.agent}) {_ENDS[step.status]}{by} after {step.seconds:.1f} s{why}"


def listed(steps: Sequence[PlanStep]) -> str:
    """The results as they are, where no model makes one answer of them."""
    lines = []
    for step in steps:
        said = step.result if step.status == "done" else f"{_ENDS[step.status]}. {step.error}".strip()
        lines.append(f"{step.step}. {step.agent}: {cut(said, SHOWN)}")
    return "\n".join(lines)


def stopped(steps: Sequence[PlanStep]) -> str:
    """What is told of a plan that was stopped."""
    done = [step for step in steps if step.status == "done"]
    left = [step for step in steps if step.status == "unknown"]
    parts = ["Stopped."]
    if done:
        parts.append(f"Done before: {_named(done)}.")
    if left:
        parts.append(f"Under way, and given up: {_named(left)}.")
    if not done and not left:
        parts.append("Nothing was done.")
    return " ".join(parts)


def proposed(plan: Plan, approvals: Iterable[str], asked: str) -> str:
    """What is told of a plan that waits for a yes."""
    ids = tuple(approvals)
    how = (
        "Answer yes or no here, or type " + " and ".join(f"/approve {one} or /deny {one}" for one in ids)
        if ids
        else f"Type /plans approve {plan.plan_id} or /plans reject {plan.plan_id}"
    )
    return f"Plan {plan.plan_id} waits for your yes, because {asked}:\n{outline(plan.steps)}\n{how}."


def goes_on(plan: Plan) -> str:
    """What is told to somebody who waited long enough."""
    done = sum(step.status == "done" for step in plan.steps)
    return (
        f"Plan {plan.plan_id} goes on ({done} of {len(plan.steps)} steps done). I will say here what comes of it; "
        f"/plans show {plan.plan_id} tells how far it is, /plans cancel {plan.plan_id} stops it."
    )


def shown(plan: Plan) -> str:
    """One plan with its steps."""
    lines = [f"Plan {plan.plan_id}, {plan.status}: {_line(plan.task)}"]
    for step in plan.steps:
        lines.append(f"{step.step}. {step.agent}, {_ENDS[step.status]}: {cut(_line(step.task), _LONGEST_TASK)}")
        said = step.result if step.status == "done" else step.error
        lines += [f"   {cut(_line(said), 2 * _LONGEST_TASK)}"] if said else []
    lines += [plan.note] if plan.note else []
    lines += [plan.answer] if plan.answer and plan.answer != plan.note else []
    return "\n".join(lines)


def _after(step: PlanStep) -> str:
    return f" (after {', '.join(map(str, step.depends_on))})" if step.depends_on else ""


def _named(steps: Iterable[PlanStep]) -> str:
    return ", ".join(f"{step.step} ({step.agent})" for step in steps)


def _line(text: str) -> str:
    return " ".join(text.split())
