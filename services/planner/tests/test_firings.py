from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import Condition, FiringQuery, NumericTrigger, Rule, RuleDraft, TimeTrigger
from wactorz_common.contracts.tasks import TaskState
from wactorz_planner import firings
from wactorz_planner.engine import Verdict
from wactorz_planner.firings import Evidence, Firing
from wactorz_planner.readings import Reading
from wactorz_planner.rulebook import KeptRule, RuleBook

CALL = ServiceCall(domain="light", service="turn_on", entity_id=("light.b",))
DRAFT = RuleDraft(
    trigger=NumericTrigger(entity_id="sensor.t", above=28),
    conditions=(Condition(entity_id="light.b", value="off"), Condition(entity_id="light.c", value="off")),
    actions=(CALL,),
)
READINGS = {"sensor.t": Reading("28.5"), "light.b": Reading("off")}
RULE = KeptRule(Rule(rule_id="r1", task="when hot, light", draft=DRAFT, created_at=1.0))


def make_firing(task_id="rule/r1/1", at=100.0, verdict=Verdict.FIRE, rule_id="r1"):
    evidence = Evidence.of("when hot, light", DRAFT, READINGS, (CALL,), crossed_at=at)
    return Firing(task_id, rule_id, task_id, "28.5", at, at + 30, at + 10, verdict, evidence)


async def opened(store):
    book = RuleBook(store)
    await book.load()
    return book


def test_evidence_names_values_and_thresholds():
    evidence = Evidence.of("t", DRAFT, READINGS, (CALL,), crossed_at=5.0)
    assert evidence.trigger["entity_id"] == "sensor.t"
    assert (evidence.trigger["value"], evidence.trigger["threshold"], evidence.trigger["crossed_at"]) == (
        "28.5",
        28.0,
        5.0,
    )
    assert [(fact["actual"], fact["held"]) for fact in evidence.conditions] == [("off", True), (None, False)]
    assert Evidence.from_json(evidence.to_json()).to_wire() == evidence.to_wire()
    assert Evidence.from_json(evidence.to_json()).calls == (CALL,)


def test_evidence_of_the_clock_has_no_value():
    clocked = DRAFT.model_copy(update={"trigger": TimeTrigger(at="07:00"), "conditions": ()})
    assert Evidence.of("t", clocked, READINGS, (), scheduled_at=7.0).trigger == {
        "kind": "time", "at": "07:00", "weekdays": [], "scheduled_at": 7.0,
    }  # fmt: skip


async def test_firings_are_listed_newest_first_by_rule_and_by_trace(store):
    book = await opened(store)
    await book.save_firing(RULE, make_firing())
    await book.save_firing(RULE, make_firing("s1", 200.0, Verdict.SUPPRESSED), TaskState.DONE, "within its quiet time")
    await book.save_firing(RULE, make_firing("o1", 300.0, rule_id="r2"))
    await book.end_firing(make_firing(), TaskState.DONE, "the light is on")
    found = await book.firings(FiringQuery(rule_id="r1"))
    assert [(report.verdict, report.outcome) for report in found] == [
        ("suppressed", "within its quiet time"), ("fire", "done: the light is on"),
    ]  # fmt: skip
    assert found[1].trigger["value"] == "28.5"
    assert found[1].task == "when hot, light"
    assert [report.rule_id for report in await book.firings(FiringQuery(trace_id="o1"))] == ["r2"]
    assert (await book.firings(FiringQuery(trace_id="o1")))[0].outcome == "under way"
    assert len(await book.firings(FiringQuery(limit=2))) == 2


async def test_recent_moves_are_those_that_acted(store):
    book = await opened(store)
    await book.save_firing(RULE, make_firing("old", 10.0))
    await book.save_firing(RULE, make_firing("open", 100.0))
    await book.save_firing(RULE, make_firing("held", 110.0, Verdict.HELD_BACK), TaskState.DONE, "held back")
    await book.save_firing(RULE, make_firing("failed", 120.0), TaskState.FAILED, "away")
    again = RuleBook(store)
    loaded = await again.load(recent_since=50.0)
    assert [firing.task_id for firing in loaded.recent] == ["open"]
    assert list(again.moves(loaded.recent)) == [("open", "r1", (CALL,), 100.0, 0.0)]


async def test_very_many_crossings_of_one_rule_are_thinned_out(store, monkeypatch):
    monkeypatch.setattr(firings, "MOST_KEPT", 3)
    book = await opened(store)
    for number in range(6):
        await book.save_firing(RULE, make_firing(f"s{number}", float(number), Verdict.SUPPRESSED), TaskState.DONE, "x")
    await book.save_firing(RULE, make_firing("other", 0.0, rule_id="r2"), TaskState.DONE, "x")
    await book.trim(before=-1.0)
    assert [report.trace_id for report in await book.firings(FiringQuery())] == ["s5", "s4", "s3", "other"]
