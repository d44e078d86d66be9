import pytest

from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.rules import (
    CreateRule,
    EditRule,
    IntervalTrigger,
    NoticeAction,
    NumericTrigger,
    RuleDraft,
    RuleRef,
    RuleText,
    TaskAction,
)
from wactorz_common.errors import Refused
from wactorz_common.handlers import Task
from wactorz_planner import library
from wactorz_planner.acting import Acting
from wactorz_planner.authoring import Written
from wactorz_planner.desk import Desk, Outside
from wactorz_planner.files import write_draft
from wactorz_planner.hands import Hands
from wactorz_planner.library import Library
from wactorz_planner.rulebook import RuleBook
from wactorz_planner.watch import Watch

HOUSE = House(
    version=1,
    entities=(
        Entity(entity_id="sensor.t", name="Temperature", unit="°C", state="21", registry_id="rt"),
        Entity(entity_id="light.a", name="Lamp", state="off", registry_id="ra"),
        Entity(entity_id="lock.front", name="Front Door", state="locked", registry_id="rl"),
    ),
    services={"light": ("turn_on",), "lock": ("unlock",)},
)
LIGHT = ServiceCall(domain="light", service="turn_on", entity_id=("light.a",))
UNLOCK = ServiceCall(domain="lock", service="unlock", entity_id=("lock.front",))
HOT = NumericTrigger(entity_id="sensor.t", above=28)
DRAFT = RuleDraft(trigger=HOT, actions=(LIGHT,))
OPENING = RuleDraft(trigger=HOT, actions=(UNLOCK,))
COLD = RuleDraft(trigger=NumericTrigger(entity_id="sensor.t", below=5), actions=(LIGHT,))


def make_task(name="t1"):
    return Task(name, "x", "planner")


class Office:
    async def open(self, store):
        self.read, self.written, self.revoked = None, Written(None, "no model"), []
        self.places, self.agents = (), frozenset({"owl"})
        self.book = RuleBook(store)
        await self.book.load()
        hands = Hands()
        acting = Acting(self.book, None, hands, 30.0, lambda: 1000.0)
        self.watch = Watch(self.book, acting, 300.0, lambda: 1000.0)

        def answer(name):
            async def give(*_):
                return getattr(self, name)

            return give

        outside = Outside(
            answer("written"), answer("places"), answer("places"), self.revoked.append, answer("read"),
            answer("agents"), answer("places"),
        )  # fmt: skip
        self.desk = Desk(self.book, self.watch, hands, outside, 10)
        self.library = Library(self.book, self.watch, self.desk, outside)
        return self

    async def make(self, draft=DRAFT, sentence="when hot, light", **more):
        request = CreateRule(task=sentence, draft=draft, **more)
        return await self.desk.create(request, HOUSE, make_task())

    async def edit(self, rule_id, **how):
        return await self.library.edit(EditRule(rule_id=rule_id, **how), HOUSE, make_task("e1"))

    async def take_in(self, *texts, name="i1"):
        return await self.library.take_in(RuleText(yaml="---\n".join(texts)), HOUSE, make_task(name))


@pytest.fixture
async def office(store):
    return await Office().open(store)


async def test_preview_makes_nothing_and_shows_words_and_yaml(office):
    result = await office.make(preview=True)
    assert (
        result.text
        == "The rule would be: When the temperature rises above 28 °C, turn on the lamp. Nothing is made yet."
    )
    assert "numeric: sensor.t" in result.yaml
    assert office.book.rules == {}


async def test_rule_is_said_in_the_language_of_the_person(office):
    result = await office.make(language="de")
    assert result.text.startswith(f"Regel {result.rule.rule_id} ist aktiv. Wenn Temperature über 28 °C steigt: Lamp")
    assert "/undo" in result.text


async def test_a_notice_without_a_place_is_made_and_says_how_to_store_it(office):
    told = RuleDraft(trigger=HOT, notices=(NoticeAction(target="discord"),))
    assert (await office.make(told)).text.endswith("I need the address: /webhook discord URL.")
    office.places = ("Discord", "discord")
    assert "/webhook" not in (await office.make(told.model_copy(update={"cooldown_seconds": 1}), "other")).text
    office.places = None
    assert "/webhook" not in (await office.make(told.model_copy(update={"cooldown_seconds": 2}), "third")).text


async def test_a_task_for_an_agent_that_is_not_there_is_refused(office):
    with pytest.raises(Refused, match="There is no agent bear"):
        await office.make(RuleDraft(trigger=HOT, tasks=(TaskAction(agent="bear", task="x"),)))
    assert (
        await office.make(RuleDraft(trigger=HOT, tasks=(TaskAction(agent="owl", task="x"),)))
    ).rule.status == "active"


async def test_show_says_state_and_last_firing(office):
    rule = (await office.make()).rule
    shown = office.library.show(rule.rule_id, "")
    assert shown.text.endswith("It is active. It has not acted yet.")
    assert "rule: when hot, light" in shown.yaml
    await office.desk.pause(RuleRef(rule_id=rule.rule_id))
    office.book.rules[rule.rule_id].update(firings=3)
    assert (
        "It is paused: a person paused it. It has acted 3 times, last Sat 07:00."
        in office.library.show(rule.rule_id, "Sat 07:00").text
    )


async def test_edit_by_yaml_keeps_the_id_and_looks_anew(office):
    rule = (await office.make()).rule
    changed = await office.edit(rule.rule_id, yaml=write_draft(COLD, "when cold, light"))
    assert (changed.rule.rule_id, changed.rule.draft, changed.rule.task) == (rule.rule_id, COLD, "when cold, light")
    assert changed.rule.summary == "When the temperature falls below 5 °C, turn on the lamp."
    assert changed.rule.status == "active"
    assert office.book.rules[rule.rule_id].state.held is None


async def test_edit_into_something_that_opens_waits_for_a_yes_and_loses_the_standing_one(office):
    rule = (await office.make()).rule
    changed = await office.edit(rule.rule_id, draft=OPENING)
    assert (changed.rule.status, changed.rule.opens) == ("proposed", "Front Door would be unlocked")
    office.book.rules[rule.rule_id].update(granted=True)
    back = await office.edit(rule.rule_id, draft=DRAFT)
    assert (back.rule.granted, office.revoked) == (False, [rule.rule_id])
    assert back.rule.status == "proposed"


async def test_edit_by_a_sentence_asks_the_grammar_first_and_a_model_only_then(office):
    rule = (await office.make()).rule
    office.read = COLD
    assert (await office.edit(rule.rule_id, sentence="when cold, light")).rule.status == "active"
    office.read, office.written = None, Written(DRAFT, "", 0.5)
    asked = await office.edit(rule.rule_id, sentence="when it is unbearable")
    assert (asked.rule.status, asked.source, asked.cost_usd) == ("proposed", "cloud", 0.5)
    office.written = Written(COLD, "", source="local")
    assert (await office.edit(rule.rule_id, sentence="when it is nice")).source == "local"
    office.written = Written(OPENING, "", 0.5)
    with pytest.raises(Refused, match="must never open anything"):
        await office.edit(rule.rule_id, sentence="let everybody in")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "as YAML, or as a sentence"),
        ({"draft": DRAFT, "yaml": "x"}, "as YAML, or as a sentence"),
        ({"yaml": "when: {every: 1 min}\ndo: nothing"}, "line 2"),
        ({"yaml": "a: 1\n---\nb: 2"}, "cannot be read as a rule"),
        ({"yaml": f"{write_draft(DRAFT)}---\n{write_draft(COLD)}"}, "one rule"),
        (
            {"draft": RuleDraft(trigger=NumericTrigger(entity_id="sensor.x", above=1), actions=(LIGHT,))},
            "stays as it is",
        ),
    ],
)
async def test_an_edit_that_does_not_work_changes_nothing(office, how, words):
    rule = (await office.make()).rule
    with pytest.raises(Refused, match=words):
        await office.edit(rule.rule_id, **how)
    assert office.book.rules[rule.rule_id].rule.draft == DRAFT


async def test_what_is_exported_is_imported_into_an_empty_book(office, tmp_path):
    made = [(await office.make(draft, f"rule {n}")).rule for n, draft in enumerate((DRAFT, COLD))]
    await office.desk.pause(RuleRef(rule_id=made[1].rule_id))
    exported = await office.library.export()
    assert exported.rule_ids == tuple(rule.rule_id for rule in made)
    for rule in made:
        await office.desk.delete(rule.rule_id)
    taken = await office.take_in(exported.yaml)
    assert (taken.rule_ids, taken.problems, taken.text) == (exported.rule_ids, (), "Rules: 2 made.")
    again = [office.book.rules[rule_id].rule for rule_id in taken.rule_ids]
    assert [(rule.task, rule.draft, rule.status) for rule in again] == [
        ("rule 0", DRAFT, "active"),
        ("rule 1", COLD, "paused"),
    ]
    assert (await office.take_in(exported.yaml, name="i2")).text == "Rules: 2 there already."
    assert (await office.take_in(exported.yaml)).text == "Rules: 2 made."


async def test_one_bad_document_keeps_no_other_out_and_nothing_is_lost(office):
    kept = (await office.make()).rule
    bad = write_draft(RuleDraft(trigger=NumericTrigger(entity_id="sensor.tt", above=1), actions=(LIGHT,)), "bad one")
    taken = await office.take_in(write_draft(COLD, "cold"), bad, "when: []\ndo: []\n", write_draft(OPENING, "open"),
                                 write_draft(DRAFT, "hot in other words"))  # fmt: skip
    assert len(taken.rule_ids) == 3
    assert kept.rule_id in taken.rule_ids
    assert [problem.partition(":")[0] for problem in taken.problems] == ["line 10 (bad one)", "line 19"]
    assert "nearest: Temperature (sensor.t)" in taken.problems[0]
    opening = next(one.rule for one in office.book.rules.values() if one.rule.task == "open")
    assert opening.status == "proposed"
    assert "1 wait for a yes" in taken.text


async def test_a_document_with_a_known_id_changes_that_rule(office):
    rule = (await office.make()).rule
    taken = await office.take_in(write_draft(COLD, "when cold, light", rule.rule_id))
    assert taken.text == "Rules: 1 changed."
    assert office.book.rules[rule.rule_id].rule.draft == COLD


async def test_there_may_be_only_so_many_rules(office):
    drafts = [RuleDraft(trigger=IntervalTrigger(seconds=60 + n), actions=(LIGHT,)) for n in range(12)]
    taken = await office.take_in(*(write_draft(draft, f"rule {n}") for n, draft in enumerate(drafts)))
    assert (len(taken.rule_ids), len(taken.problems)) == (10, 2)
    assert "there are 10 rules already" in taken.problems[0]


async def test_a_file_that_would_be_too_large_is_cut_between_rules_and_says_so(office, monkeypatch):
    monkeypatch.setattr(library, "LONGEST_FILE", 600)
    for number in range(8):
        await office.make(RuleDraft(trigger=IntervalTrigger(seconds=60 + number), actions=(LIGHT,)), f"rule {number}")
    exported = await office.library.export()
    assert 0 < len(exported.rule_ids) < 8
    assert len(exported.problems) == 8 - len(exported.rule_ids)
    assert len(exported.yaml) <= 600


async def test_a_no_to_a_change_brings_the_rule_back_as_it_was(office):
    rule = (await office.make()).rule
    changed = (await office.edit(rule.rule_id, draft=OPENING, sentence="when hot, let everybody in")).rule
    assert (changed.status, changed.task) == ("proposed", "when hot, let everybody in")
    again = (await office.edit(rule.rule_id, draft=COLD)).rule
    assert again.before is not None
    assert again.before.draft == DRAFT
    told = await office.library.decline(office.book.rules[rule.rule_id])
    assert "stays as it was" in told.text
    kept = office.book.rules[rule.rule_id].rule
    assert (kept.draft, kept.task, kept.status, kept.opens, kept.before) == (DRAFT, rule.task, "active", "", None)


async def test_a_sentence_whose_rule_was_changed_since_makes_a_rule_again(office):
    rule = (await office.make()).rule
    await office.edit(rule.rule_id, draft=COLD, sentence="when cold, light")
    request = CreateRule(task="when hot, light", draft=DRAFT)
    assert office.desk.existing(request, make_task("t2")) is None
    made = await office.desk.create(request, HOUSE, make_task("t2"))
    assert (made.existed, made.rule.draft) == (False, DRAFT)
    assert made.rule.rule_id != rule.rule_id
    twin = await office.desk.create(CreateRule(task="light when hot", draft=DRAFT), HOUSE, make_task("t3"))
    assert (twin.existed, twin.rule.rule_id) == (True, made.rule.rule_id)
    repeated = office.desk.existing(request, make_task("t2"))
    assert repeated is not None
    assert not repeated.existed
