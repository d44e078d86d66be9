import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    IntervalTrigger,
    NumericTrigger,
    RuleDraft,
    StateTrigger,
    TimeTrigger,
)
from wactorz_planner.engine import Moment, RuleState, Verdict, due, observe, pending_until, tick
from wactorz_planner.readings import Reading

CALL = ServiceCall(domain="climate", service="turn_on", entity_id=("climate.ac",))
HOT = NumericTrigger(entity_id="sensor.t", above=28)
OPEN = StateTrigger(entity_id="binary_sensor.door", to="on")
OPEN_LONG = StateTrigger(entity_id="binary_sensor.door", to="on", for_seconds=60)


def draft(trigger=HOT, cooldown=10.0, conditions=()):
    return RuleDraft(trigger=trigger, actions=(CALL,), cooldown_seconds=cooldown, conditions=conditions)


def play(rule, steps, state=None, readings=None, halted=False):
    """Feed (time, state) pairs; return the verdicts and the last state."""
    state, verdicts = state or RuleState(), []
    for now, value in steps:
        reading = None if value is None else Reading(str(value))
        decision = observe(rule, state, reading, Moment(now, readings or {}, halted=halted))
        state = decision.state
        verdicts.append(decision.verdict.value)
    return verdicts, state


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(0, 29)], ["nothing"]),
        ([(0, 29), (1, 30)], ["nothing", "nothing"]),
        ([(0, 27), (1, 29)], ["nothing", "fire"]),
        ([(0, 27), (1, 28)], ["nothing", "nothing"]),
        ([(0, 27), (1, 29), (2, 30)], ["nothing", "fire", "nothing"]),
        ([(0, 27), (1, 29), (2, 27), (3, 29)], ["nothing", "fire", "nothing", "suppressed"]),
        (
            [(0, 27), (1, 29), (2, 27), (3, 29), (4, 27), (12, 29)],
            ["nothing", "fire", "nothing", "suppressed", "nothing", "fire"],
        ),
        ([(0, 27), (1, 29), (2, 27), (3, 29), (30, 29.5)], ["nothing", "fire", "nothing", "suppressed", "nothing"]),
        ([(0, 27), (1, "unavailable"), (2, 29)], ["nothing", "nothing", "fire"]),
        ([(0, 27), (1, 29), (20, "unavailable"), (21, 29)], ["nothing", "fire", "nothing", "nothing"]),
        ([(0, "unknown"), (1, 29)], ["nothing", "nothing"]),
        ([(0, 27), (1, None), (2, 29)], ["nothing", "nothing", "fire"]),
        ([(0, 27), (1, "nan"), (2, "inf"), (3, "warm")], ["nothing"] * 4),
    ],
)
def test_threshold(steps, expected):
    assert play(draft(), steps)[0] == expected


def test_resync_after_absence_fires_only_when_it_crossed_meanwhile():
    for held, verdict in ((False, Verdict.FIRE), (True, Verdict.NOTHING), (None, Verdict.NOTHING)):
        decision = observe(draft(), RuleState(held=held), Reading("29"), Moment(100, resync=True))
        assert decision.verdict is verdict
        assert decision.state.held is True


def test_cool_down_is_part_of_the_state_that_comes_with_the_firing():
    decision = observe(draft(cooldown=60), RuleState(held=False), Reading("29"), Moment(1000))
    assert decision.verdict is Verdict.FIRE
    assert decision.state.quiet_until == 1060


def test_cool_down_of_zero_never_suppresses():
    verdicts, _ = play(draft(cooldown=0), [(0, 27), (1, 29), (1, 27), (1, 29)])
    assert verdicts.count("fire") == 2


def test_clock_set_back_does_not_silence_a_rule_for_long():
    state = RuleState(held=False, quiet_until=1_000_000)
    assert observe(draft(), state, Reading("29"), Moment(1000)).verdict is Verdict.FIRE


def test_halt_records_crossings_without_acting_and_without_cool_down():
    verdicts, state = play(draft(), [(0, 27), (1, 29)], halted=True)
    assert verdicts == ["nothing", "suppressed"]
    assert state.quiet_until == 0
    assert play(draft(), [(2, 29), (3, 27), (4, 29)], state)[0] == ["nothing", "nothing", "fire"]


def test_duration_must_be_over():
    rule = draft(OPEN_LONG)
    verdicts, state = play(rule, [(0, "off"), (10, "on")])
    assert verdicts == ["nothing", "nothing"]
    assert pending_until(rule, state) == 70
    assert due(rule, state, Moment(69.9)).verdict is Verdict.NOTHING
    fired = due(rule, state, Moment(70))
    assert fired.verdict is Verdict.FIRE
    assert fired.state.pending_since is None
    assert due(rule, fired.state, Moment(100)).verdict is Verdict.NOTHING


@pytest.mark.parametrize("between", ["off", "unavailable", None])
def test_interrupted_duration_starts_anew(between):
    verdicts, state = play(draft(OPEN_LONG), [(0, "off"), (10, "on"), (30, between), (40, "on")])
    assert verdicts == ["nothing"] * 4
    assert state.pending_since == 40


def test_duration_goes_on_after_a_restart():
    pending = RuleState(held=True, pending_since=10)
    decision = observe(draft(OPEN_LONG), pending, Reading("on"), Moment(200, resync=True))
    assert decision.verdict is Verdict.FIRE


def test_state_that_changed_while_away_restarts_its_duration():
    pending = RuleState(held=True, pending_since=10)
    decision = observe(draft(OPEN_LONG), pending, Reading("on", changed_at=180), Moment(200, resync=True))
    assert decision.verdict is Verdict.NOTHING
    assert decision.state.pending_since == 180


def test_crossing_while_away_counts_its_duration_from_the_real_change():
    decision = observe(draft(OPEN_LONG), RuleState(held=False), Reading("on", changed_at=100), Moment(130, resync=True))
    assert decision.state.pending_since == 100


def test_ordinary_reading_during_a_duration_changes_nothing():
    _, state = play(draft(OPEN_LONG), [(0, "off"), (10, "on"), (20, "on")])
    assert state.pending_since == 10


def test_conditions_are_looked_at_when_it_fires():
    rule = draft(OPEN, conditions=(Condition(entity_id="sun.sun", value="below_horizon"),))
    dark, light = {"sun.sun": Reading("below_horizon")}, {"sun.sun": Reading("above_horizon")}
    crossing = [(0, "off"), (1, "on")]
    assert play(rule, crossing, readings=dark)[0][-1] == "fire"
    verdicts, state = play(rule, crossing, readings=light)
    assert verdicts[-1] == "unmet"
    assert state.quiet_until == 0
    assert play(rule, crossing)[0][-1] == "unmet"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(0, 27), (1, 28.2), (20, 27.8), (40, 28.3)], ["nothing", "fire", "nothing", "nothing"]),
        ([(0, 27), (1, 28.2), (20, 26.9), (40, 28.3)], ["nothing", "fire", "nothing", "fire"]),
        ([(0, 27.5), (1, 28.2)], ["nothing", "fire"]),
        ([(0, 27), (1, 28.2), (20, "unavailable"), (30, 27.8), (40, 28.3)], ["nothing", "fire"] + ["nothing"] * 3),
    ],
)
def test_hysteresis_guards_against_a_value_that_trembles(steps, expected):
    assert play(draft(HOT.model_copy(update={"hysteresis": 1.0})), steps)[0] == expected


def test_hysteresis_counts_downward_too():
    cold = NumericTrigger(entity_id="sensor.t", below=5, hysteresis=2)
    verdicts, _ = play(draft(cold, cooldown=0), [(0, 6), (1, 4), (2, 6.5), (3, 4), (4, 7), (5, 4)])
    assert verdicts == ["nothing", "fire", "nothing", "nothing", "nothing", "fire"]


def test_a_duration_that_was_cut_short_is_not_guarded_by_the_hysteresis():
    rule = draft(HOT.model_copy(update={"hysteresis": 1.0, "for_seconds": 60}))
    verdicts, state = play(rule, [(0, 27), (1, 29), (30, 27.8), (40, 29)])
    assert verdicts == ["nothing"] * 4
    assert state.pending_since == 40
    assert due(rule, state, Moment(100)).verdict is Verdict.FIRE


def test_a_tick_of_the_clock_is_decided_on_by_its_own_time():
    rule = draft(IntervalTrigger(seconds=10), cooldown=10)
    first = tick(rule, RuleState(), 100.0, Moment(103.0))
    assert (first.verdict, first.state.ticked_at, first.state.quiet_until) == (Verdict.FIRE, 100.0, 110.0)
    assert tick(rule, first.state, 110.0, Moment(110.1)).verdict is Verdict.FIRE
    longer = draft(IntervalTrigger(seconds=10), cooldown=15)
    assert tick(longer, RuleState(quiet_until=115.0), 110.0, Moment(110.1)).verdict is Verdict.SUPPRESSED
    halted = tick(rule, first.state, 110.0, Moment(110.1, halted=True))
    assert (halted.verdict, halted.state.ticked_at) == (Verdict.SUPPRESSED, 110.0)


def test_a_clock_rule_looks_at_its_conditions():
    rule = draft(TimeTrigger(at="07:00"), conditions=(Condition(entity_id="a.b", value="on"),))
    assert tick(rule, RuleState(), 100.0, Moment(100.0)).verdict is Verdict.UNMET
    assert tick(rule, RuleState(), 100.0, Moment(100.0, {"a.b": Reading("on")})).verdict is Verdict.FIRE
