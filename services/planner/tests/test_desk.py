import pytest

from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.policy import GrantResult
from wactorz_common.contracts.rules import CreateRule, NumericTrigger, RuleDraft, RuleRef
from wactorz_common.errors import NotThere, Refused
from wactorz_common.handlers import Task
from wactorz_planner.acting import Acting
from wactorz_planner.authoring import Written
from wactorz_planner.desk import Desk, Outside
from wactorz_planner.hands import Hands
from wactorz_planner.readings import Reading
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


def draft(call=LIGHT, **more):
    return RuleDraft(trigger=NumericTrigger(entity_id="sensor.t", above=28), actions=(call,), **more)


def make_task(name="t1"):
    return Task(name, "x", "planner")


class Office:
    """A desk with what is around it; what it asks of others is written down."""

    async def open(self, store):
        self.written = Written(None, "no model")
        self.granting = GrantResult(status="needs_approval", approval_id="ap", text="Shall it?")
        self.asked, self.looked_at, self.revoked = [], [], []
        self.book, self.hands = RuleBook(store), Hands()
        await self.book.load()
        acting = Acting(self.book, None, self.hands, 30.0, lambda: 1000.0)
        self.watch = Watch(self.book, acting, 300.0, lambda: 1000.0)
        self.desk = Desk(
            self.book,
            self.watch,
            self.hands,
            Outside(self.write, self.look_at, self.ask_grant, self.revoked.append),
            10,
        )
        return self

    async def write(self, _sentence, _house, _task, asked):
        self.asked_by = asked
        return self.written

    async def look_at(self, entity_ids):
        self.looked_at.append(entity_ids)
        return True

    async def ask_grant(self, grant, _task):
        self.asked.append(grant)
        return self.granting

    async def make(self, sentence="when hot, light", call=LIGHT, name="t1", **more):
        request = CreateRule(task=sentence, draft=draft(call, **more))
        return self.desk.existing(request, make_task(name)) or await self.desk.create(request, HOUSE, make_task(name))


@pytest.fixture
async def office(store):
    return await Office().open(store)


async def test_rule_is_made_with_words_and_registry_ids_after_a_look_at_its_sensor(office):
    rule = (await office.make()).rule
    assert (rule.status, rule.opens) == ("active", "")
    assert rule.summary == "When the temperature rises above 28 °C, turn on the lamp."
    assert rule.registry_ids == {"sensor.t": "rt", "light.a": "ra"}
    assert office.looked_at == [("sensor.t",)]


async def test_same_sentence_and_same_rule_exist_already(office):
    first = await office.make()
    assert "already exists" in (await office.make("When hot,  light!", name="t2")).text
    again = await office.make("light when it is hot", name="t2")
    assert again.text.startswith(f"That rule already exists ({first.rule.rule_id})")
    assert len(office.book.rules) == 1


async def test_too_many_rules_are_refused(office):
    office.desk.most = 1
    await office.make()
    with pytest.raises(Refused, match="1 rules already"):
        await office.make("another", name="t2")


async def test_what_opens_is_proposed_and_what_a_model_wrote_may_not_open(office):
    made = await office.make("when hot, unlock", UNLOCK)
    assert (made.rule.status, made.rule.opens) == ("proposed", "Front Door would be unlocked")
    office.written = Written(draft(UNLOCK), "")
    with pytest.raises(Refused, match="a model had to read the sentence"):
        await office.desk.create(CreateRule(task="let people in"), HOUSE, make_task())


async def test_approved_rule_is_active_if_it_still_fits(office):
    rule_id = (await office.make("when hot, unlock", UNLOCK)).rule.rule_id
    with pytest.raises(Refused, match="no longer fits the home"):
        await office.desk.approve(RuleRef(rule_id=rule_id), HOUSE.model_copy(update={"entities": HOUSE.entities[:1]}))
    assert (await office.desk.approve(RuleRef(rule_id=rule_id), HOUSE)).rule.status == "active"
    assert "active already" in (await office.desk.approve(RuleRef(rule_id=rule_id), HOUSE)).text


async def test_paused_rule_goes_on_from_what_is_so_then(office):
    rule_id = (await office.make()).rule.rule_id
    paused = await office.desk.pause(RuleRef(rule_id=rule_id))
    assert (paused.rule.status, paused.rule.paused_by) == ("paused", "person")
    assert (await office.desk.pause(RuleRef(rule_id=rule_id))).rule == paused.rule
    office.watch.readings["sensor.t"] = Reading("29")
    resumed = await office.desk.resume(RuleRef(rule_id=rule_id), HOUSE)
    assert (resumed.rule.status, resumed.rule.paused_by) == ("active", "")
    assert office.book.rules[rule_id].state.held is True
    assert "is active" in (await office.desk.resume(RuleRef(rule_id=rule_id), HOUSE)).text


async def test_resumed_rule_is_forgiven_its_fight(office):
    rule_id = (await office.make()).rule.rule_id
    for number in range(5):
        owner, does = (rule_id, "turn_on") if number % 2 == 0 else ("other", "turn_off")
        office.hands.remember(f"t{number}", owner, [LIGHT.model_copy(update={"service": does})], 990.0 + number, 0.0)
    assert office.hands.opponent("other", [LIGHT.model_copy(update={"service": "turn_off"})], 1000.0)
    office.book.rules[rule_id].update(status="paused", paused_by="fight")
    await office.desk.resume(RuleRef(rule_id=rule_id), HOUSE)
    assert office.hands.opponent("other", [LIGHT.model_copy(update={"service": "turn_off"})], 1000.0) is None


async def test_only_what_is_made_can_be_paused_or_resumed(office):
    rule_id = (await office.make("when hot, unlock", UNLOCK)).rule.rule_id
    with pytest.raises(Refused, match="only proposed"):
        await office.desk.pause(RuleRef(rule_id=rule_id))
    with pytest.raises(Refused, match="/rules approve"):
        await office.desk.resume(RuleRef(rule_id=rule_id), HOUSE)
    with pytest.raises(NotThere, match="There is no rule nope"):
        await office.desk.pause(RuleRef(rule_id="nope"))


async def test_grant_is_asked_for_exactly_what_the_rule_does(office):
    rule = (await office.make("when hot, unlock", UNLOCK)).rule
    asked = await office.desk.grant(RuleRef(rule_id=rule.rule_id), HOUSE, make_task("g1"))
    assert (asked.approval_id, asked.text, asked.rule.granted) == ("ap", "Shall it?", False)
    assert (office.asked[0].rule_id, office.asked[0].calls, office.asked[0].summary) == (
        rule.rule_id,
        (UNLOCK,),
        rule.summary,
    )
    office.granting = GrantResult(status="granted", text="It may already.")
    assert (await office.desk.grant(RuleRef(rule_id=rule.rule_id), HOUSE, make_task("g2"))).rule.granted is True


async def test_what_opens_nothing_needs_no_grant(office):
    rule_id = (await office.make()).rule.rule_id
    answer = await office.desk.grant(RuleRef(rule_id=rule_id), HOUSE, make_task("g1"))
    assert "opens nothing" in answer.text
    assert office.asked == []


async def test_grants_are_taken_in(office):
    rule_id = (await office.make("when hot, unlock", UNLOCK)).rule.rule_id
    await office.desk.take_grants(frozenset({rule_id, "other"}))
    assert office.book.rules[rule_id].rule.granted is True
    await office.desk.take_grants(frozenset())
    assert office.book.rules[rule_id].rule.granted is False


def without(*entity_ids):
    left = tuple(entity for entity in HOUSE.entities if entity.entity_id not in entity_ids)
    return HOUSE.model_copy(update={"entities": left})


async def test_rule_whose_entity_is_gone_is_paused_by_name_until_it_is_back(office):
    kept = office.book.rules[(await office.make()).rule.rule_id]
    told = await office.desk.follow(without("light.a"))
    assert told == [f"Rule {kept.rule.rule_id} (when hot, light) is paused: light.a is no longer in the home"]
    assert (kept.rule.status, kept.rule.paused_by) == ("paused", "missing")
    assert await office.desk.follow(without("light.a")) == []
    assert "goes on" in (await office.desk.follow(HOUSE))[0]
    assert (kept.rule.status, kept.rule.paused_by) == ("active", "")


@pytest.mark.parametrize("reason", ["person", "fight", "loop"])
async def test_rule_that_is_paused_for_another_reason_stays_so_when_its_entities_are_back(office, reason):
    kept = office.book.rules[(await office.make()).rule.rule_id]
    kept.update(status="paused", paused_by=reason)
    await office.desk.follow(without("light.a"))
    await office.desk.follow(HOUSE)
    assert (kept.rule.status, kept.rule.paused_by) == ("paused", reason)


async def test_rule_follows_a_rename_and_loses_its_standing_yes(office):
    kept = office.book.rules[(await office.make("when hot, unlock", UNLOCK)).rule.rule_id]
    kept.update(granted=True)
    door = HOUSE.entities[2].model_copy(update={"entity_id": "lock.main_door"})
    told = await office.desk.follow(HOUSE.model_copy(update={"entities": (*HOUSE.entities[:2], door)}))
    assert told == [
        f"Rule {kept.rule.rule_id} (when hot, unlock) follows: lock.front is lock.main_door now, and it asks each time again"
    ]
    assert kept.rule.draft.actions[0].entity_id == ("lock.main_door",)
    assert (kept.rule.granted, kept.rule.registry_ids["lock.main_door"]) == (False, "rl")
    assert office.revoked == [kept.rule.rule_id]


async def test_deleted_rule_is_gone(office):
    rule_id = (await office.make()).rule.rule_id
    assert (await office.desk.delete(rule_id.upper())).rule_id == rule_id
    assert office.book.rules == {}


async def test_a_model_is_asked_for_the_message_that_wants_the_rule(office):
    request = CreateRule(task="make it nice", conversation_id="c1", chat_id="q1")
    with pytest.raises(Refused):
        await office.desk.create(request, HOUSE, make_task("t1"))
    assert (office.asked_by.conversation_id, office.asked_by.chat_id) == ("c1", "q1")
