from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import Rule, RuleDraft, StateTrigger
from wactorz_common.contracts.tasks import TaskState
from wactorz_planner.engine import RuleState
from wactorz_planner.firings import Firing
from wactorz_planner.rulebook import KeptRule, RuleBook

DRAFT = RuleDraft(
    trigger=StateTrigger(entity_id="light.a", to="on"),
    actions=(ServiceCall(domain="light", service="turn_on", entity_id=("light.b",)),),
)


def make_rule(rule_id="r1", created_at=1.0):
    return KeptRule(Rule(rule_id=rule_id, task="t", draft=DRAFT, created_at=created_at), made_by="task-1")


def make_firing(number=1, fired_at=100.0):
    return Firing(f"rule/r1/{number}", "r1", "trace", "on", fired_at, fired_at + 30, fired_at + 10)


async def reload(store):
    book = RuleBook(store)
    return book, (await book.load()).unfinished


async def test_rules_come_back_as_they_were(store):
    book, firings = await reload(store)
    assert firings == []
    kept = make_rule()
    kept.state, kept.number = RuleState(True, 5.0, 9.0), 3
    await book.add(kept)
    again, _ = await reload(store)
    assert again.rules == {"r1": kept}


async def test_firing_and_cool_down_are_saved_together_and_open_firings_come_back(store):
    book, _ = await reload(store)
    kept = make_rule()
    await book.add(kept)
    kept.state = RuleState(True, None, 110.0)
    await book.save_firing(kept, make_firing())
    again, firings = await reload(store)
    assert firings == [make_firing()]
    assert again.rules["r1"].state.quiet_until == 110.0


async def test_ended_firings_stay_closed_and_are_trimmed_by_age(store):
    book, _ = await reload(store)
    kept = make_rule()
    await book.add(kept)
    for number, fired_at in ((1, 100.0), (2, 200.0), (3, 100.0)):
        await book.save_firing(kept, make_firing(number, fired_at))
    for number in (1, 2):
        await book.end_firing(make_firing(number), TaskState.DONE, "done")
    await book.trim(150.0)
    left = await store.read(lambda c: [row[0] for row in c.execute("SELECT task_id FROM firings ORDER BY task_id")])
    assert left == ["rule/r1/2", "rule/r1/3"]
    _, firings = await reload(store)
    assert [firing.task_id for firing in firings] == ["rule/r1/3"]


async def test_end_of_a_firing_does_not_bring_a_deleted_rule_back(store):
    book, _ = await reload(store)
    kept = make_rule()
    await book.add(kept)
    await book.save_firing(kept, make_firing())
    await book.remove("r1")
    await book.end_firing(make_firing(), TaskState.DONE, "done")
    again, firings = await reload(store)
    assert again.rules == {}
    assert firings == []


async def test_oldest_rule_comes_first(store):
    book, _ = await reload(store)
    await book.add(make_rule("b", 2.0))
    await book.add(make_rule("a", 1.0))
    assert [kept.rule.rule_id for kept in book.in_order()] == ["a", "b"]
