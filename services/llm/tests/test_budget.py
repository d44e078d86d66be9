import time
from datetime import datetime

import pytest

from wactorz_llm.budget import Budget, dollars
from wactorz_llm.prices import NANO


def local(*parts):
    return datetime(*parts).timestamp()  # noqa: DTZ001  # local time is what is tested


@pytest.mark.parametrize(
    ("period", "begin"), [("daily", (2026, 3, 12)), ("weekly", (2026, 3, 9)), ("monthly", (2026, 3, 1))]
)
@pytest.mark.parametrize("moment", [(2026, 3, 12, 0, 0, 0), (2026, 3, 12, 23, 59, 59)])
def test_periods_begin_at_local_midnight(period, begin, moment):
    assert Budget(1, period).begins_at(local(*moment)) == local(*begin)


def test_periods_begin_at_midnight_when_the_clock_was_changed_within(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Athens")
    time.tzset()
    try:
        assert Budget(1, "monthly").begins_at(local(2026, 3, 31, 12)) == local(2026, 3, 1)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_no_limit_refuses_nothing():
    assert Budget().refusal(10**15, 0, 10**15) is None


@pytest.mark.parametrize(
    ("spent", "held", "wanted", "fits"),
    [(4, 0, 1, True), (4, 1, 1, False), (5, 0, 0, True), (6, 0, 0, True), (5, 0, 1, False)],
)
def test_limit_counts_what_is_spent_held_and_wanted(spent, held, wanted, fits):
    assert (Budget(5 * NANO).refusal(spent * NANO, held * NANO, wanted * NANO) is None) is fits


def test_refusal_is_a_sentence_with_amounts():
    sentence = Budget(5 * NANO).refusal(int(4.98 * NANO), int(0.01 * NANO), int(0.02 * NANO))
    assert sentence == (
        "The monthly budget of $5.00 is used up ($4.98 spent, $0.01 held for calls that are not settled yet, "
        "this call may cost up to $0.02)."
    )


@pytest.mark.parametrize(
    ("scope", "agent", "name"),
    [
        ("all", "", "daily budget"),
        ("agent", "planner", "daily budget of planner"),
        ("tree", "planner", "daily budget of planner and all that works for it"),
    ],
)
def test_a_budget_is_named_by_whom_it_is_for(scope, agent, name):
    assert Budget(1, "daily", scope, agent).name == name


@pytest.mark.parametrize(
    ("scope", "payer", "above", "counts"),
    [
        ("all", "main", (), True),
        ("agent", "planner", (), True),
        ("agent", "worker", ("planner",), False),
        ("tree", "planner", (), True),
        ("tree", "worker", ("helper", "planner"), True),
        ("tree", "worker", ("main",), False),
    ],
)
def test_whom_a_budget_concerns(scope, payer, above, counts):
    assert Budget(1, "daily", scope, "" if scope == "all" else "planner").concerns(payer, above) is counts


def test_a_count_begun_anew_forgets_what_was_before():
    noon = local(2026, 3, 12, 12)
    assert Budget(1, "monthly", since=noon).begins_at(noon + 60) == noon
    assert Budget(1, "daily", since=noon).begins_at(local(2026, 3, 13, 1)) == local(2026, 3, 13)


@pytest.mark.parametrize(("amount", "text"), [(0, "$0.00"), (5, "$5.00"), (0.0123, "$0.01"), (0.0012, "$0.0012")])
def test_dollars(amount, text):
    assert dollars(round(amount * NANO)) == text
