import pytest

from wactorz_common.contracts.home import ServiceCall
from wactorz_common.contracts.rules import Rule, RuleDraft, StateTrigger
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import StoreError
from wactorz_planner.engine import RuleState
from wactorz_planner.firings import Firing
from wactorz_planner.hands import Hand
from wactorz_planner.rulebook import FORMAT, KeptRule, RuleBook

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


async def test_clock_and_hands_come_back_as_they_were(store):
    book, _ = await reload(store)
    kept = make_rule()
    kept.state = RuleState(anchor=5.0, ticked_at=65.0)
    await book.add(kept)
    await book.save_hand(Hand("light.b", 7.0, "a person", "c1"))
    await book.save_hand(Hand("light.b", 9.0, "an automation", "c2"))
    again = RuleBook(store)
    assert (await again.load()).hands == [Hand("light.b", 9.0, "an automation", "c2")]
    assert again.rules["r1"].state == kept.state


async def test_tables_of_the_first_format_are_taken_over(store):
    rule = make_rule().rule
    old = (
        """CREATE TABLE rules (rule_id TEXT PRIMARY KEY, made_by TEXT NOT NULL, rule TEXT NOT NULL,
            number INTEGER NOT NULL, held INTEGER, pending_since REAL, quiet_until REAL NOT NULL)""",
        """CREATE TABLE firings (task_id TEXT PRIMARY KEY, rule_id TEXT NOT NULL, trace_id TEXT NOT NULL,
            value TEXT NOT NULL, fired_at REAL NOT NULL, deadline_at REAL NOT NULL, quiet_until REAL NOT NULL,
            state TEXT, detail TEXT)""",
        "INSERT INTO firings VALUES ('rule/r1/1', 'r1', 'trace', 'on', 100.0, 130.0, 110.0, NULL, NULL)",
    )
    for statement in old:
        await store.write(lambda connection, statement=statement: connection.execute(statement) and None)
    row = ("r1", "task-1", rule.encode().decode(), 3, 1, None, 9.0)
    await store.write(lambda connection: connection.execute("INSERT INTO rules VALUES (?,?,?,?,?,?,?)", row) and None)
    book = RuleBook(store)
    loaded = await book.load()
    assert book.rules["r1"].state == RuleState(True, None, 9.0)
    assert loaded.unfinished == [make_firing()]


async def test_a_newer_format_is_refused_with_a_sentence(store):
    await store.persist("rules_format", FORMAT + 1)
    with pytest.raises(StoreError, match="install the newer program"):
        await RuleBook(store).load()


async def test_oldest_rule_comes_first(store):
    book, _ = await reload(store)
    await book.add(make_rule("b", 2.0))
    await book.add(make_rule("a", 1.0))
    assert [kept.rule.rule_id for kept in book.in_order()] == ["a", "b"]
