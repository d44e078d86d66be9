"""What comes of an event: a firing, a record, or a moment on the agenda."""

import math

import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import IntervalTrigger, NumericTrigger, Rule, RuleDraft
from wactorz_planner.deciding import Deciding
from wactorz_planner.engine import Decision, RuleState, Verdict
from wactorz_planner.readings import Reading
from wactorz_planner.rulebook import KeptRule

NOW = 1_000.0
ON = ServiceCall(domain="light", service="turn_on", entity_id=("light.a",))
HOT = NumericTrigger(entity_id="sensor.t", above=28, for_seconds=60)


class Acting:
    """Notes what it is handed."""

    def __init__(self):
        self.fired, self.recorded, self.kept, self.pauses = [], [], [], False

    def fire(self, kept, crossing):
        self.fired.append((kept.rule.rule_id, crossing))
        return self.pauses

    def record(self, kept, verdict, why, crossing):
        self.recorded.append((verdict, why, crossing.further))

    def keep(self, kept):
        self.kept.append(kept.rule.rule_id)


@pytest.fixture
def deciding():
    return Deciding(None, Acting(), lambda: NOW)


def kept_rule(trigger=HOT):
    draft = RuleDraft(trigger=trigger, actions=(ON,))
    return KeptRule(Rule(rule_id="ab12cd34", task="t", draft=draft, created_at=1))


def deciding_on(decision, asked=None):
    def ask(state, moment):
        if asked is not None:
            asked.append((state, moment))
        return decision(state) if callable(decision) else decision

    return ask


def test_the_engine_sees_all_that_is_known(deciding):
    deciding.readings["sensor.t"], deciding.halted, asked = Reading("29"), True, []
    kept = kept_rule()
    deciding.decide(kept, deciding_on(Decision, asked), resync=True)
    ((state, moment),) = asked
    assert state == kept.state
    assert (moment.now, moment.halted, moment.resync, moment.readings["sensor.t"].state) == (NOW, True, True, "29")


def test_nothing_new_writes_nothing(deciding):
    deciding.decide(kept_rule(), deciding_on(lambda state: Decision(RuleState())))
    assert (deciding.acting.kept, deciding.acting.recorded, deciding.acting.fired) == ([], [], [])


def test_a_crossing_whose_duration_begins_is_kept_and_due_at_its_end(deciding):
    kept = kept_rule()
    deciding.decide(kept, deciding_on(Decision(RuleState(held=True, pending_since=NOW - 10))))
    assert (kept.state.pending_since, deciding.acting.kept) == (NOW - 10, ["ab12cd34"])
    assert deciding.seconds_to_next() == 50
    assert deciding.earlier.is_set()
    deciding.decide(kept, deciding_on(Decision(RuleState(held=False))))
    assert deciding.seconds_to_next() == math.inf, "it is over before its time"


@pytest.mark.parametrize(("at", "crossed"), [(None, NOW), (NOW - 5, NOW - 5), (NOW + 5, NOW)])
def test_a_firing_says_when_it_was_crossed_and_never_in_the_future(deciding, at, crossed):
    deciding.decide(kept_rule(), deciding_on(Decision(RuleState(held=True), Verdict.FIRE)), at=at)
    ((_, crossing),) = deciding.acting.fired
    assert crossing.further == {"crossed_at": crossed}


def test_after_a_duration_it_was_crossed_at_its_begin(deciding):
    kept = kept_rule()
    kept.state = RuleState(held=True, pending_since=NOW - 60)
    deciding.decide(kept, deciding_on(Decision(RuleState(held=True), Verdict.FIRE)), scheduled_at=NOW - 1)
    ((_, crossing),) = deciding.acting.fired
    assert crossing.further == {"crossed_at": NOW - 60, "scheduled_at": NOW - 1}


def test_who_paused_rules_by_firing_has_them_indexed_anew(deciding):
    calls = []
    deciding.reindex_wanted = lambda: calls.append(1)
    fire = deciding_on(Decision(RuleState(held=True), Verdict.FIRE))
    deciding.decide(kept_rule(), fire)
    assert calls == []
    deciding.acting.pauses = True
    deciding.decide(kept_rule(), fire)
    assert calls == [1]


def test_what_does_not_act_is_recorded_with_its_reason_on_its_topic(deciding):
    kept = kept_rule()
    ask = deciding_on(Decision(RuleState(held=True), Verdict.SUPPRESSED, "within its quiet time"))
    deciding.decide(kept, ask, topic="sensors/a")
    assert deciding.acting.recorded == [(Verdict.SUPPRESSED, "within its quiet time", {"crossed_at": NOW})]
    assert (kept.state_at("sensors/a").held, kept.state.held) == (True, None)


def test_moments_of_the_clock_are_left_to_the_clock(deciding):
    kept = kept_rule(IntervalTrigger(seconds=600))
    deciding.put(kept, "", NOW + 600)
    deciding.put_pending(kept)
    assert deciding.seconds_to_next() == 600
    deciding.put(kept, "", NOW - 5)
    assert deciding.seconds_to_next() == 0
