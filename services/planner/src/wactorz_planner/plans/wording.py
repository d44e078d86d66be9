"""Plans in words; pure."""

from collections.abc import Iterable, Sequence

from wactorz_common.contracts.plans import Plan, PlanStep
from wactorz_common.language import decimal
from wactorz_planner.german import phrase
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
    again = phrase(" (the same as lately)") if plan.cached else ""
    count = len(plan.steps)
    head = phrase("Plan of 1 step{again}:", again=again)
    if count != 1:
        head = phrase("Plan of {count} steps{again}:", count=count, again=again)
    return f"{head}\n{outline(plan.steps)}"


def step_begun(step: PlanStep) -> str:
    """What is told when a step begins."""
    return phrase("Step {step} ({agent}) begins.", step=step.step, agent=step.agent)


def step_ended(step: PlanStep) -> str:
    """What is told when a step has ended."""
    by = phrase(", by the model in its place") if step.by_model else ""
    why = f": {_line(step.error)}" if step.error and step.status != "done" else ""
    return phrase(
        "Step {step} ({agent}) {ends}{by} after {seconds} s{why}", step=step.step, agent=step.agent,
        ends=phrase(_ENDS[step.status]), by=by, seconds=decimal(round(step.seconds, 1)), why=why,
    )  # fmt: skip


def listed(steps: Sequence[PlanStep]) -> str:
    """The results as they are, where no model makes one answer of them."""
    lines = []
    for step in steps:
        said = step.result if step.status == "done" else f"{phrase(_ENDS[step.status])}. {step.error}".strip()
        lines.append(f"{step.step}. {step.agent}: {cut(said, SHOWN)}")
    return "\n".join(lines)


def stopped(steps: Sequence[PlanStep]) -> str:
    """What is told of a plan that was stopped."""
    done = [step for step in steps if step.status == "done"]
    left = [step for step in steps if step.status == "unknown"]
    parts = [phrase("Stopped.")]
    if done:
        parts.append(phrase("Done before: {named}.", named=_named(done)))
    if left:
        parts.append(phrase("Under way, and given up: {named}.", named=_named(left)))
    if not done and not left:
        parts.append(phrase("Nothing was done."))
    return " ".join(parts)


def proposed(plan: Plan, approvals: Iterable[str], asked: str) -> str:
    """What is told of a plan that waits for a yes."""
    ids = tuple(approvals)
    how = (
        phrase("Answer yes or no here, or type ")
        + phrase(" and ").join(phrase("/approve {one} or /deny {one}", one=one) for one in ids)
        if ids
        else phrase("Type /plans approve {plan_id} or /plans reject {plan_id}", plan_id=plan.plan_id)
    )
    return phrase(
        "Plan {plan_id} waits for your yes, because {asked}:\n{outline}\n{how}.",
        plan_id=plan.plan_id,
        asked=asked,
        outline=outline(plan.steps),
        how=how,
    )


def goes_on(plan: Plan) -> str:
    """What is told to somebody who waited long enough."""
    done = sum(step.status == "done" for step in plan.steps)
    return phrase(
        "Plan {plan_id} goes on ({done} of {steps} steps done). I will say here what comes of it; /plans "
        "show {plan_id} tells how far it is, /plans cancel {plan_id} stops it.",
        plan_id=plan.plan_id,
        done=done,
        steps=len(plan.steps),
    )


def shown(plan: Plan) -> str:
    """One plan with its steps."""
    lines = [
        phrase(
            "Plan {plan_id}, {status}: {line}", plan_id=plan.plan_id, status=phrase(plan.status), line=_line(plan.task)
        )
    ]
    for step in plan.steps:
        lines.append(f"{step.step}. {step.agent}, {phrase(_ENDS[step.status])}: {cut(_line(step.task), _LONGEST_TASK)}")
        said = step.result if step.status == "done" else step.error
        lines += [f"   {cut(_line(said), 2 * _LONGEST_TASK)}"] if said else []
    lines += [plan.note] if plan.note else []
    lines += [plan.answer] if plan.answer and plan.answer != plan.note else []
    return "\n".join(lines)


def _after(step: PlanStep) -> str:
    return phrase(" (after {depends_on})", depends_on=", ".join(map(str, step.depends_on))) if step.depends_on else ""


def _named(steps: Iterable[PlanStep]) -> str:
    return ", ".join(f"{step.step} ({step.agent})" for step in steps)


def _line(text: str) -> str:
    return " ".join(text.split())
