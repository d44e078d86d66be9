import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import (
    Condition,
    DetectionTrigger,
    Hours,
    IntervalTrigger,
    MqttTrigger,
    NoticeAction,
    NumericTrigger,
    Rule,
    RuleDraft,
    StateTrigger,
    SunTrigger,
    TaskAction,
    TimeTrigger,
    Window,
)
from wactorz_planner.files import RuleDocument, read_rules, write_draft, write_rules
from wactorz_planner.yaml_text import YamlProblem

text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40)
entity = st.from_regex(r"[a-z]{1,6}\.[a-z_0-9]{1,8}", fullmatch=True)
number = st.floats(-1e9, 1e9)
seconds = st.floats(0, 86_400)
days = st.lists(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), unique=True).map(tuple)
clock = st.from_regex(r"([01][0-9]|2[0-3]):[0-5][0-9]", fullmatch=True)
value = st.one_of(text, number)
json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**9), 10**9), number, text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(text, inner, max_size=3)),
    max_leaves=5,
)
window = st.builds(
    Window, function=st.sampled_from(["mean", "absent_for", "event_count", "stable"]), seconds=st.floats(0.1, 86_400),
    event=st.one_of(st.none(), st.booleans(), value), tolerance=st.one_of(st.none(), st.floats(0, 1e6)),
)  # fmt: skip
trigger = st.one_of(
    st.builds(StateTrigger, entity_id=entity, to=text, for_seconds=seconds),
    st.builds(NumericTrigger, entity_id=entity, attribute=st.one_of(st.none(), text), above=st.one_of(st.none(), number),
              below=st.one_of(st.none(), number), for_seconds=seconds, hysteresis=st.floats(0, 1e6)),
    st.builds(TimeTrigger, at=clock, weekdays=days),
    st.builds(SunTrigger, event=st.sampled_from(["sunrise", "sunset"]), offset_seconds=st.floats(-43_200, 43_200)),
    st.builds(IntervalTrigger, seconds=st.floats(10, 604_800)),
    st.builds(MqttTrigger, topic=words, field=text, operator=st.sampled_from(["eq", "ne", "gt", "lte", "any"]),
              value=st.one_of(st.none(), st.booleans(), value), window=st.one_of(st.none(), window), for_seconds=seconds),
    st.builds(DetectionTrigger, target=words, camera=text, gone=st.booleans()),
)  # fmt: skip
draft = st.builds(
    RuleDraft, trigger=trigger,
    conditions=st.lists(st.builds(
        Condition, entity_id=st.one_of(st.just(""), entity), topic=text, field=text,
        attribute=st.one_of(st.none(), text), operator=st.sampled_from(["eq", "ne", "gt", "lt", "gte", "lte"]),
        value=value,
    ), max_size=2).map(tuple),
    actions=st.lists(st.builds(
        ServiceCall, domain=st.sampled_from(["light", "lock"]), service=st.sampled_from(["turn_on", "unlock"]),
        entity_id=st.lists(entity, min_size=1, max_size=2).map(tuple), data=st.dictionaries(text, json, max_size=2),
    ), max_size=2).map(tuple),
    notices=st.lists(st.builds(
        NoticeAction, target=text, text=text, severity=st.sampled_from(["info", "critical"]), cooldown_seconds=seconds,
        quiet_hours=text, edit=st.booleans(),
    ), max_size=2).map(tuple),
    tasks=st.lists(st.builds(TaskAction, agent=words, task=words), max_size=2).map(tuple),
    hours=st.one_of(st.none(), st.builds(Hours, start=st.one_of(st.just(""), clock), end=clock, weekdays=days)),
    missed=st.sampled_from(["skip", "catch_up"]), cooldown_seconds=seconds, min_on_seconds=seconds,
    fires_if_already_true=st.booleans(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(draft, words)
def test_what_is_written_is_read_again(rule, task):
    (read,) = read_rules(write_draft(rule, task, "1a2b3c4d"))
    assert isinstance(read, RuleDocument), read
    assert (read.draft, read.task, read.rule_id) == (rule, task, "1a2b3c4d")


def test_a_rule_is_written_as_people_read_it():
    rule = RuleDraft(
        trigger=NumericTrigger(entity_id="sensor.t", above=28, for_seconds=300),
        conditions=(Condition(entity_id="light.a", value="off"),),
        actions=(ServiceCall(domain="light", service="turn_on", entity_id=("light.a",)),),
        notices=(NoticeAction(target="discord", text="$name is $state"),), hours=Hours(start="22:00", end="06:00"),
    )  # fmt: skip
    assert write_draft(rule, "when hot, light", "1a2b3c4d") == (
        "rule: when hot, light\nid: 1a2b3c4d\nwhen:\n  numeric: sensor.t\n  above: 28\n  for: 5 min\n"
        "if:\n- entity: light.a\n  is: 'off'\ndo:\n- call: light.turn_on\n  entities:\n  - light.a\n"
        "- notify: discord\n  text: $name is $state\nhours:\n  from: '22:00'\n  to: 06:00\n"
    )


def test_a_file_written_by_hand_says_on_and_times_without_quotes():
    (read,) = read_rules(
        "rule: x\nwhen: {state: light.a, to: on, for: 90}\nif:\n  - {entity: light.b, is: off}\n"
        "do:\n  - {call: light.turn_on, entities: light.b}\nhours: {from: 22:00, to: 06:00}\n"
    )
    assert isinstance(read, RuleDocument), read
    assert (read.draft.trigger.to, read.draft.trigger.for_seconds) == ("on", 90)
    assert read.draft.conditions[0].value == "off"
    assert read.draft.hours == Hours(start="22:00", end="06:00")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("when: {state: light.a, to: on}", "line 1: a rule needs `when` and `do`"),
        ("rule: x\nwhen:\n  state: light.a\n  too: on\ndo: []", "line 4: 'too' is not known here"),
        ("when:\n  numeric: sensor.t\n  above: warm\ndo: []", "line 1: above:"),
        ("when: {every: soon}\ndo: []", "line 1: write a time as 90 s"),
        ("when: {every: 5 min}\ndo:\n- call: light\n  entities: [light.a]", "line 3: a call is a domain"),
        ("when: {every: 5 min}\ndo:\n- {}", "something to do needs one of call, notify, ask"),
        ("when: [1", "line 1: "),
        ("a: &x 1\nb: *x", "references (& and *) are not taken"),
        ("a: !!python/object/apply:os.system ['true']", "line 1: "),
        ("when: {every: 5 min}\nwhen: {every: 5 min}\ndo: []", "line 2: 'when' is said twice"),
        ("- " * 30 + "x", "nested deeper"),
        ("[" * 5000, "nested deeper"),
        ("x" * 200_001, "at most 200000"),
        ("just words", "keys and values are expected here"),
    ],
)
def test_a_problem_names_its_line(bad, words):
    (problem,) = read_rules(bad)
    assert isinstance(problem, YamlProblem)
    assert words in str(problem)


def test_one_bad_document_spoils_no_other():
    good = RuleDraft(trigger=IntervalTrigger(seconds=600), notices=(NoticeAction(text="x"),))
    rules = [
        Rule(rule_id=f"0000000{n}", task=f"rule {n}", draft=good, created_at=1.0, status=status, paused_by="person")
        for n, status in enumerate(("active", "paused"))
    ]
    text = write_rules(rules) + "---\nwhen: {}\ndo: []\n---\n" + write_draft(good, "third")
    first, second, bad, third = read_rules(text)
    assert (first.task, first.paused, second.paused, third.task) == ("rule 0", False, True, "third")
    assert str(bad).startswith("line")
