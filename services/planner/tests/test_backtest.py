from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wactorz_common.contracts.history import HistoryPoint
from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    IntervalTrigger,
    NumericTrigger,
    RuleDraft,
    StateTrigger,
    SunTrigger,
    TimeTrigger,
)
from wactorz_planner.backtest import MOST_SHOWN, Replay, Span, entities_of, needs_attributes, report
from wactorz_planner.clock import Place

BERLIN = Place("Europe/Berlin", 52.52, 13.4)
CALL = ServiceCall(domain="light", service="turn_on", entity_id=("light.a",))
MIDNIGHT = datetime(2026, 6, 1, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
HOUR, DAY = 3600.0, 86_400.0


def draft(trigger=None, **more):
    return RuleDraft(trigger=trigger or StateTrigger(entity_id="sensor.m", to="on"), actions=(CALL,), **more)


def points(*pairs, entity_id="sensor.m"):
    return [HistoryPoint(entity_id=entity_id, at=MIDNIGHT + at, state=str(state)) for at, state in pairs]


def play(rule, history=(), days=7.0, known=None):
    end = MIDNIGHT + days * DAY
    replay = Replay(rule, BERLIN, Span(MIDNIGHT, end, MIDNIGHT if known is None else known))
    replay.feed(sorted(history, key=lambda point: point.at))
    replay.finish()
    return replay


def verdicts(replay):
    return [(firing.at - MIDNIGHT, firing.verdict) for firing in replay.firings]


def test_crossings_are_those_of_the_engine():
    history = points((-5, "off"), (100, "on"), (101, "off"), (102, "on"), (103, "off"), (200, "on"))
    assert verdicts(play(draft(), history)) == [(100, "fire"), (102, "suppressed"), (200, "fire")]


def test_what_held_at_the_beginning_does_not_fire():
    assert verdicts(play(draft(), points((-5, "on"), (100, "on"), (200, "unavailable"), (300, "on")))) == []


def test_hysteresis_and_quiet_time_are_honored():
    trigger = NumericTrigger(entity_id="sensor.m", above=28, hysteresis=1)
    history = points((0, 27), (10, 28.1), (20, 27.9), (30, 28.2), (40, 26.9), (50, 28.3), (60, 26), (3700, 29))
    assert verdicts(play(draft(trigger, cooldown_seconds=3600), history)) == [
        (10, "fire"), (50, "suppressed"), (3700, "fire"),
    ]  # fmt: skip


def test_a_duration_is_over_between_two_points():
    trigger = StateTrigger(entity_id="sensor.m", to="on", for_seconds=60)
    history = points((0, "off"), (10, "on"), (30, "off"), (100, "on"), (500, "off"))
    assert verdicts(play(draft(trigger), history)) == [(160, "fire")]


def test_conditions_are_looked_at_as_they_were():
    rule = draft(conditions=(Condition(entity_id="sensor.c", value="yes"),), cooldown_seconds=0)
    history = [
        *points((0, "off"), (10, "on"), (20, "off"), (30, "on")), *points((0, "no"), (25, "yes"), entity_id="sensor.c"),
    ]  # fmt: skip
    assert verdicts(play(rule, history)) == [(10, "unmet"), (30, "fire")]


def test_the_clock_the_sun_and_intervals_need_no_history():
    daily = play(draft(TimeTrigger(at="23:00")), days=3)
    assert verdicts(daily) == [(23 * HOUR, "fire"), (47 * HOUR, "fire"), (71 * HOUR, "fire")]
    assert all(firing.night for firing in daily.firings)
    assert len(play(draft(SunTrigger(event="sunset"))).firings) == 7
    assert len(play(draft(IntervalTrigger(seconds=600)), days=1).firings) == 144


def test_figures_in_words():
    history = points(
        (0, "off"), *((day * DAY + 12 * HOUR + s, "on" if s == 0 else "off") for day in range(7) for s in (0, 60))
    )
    history += points(*((day * DAY + 23 * HOUR + s, "on" if s == 0 else "off") for day in range(3) for s in (0, 60)))
    found = report(play(draft(), history), ())
    assert found.text == (
        "It would have fired 10 times in 7 days, 3 at night. "
        "The first time on Monday 1 June at 12:00, the last time on Sunday 7 June at 12:00."
    )
    assert (found.fired, found.at_night, found.suppressed, found.unmet) == (10, 3, 0, 0)
    assert (found.start, found.end) == (MIDNIGHT, MIDNIGHT + 7 * DAY)


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ([], "It would not have fired in 7 days."),
        (
            points((0, "off"), (HOUR, "on")),
            "fired once in 7 days, and that at night. That was on Monday 1 June at 01:00.",
        ),
        (points((0, "off"), (9, "on"), (10, "off"), (11, "on")), "Once more its trigger was met within the quiet time"),
    ],
)
def test_other_figures_in_words(history, words):
    assert words in report(play(draft(), history), ()).text


def test_what_the_recorder_does_not_know_is_said():
    known = MIDNIGHT + 5 * DAY
    text = report(play(draft(), points((5 * DAY + 1, "off")), known=known), ["sensor.c"], cut=True).text
    assert "It would not have fired in 2 days." in text
    assert "The recorder only knows 2 days; 7 days were asked for." in text
    assert "The recorder knows nothing of sensor.c." in text
    assert "too much history" in text


def test_a_report_shows_firings_before_what_was_suppressed():
    history = points(*((at, "on" if at % 2 else "off") for at in range(4 * MOST_SHOWN)))
    found = report(play(draft(), history), ())
    assert found.suppressed > MOST_SHOWN
    assert len(found.firings) == MOST_SHOWN
    assert sum(firing.verdict == "fire" for firing in found.firings) == found.fired
    assert [firing.at for firing in found.firings] == sorted(firing.at for firing in found.firings)
    many = report(play(draft(cooldown_seconds=0), history), ())
    assert many.fired > len(many.firings) == MOST_SHOWN


def test_what_a_rule_depends_on():
    rule = draft(conditions=(Condition(entity_id="sensor.c", value="x"), Condition(entity_id="sensor.m", value="x")))
    assert entities_of(rule) == ("sensor.m", "sensor.c")
    assert not needs_attributes(rule)
    assert entities_of(draft(TimeTrigger(at="07:00"))) == ()
    warm = NumericTrigger(entity_id="climate.a", attribute="current_temperature", above=1)
    assert needs_attributes(draft(warm))
    assert needs_attributes(draft(conditions=(Condition(entity_id="a.b", attribute="x", value="y"),)))
