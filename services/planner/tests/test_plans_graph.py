import pytest

from wactorz_common.contracts.plans import PlanStep
from wactorz_planner.plans.graph import blocked, flaws, next_steps


def make(*given):
    """Steps from (number, depends_on, status, parallel), the last two optional."""
    made = []
    for number, needs, *rest in given:
        status, parallel = (*rest, *("waiting", True)[len(rest) :])
        made.append(PlanStep(step=number, agent="a", task="t", depends_on=needs, status=status, parallel=parallel))
    return made


def test_steps_in_a_circle_and_steps_without_ground_are_named_and_the_rest_is_not():
    steps = make((1, ()), (2, (3,)), (3, (2,)), (4, (9,)), (5, (5,)), (6, (1, 3)), (7, (1,)))
    found = flaws(steps)
    assert set(found) == {2, 3, 4, 5}
    assert "2 → 3 → 2" in found[2]
    assert "step 9" in found[4]
    assert "5 → 5" in found[5]


def test_what_waits_for_a_lost_step_is_left_out():
    steps = make((1, (), "failed"), (2, (1,)), (3, (2,)), (4, (), "done"), (5, (4,)), (6, (), "unknown"), (7, (6, 1)))
    assert blocked(steps) == {2: "Step 1 brought no result.", 7: "Steps 6, 1 brought no result."}


@pytest.mark.parametrize(
    ("steps", "running", "limit", "wanted"),
    [
        (make((1, ()), (2, ()), (3, (1,))), (), 4, (1, 2)),
        (make((1, ()), (2, ()), (3, ())), (), 2, (1, 2)),
        (make((1, (), "running"), (2, ())), (1,), 1, ()),
        (make((1, (), "done"), (2, (1,)), (3, (2,))), (), 4, (2,)),
        (make((1, (), "waiting", False), (2, (), "waiting", False)), (), 4, (1,)),
        (make((1, (), "waiting", False), (2, ())), (), 4, (2,)),
        (make((1, (), "running", False), (2, ())), (1,), 4, ()),
        (make((1, (), "waiting", False), (2, (), "running")), (2,), 4, ()),
        (make((1, (), "done"), (2, (1, 3)), (3, (), "running")), (3,), 4, ()),
    ],
)  # fmt: skip
def test_parallel_steps_run_together_and_others_alone(steps, running, limit, wanted):
    assert next_steps(steps, running, limit) == wanted
