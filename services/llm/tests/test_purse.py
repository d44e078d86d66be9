import pytest

from wactorz_llm.budget import Budget
from wactorz_llm.purse import HOLD_SECONDS, Hold, OverBudget, Purse, Standing

T0 = 1_780_000_000.0
DAY = 86_400


def make_hold(held=10, payer="main", above=(), at=T0, **fields):
    return Hold(at, payer, above, held, **{"sent": 1, **fields})


def make_purse(*budgets, spent=0):
    purse = Purse()
    for budget in budgets:
        purse.install(Standing(budget, budget.begins_at(T0), spent))
    return purse


def spent_and_held(purse, now=T0):
    return [(standing.spent, held) for standing, held in purse.state(now)]


def test_what_is_held_counts_until_it_is_settled():
    purse = make_purse(Budget(100))
    purse.hold(1, make_hold(60))
    with pytest.raises(OverBudget, match="monthly budget"):
        purse.hold(2, make_hold(50))
    purse.settle(1, 30)
    assert spent_and_held(purse) == [(30, 0)]
    purse.hold(2, make_hold(70))
    assert spent_and_held(purse) == [(30, 70)]


def test_every_budget_that_concerns_a_call_must_hold_it():
    purse = make_purse(Budget(1000), Budget(20, "daily", "agent", "worker"), Budget(50, "daily", "tree", "planner"))
    purse.hold(1, make_hold(40, "other", ("planner",)))
    with pytest.raises(OverBudget, match="daily budget of planner and all that works for it"):
        purse.hold(2, make_hold(15, "worker", ("planner",)))
    with pytest.raises(OverBudget, match="daily budget of worker of"):
        purse.hold(2, make_hold(21, "worker"))
    purse.hold(2, make_hold(20, "worker"))
    assert spent_and_held(purse) == [(0, 60), (0, 20), (0, 40)]


def test_more_is_set_aside_for_another_attempt_or_nothing_changes():
    purse = make_purse(Budget(100))
    purse.hold(1, make_hold(60))
    purse.extend(1, 30)
    with pytest.raises(OverBudget):
        purse.extend(1, 11)
    assert spent_and_held(purse) == [(0, 90)]


def test_what_is_settled_twice_counts_once():
    purse = make_purse(Budget(100))
    purse.hold(1, make_hold())
    purse.settle(1, 7)
    purse.settle(1, 7)
    assert spent_and_held(purse) == [(7, 0)]


def test_a_new_day_begins_with_nothing_spent_and_its_own_holds():
    purse = make_purse(Budget(100, "daily"), spent=90)
    purse.hold(1, make_hold(10))
    assert spent_and_held(purse, T0 + DAY) == [(0, 0)]
    purse.settle(1, 10)
    assert spent_and_held(purse, T0 + DAY) == [(0, 0)], "it belongs to the day on which it began"


def test_a_clock_that_goes_back_gives_nothing_away():
    purse = make_purse(Budget(100, "daily"))
    purse.hold(1, make_hold(90, at=T0 + DAY))
    with pytest.raises(OverBudget):
        purse.hold(2, make_hold(20, at=T0 + DAY))
    assert spent_and_held(purse, T0) == [(0, 90)]


def test_calls_that_an_earlier_run_lost_are_settled_at_what_they_sent():
    purse = make_purse(Budget(100))
    lost, mine = make_hold(80, earlier=True, sent=5), make_hold(10)
    purse.reopen(1, lost)
    purse.hold(2, mine)
    assert purse.expire(T0 + HOLD_SECONDS - 1) == []
    assert purse.expire(T0 + HOLD_SECONDS + 1) == [(1, lost)]
    assert spent_and_held(purse) == [(5, 10)]


def test_a_limit_of_nothing_is_no_budget():
    purse = make_purse(Budget(0), Budget(5, "daily", "agent", "main"))
    assert purse.limits("main", ())
    assert not purse.limits("planner", ("main",))
    assert len(purse.state(T0)) == 1
