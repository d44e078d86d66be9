import asyncio
import time
from datetime import UTC, datetime

import pytest

from wactorz_common.bus import Broker, Bus, Identity, Message
from wactorz_common.contracts.history import HistoryPoint, HistoryReport
from wactorz_common.contracts.home import (
    STATE_CHANGE,
    ActuationResult,
    Entity,
    House,
    HouseQuery,
    ServiceCall,
    StateChange,
    StateReport,
)
from wactorz_common.contracts.lifecycle import Heartbeat
from wactorz_common.contracts.llm import CompletionResult, ToolCall
from wactorz_common.contracts.policy import GrantResult, StandingGrant, StandingGrants
from wactorz_common.contracts.rules import (
    Backtest,
    CreateRule,
    EditRule,
    FiringQuery,
    NumericTrigger,
    RuleDraft,
    RuleRef,
    RuleText,
    SunTrigger,
    TimeTrigger,
)
from wactorz_common.contracts.system import HaltRequest
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout, Refused
from wactorz_common.handlers import Task
from wactorz_common.house import PackedHouse
from wactorz_common.tasks import TaskEnd
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.clock import Place
from wactorz_planner.rulebook import RuleBook
from wactorz_planner.settings import PlannerSettings

TEMPERATURE = Entity(entity_id="sensor.t", name="Temperature", unit="°C", state="21")
HOUSE = House(
    version=1,
    entities=(
        TEMPERATURE, Entity(entity_id="climate.ac", name="Air Conditioner", state="off"),
        Entity(entity_id="lock.front", name="Front Door", state="locked"),
    ),
    services={"climate": ("turn_on",), "lock": ("unlock",)},
)  # fmt: skip


def make_draft(service="climate.turn_on", target="climate.ac"):
    domain, name = service.split(".")
    call = ServiceCall(domain=domain, service=name, entity_id=(target,))
    return RuleDraft(trigger=NumericTrigger(entity_id="sensor.t", above=28), actions=(call,))


def make_task(name="t1", **more):
    return Task(name, "x", "planner", trace_id="trace", **more)


def change(state, age=0.0, resync=False):
    payload = StateChange(
        entity_id="sensor.t", domain="sensor", timestamp=time.time() - age, resync=resync,
        new_state=None if state is None else {"state": state, "attributes": {}},
    )  # fmt: skip
    return Message(payload, STATE_CHANGE.address, {}, b"")


@pytest.fixture
async def planner(store, tmp_path):
    made = await start_planner(store, tmp_path)
    yield made
    await stop(made)


async def start_planner(store, tmp_path, **answers):
    bus = Bus(Identity("planner", "id-1", 1, "c"), Broker("localhost", 1), None)
    made = PlannerAgent(PlannerSettings(state_dir=tmp_path), bus, store)
    made.submitted, made.alerts, made.published = [], [], []
    made.end = (TaskState.DONE, ActuationResult(outcomes=(), text="on"), None)
    made.answers = {
        "get_house": PackedHouse.of(HOUSE).part(HouseQuery()),
        "get_states": StateReport(states=HOUSE.entities),
        **answers,
    }

    async def ask(operation, _request, **_options):
        answer = made.answers.get(operation.action, AskTimeout("nobody there"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def submit(operation, request, **options):
        made.submitted.append((operation.action, request, options))
        state, result, error = made.end
        return TaskEnd(options.get("task_id", ""), state, {}, error, result)

    async def publish(channel, payload, **params):
        made.published.append((channel.topic(**params), payload))

    async def alert(message, severity="warning"):
        made.alerts.append(message)

    made.ask, made.submit, made.publish, made.alert = ask, submit, publish, alert
    await made.on_start()
    await made.known_house(1 if not answers else 0.1)
    return made


async def stop(agent):
    for task in list(agent._background):
        task.cancel()
    await asyncio.gather(*agent._background, return_exceptions=True)


async def feed(planner, *states):
    for state in states:
        await planner.on_state_change(change(state))
    await asyncio.sleep(0.05)


async def create(planner, sentence="when hot, cool", draft=None, name="t1", **more):
    request = CreateRule(task=sentence, draft=make_draft() if draft is None else draft)
    return await planner.create_rule(request, make_task(name, **more))


async def test_rule_of_the_grammar_starts_at_once_and_fires(planner):
    result = await create(planner)
    assert result.rule.status == "active"
    assert result.rule.summary.startswith("When the temperature rises above 28 °C, turn on the air conditioner")
    await feed(planner, "29")
    action, request, options = planner.submitted[0]
    assert (action, request.rule_id, request.calls) == ("actuate", result.rule.rule_id, make_draft().actions)
    assert options["task_id"].startswith(f"rule/{result.rule.rule_id}/")
    assert 25 < options["deadline"] <= 30
    assert planner.published[0][0] == f"custom/triggers/when-hot-cool-{result.rule.rule_id}"
    assert (await planner.list_rules(None, make_task())).rules[0].firings == 1


async def test_same_sentence_exists_already_but_a_run_after_a_crash_tells_the_same_again(planner):
    first = await create(planner)
    assert "already exists" in (await create(planner, "When hot,  cool!", name="t2")).text
    assert (await create(planner, recovered=True)).text == first.text
    assert len(planner.book.rules) == 1


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (make_draft("lock.open", "lock.front"), "There is no service lock.open"),
        (make_draft(target="climate.none"), "There is no climate.none"),
    ],
)
async def test_rule_that_does_not_fit_is_refused(planner, draft, words):
    with pytest.raises(Refused, match=words):
        await create(planner, draft=draft)
    assert planner.book.rules == {}


async def test_rule_of_a_model_is_proposed_and_silent_until_approved(planner):
    arguments = make_draft().to_wire()
    call = ToolCall(id="c", name="rule", arguments=arguments)
    planner.answers["complete"] = CompletionResult(provider="p", model="m", tool_calls=(call,), cost_usd=0.02)
    result = await planner.create_rule(CreateRule(task="cool when unbearable"), make_task())
    assert (result.rule.status, result.source, result.cost_usd) == ("proposed", "cloud", 0.02)
    await feed(planner, "29", "21")
    assert planner.submitted == []
    approved = await planner.approve_rule(RuleRef(rule_id=result.rule.rule_id.upper()), make_task())
    assert approved.rule.status == "active"
    assert "active already" in (await planner.approve_rule(RuleRef(rule_id=result.rule.rule_id), make_task())).text
    await feed(planner, "29")
    assert len(planner.submitted) == 1


async def test_model_that_cannot_be_asked_is_a_sentence(planner):
    with pytest.raises(Refused, match="The model could not be asked for that rule: nobody there"):
        await planner.create_rule(CreateRule(task="x"), make_task())


async def test_deleted_rule_is_gone_and_a_run_after_a_crash_says_so_again(planner):
    rule_id = (await create(planner)).rule.rule_id
    first = await planner.delete_rule(RuleRef(rule_id=rule_id), make_task("d1"))
    assert (await planner.delete_rule(RuleRef(rule_id=rule_id), make_task("d1", recovered=True))).text == first.text
    with pytest.raises(Refused, match="There is no rule"):
        await planner.delete_rule(RuleRef(rule_id=rule_id), make_task("d2"))
    await feed(planner, "29")
    assert planner.submitted == []


async def test_halt_holds_and_survives_a_restart(planner, store, tmp_path):
    await create(planner)
    await planner.set_halt(HaltRequest(halted=True), make_task())
    await feed(planner, "29", "21")
    await stop(planner)
    again = await start_planner(store, tmp_path)
    await feed(again, "29")
    assert planner.submitted == again.submitted == []
    for sender in ("", "owl"):
        with pytest.raises(Refused, match="Only a person"):
            await again.set_halt(HaltRequest(halted=False), make_task(sender=sender))
    person = make_task(sender="main")
    assert (await again.set_halt(HaltRequest(halted=False), person)).halted is False
    await feed(again, "21", "29")
    assert len(again.submitted) == 1
    await stop(again)


async def test_stale_change_is_replaced_by_a_look_at_the_present(planner):
    await create(planner)
    await asyncio.sleep(0.05)
    await planner.on_state_change(change("29", age=31))
    await asyncio.sleep(0.05)
    assert planner.submitted == []
    planner.answers["get_states"] = StateReport(
        states=(TEMPERATURE.model_copy(update={"state": "30", "changed_at": 60.0}),)
    )
    await planner.on_state_change(change("29", age=31))
    await asyncio.sleep(0.05)
    assert len(planner.submitted) == 1
    assert planner.watch.readings[TEMPERATURE.entity_id].changed_at == 60.0


async def test_vanished_entity_pauses_its_rules_and_an_empty_registry_does_not(planner):
    kept = planner.book.rules[(await create(planner)).rule.rule_id]
    await planner.on_house(HOUSE.model_copy(update={"entities": ()}))
    assert kept.rule.status == "active"
    await planner.on_house(HOUSE.model_copy(update={"entities": HOUSE.entities[:1]}))
    assert kept.rule.status == "paused"
    assert "climate.ac is no longer in the home" in planner.alerts[0]
    await feed(planner, "29", "21")
    assert planner.submitted == []
    await planner.on_house(HOUSE)
    assert kept.rule.status == "active"
    await feed(planner, "29")
    assert len(planner.submitted) == 1


async def test_failed_firing_alerts_people(planner):
    await create(planner)
    planner.end = (TaskState.FAILED, None, "Home Assistant is away")
    await feed(planner, "29")
    assert "did not do its work: Home Assistant is away" in planner.alerts[0]


async def test_removed_entity_is_no_crossing(planner):
    await create(planner)
    await feed(planner, None, "29")
    assert len(planner.submitted) == 1


def unlocking():
    return make_draft("lock.unlock", "lock.front")


async def test_rule_that_opens_is_proposed_in_words_that_name_the_risk_and_asks_each_time(planner):
    result = await create(planner, "when hot, unlock the front door", unlocking())
    assert result.rule.status == "proposed"
    assert result.rule.opens == "Front Door would be unlocked"
    assert "unlock the front door. Mind that it opens something: Front Door would be unlocked." in result.text
    assert f"/rules grant {result.rule.rule_id} lets it do so by itself" in result.text
    await planner.approve_rule(RuleRef(rule_id=result.rule.rule_id), make_task("a1"))
    planner.end = (TaskState.DONE, ActuationResult(outcomes=(), text="It waits for a yes.", approval_id="ap-1"), None)
    await feed(planner, "29")
    assert planner.submitted[0][1].origin == "rule"
    assert planner.alerts == []
    (firing,) = (await planner.list_firings(FiringQuery(rule_id=result.rule.rule_id), make_task())).firings
    assert "approval ap-1" in firing.outcome


async def test_rule_of_a_model_may_not_open_anything(planner):
    call = ToolCall(id="c", name="rule", arguments=unlocking().to_wire())
    planner.answers["complete"] = CompletionResult(provider="p", model="m", tool_calls=(call,))
    with pytest.raises(Refused, match=r"must never open anything\. Say it plainly"):
        await planner.create_rule(CreateRule(task="let people in when it is hot"), make_task())
    assert planner.book.rules == {}


async def test_grant_asks_the_actuator_and_is_learned_of_later(planner):
    rule_id = (await create(planner, draft=unlocking())).rule.rule_id
    answer = GrantResult(status="needs_approval", approval_id="ap-2", text="Shall the rule do so by itself?")
    planner.end = (TaskState.DONE, answer, None)
    asked = await planner.grant_rule(RuleRef(rule_id=rule_id), make_task("g1"))
    assert (asked.approval_id, asked.text, asked.rule.granted) == ("ap-2", answer.text, False)
    action, grant, options = planner.submitted[0]
    assert (action, grant.rule_id, grant.calls, options["task_id"]) == (
        "grant",
        rule_id,
        unlocking().actions,
        "g1/grant",
    )
    granted = StandingGrant(rule_id=rule_id, calls_sha256="x", at=1.0)
    planner.answers["list_grants"] = StandingGrants(grants=(granted,))
    await planner.learn_grants()
    assert planner.book.rules[rule_id].rule.granted is True
    planner.answers["list_grants"] = StandingGrants(grants=())
    await planner.learn_grants()
    assert planner.book.rules[rule_id].rule.granted is False


async def test_deleted_rule_loses_its_standing_yes(planner):
    rule_id = (await create(planner, draft=unlocking())).rule.rule_id
    await planner.delete_rule(RuleRef(rule_id=rule_id), make_task("d1"))
    await asyncio.sleep(0.02)
    assert [(action, request.rule_id) for action, request, _ in planner.submitted] == [("revoke_grant", rule_id)]


async def test_paused_rule_rests_until_it_is_resumed_and_what_holds_then_does_not_fire_it(planner):
    rule_id = (await create(planner)).rule.rule_id
    paused = await planner.pause_rule(RuleRef(rule_id=rule_id), make_task("p1"))
    assert (paused.rule.status, paused.rule.paused_by) == ("paused", "person")
    assert f"/rules resume {rule_id}" in paused.text
    assert (await planner.pause_rule(RuleRef(rule_id=rule_id), make_task("p2"))).rule == paused.rule
    await feed(planner, "29")
    await planner.on_house(HOUSE)
    resumed = await planner.resume_rule(RuleRef(rule_id=rule_id), make_task("r1"))
    assert (resumed.rule.status, resumed.rule.paused_by) == ("active", "")
    await feed(planner, "30")
    assert planner.submitted == []
    await feed(planner, "21", "29")
    assert len(planner.submitted) == 1


async def test_rule_follows_an_entity_to_its_new_id(planner):
    entities = tuple(e.model_copy(update={"registry_id": f"reg-{e.entity_id}"}) for e in HOUSE.entities)
    before = HOUSE.model_copy(update={"entities": entities})
    planner.house = before
    rule_id = (await create(planner)).rule.rule_id
    moved = tuple(
        e.model_copy(update={"entity_id": "climate.cooler", "name": "Cooler"}) if e.entity_id == "climate.ac" else e
        for e in entities
    )
    after = HOUSE.model_copy(update={"version": 2, "entities": moved})
    planner.house = after
    await planner.on_house(after)
    rule = planner.book.rules[rule_id].rule
    assert rule.status == "active"
    assert rule.draft.actions[0].entity_id == ("climate.cooler",)
    assert rule.registry_ids["climate.cooler"] == "reg-climate.ac"
    assert rule.summary == "When the temperature rises above 28 °C, turn on the cooler."
    assert planner.alerts == [f"Rule {rule_id} (when hot, cool) follows: climate.ac is climate.cooler now"]
    await feed(planner, "29")
    assert planner.submitted[0][1].calls[0].entity_id == ("climate.cooler",)


async def test_filled_changes_fire_in_time_only_and_never_over_something_newer(planner):
    await create(planner)
    await feed(planner, "21")

    async def fill(state, age, updated):
        message = change(state, age=age)
        new = {"state": state, "attributes": {}, "last_updated": f"2026-01-01T00:00:{updated:02}+00:00"}
        payload = message.payload.model_copy(update={"filled": True, "new_state": new})
        await planner.on_state_change(Message(payload, message.topic, {}, b""))
        await asyncio.sleep(0.02)

    await fill("29", 31, 10)
    assert planner.submitted == []
    await fill("21", 5, 11)
    await fill("29", 4, 12)
    assert len(planner.submitted) == 1
    await fill("21", 9, 8)
    assert planner.watch.readings["sensor.t"].state == "29"


async def test_manual_change_is_heard_and_kept(planner, store):
    await create(planner)
    touched = StateChange(
        entity_id="climate.ac", domain="climate", timestamp=time.time(), context={"id": "c", "user_id": "ada"},
        old_state={"state": "cool", "attributes": {}}, new_state={"state": "off", "attributes": {}},
    )  # fmt: skip
    await planner.on_state_change(Message(touched, STATE_CHANGE.address, {}, b""))
    await asyncio.sleep(0.05)
    assert planner.hands.marks["climate.ac"].by == "a person"
    assert [hand.entity_id for hand in (await RuleBook(store).load()).hands] == ["climate.ac"]


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        (SunTrigger(event="sunset"), "does not tell where the home is"),
        (TimeTrigger(at="07:00"), "time zone, Moon/Base, is not known"),
    ],
)
async def test_clock_rule_that_cannot_work_is_refused(planner, trigger, words):
    planner.house = HOUSE.model_copy(update={"time_zone": "Moon/Base"})
    with pytest.raises(Refused, match=words):
        await create(planner, draft=make_draft().model_copy(update={"trigger": trigger}))


async def test_place_of_the_house_is_kept_over_a_restart_without_the_registry(planner, store, tmp_path):
    await planner.on_house(HOUSE.model_copy(update={"time_zone": "Europe/Berlin", "latitude": 52.5, "longitude": 13.4}))
    await stop(planner)
    again = await start_planner(store, tmp_path, get_house=AskTimeout("away"))
    assert again.watch.place == Place("Europe/Berlin", 52.5, 13.4)
    await stop(again)


async def test_backtest_of_a_rule_and_of_a_draft_acts_on_nothing(planner):
    rule_id = (await create(planner)).rule.rule_id
    start = time.time() - 86_400
    points = tuple(
        HistoryPoint(entity_id="sensor.t", at=start + at, state=state)
        for at, state in ((0, "21"), (9, "29"), (20, "21"))
    )
    planner.answers["get_history"] = HistoryReport(points=points, recorded_since=start)
    kept = await planner.backtest(Backtest(rule_id=rule_id), make_task())
    assert (kept.fired, len(kept.firings)) == (1, 1)
    assert "in 1 day" in kept.text
    assert (await planner.backtest(Backtest(draft=make_draft(), days=1), make_task())).fired == 1
    assert planner.submitted == []
    assert (await planner.list_firings(FiringQuery(), make_task())).firings == ()


async def test_backtest_that_cannot_be_made_is_a_sentence(planner):
    with pytest.raises(Refused, match=r"There is no climate\.none"):
        await planner.backtest(Backtest(draft=make_draft(target="climate.none")), make_task())
    with pytest.raises(Refused, match="There is no rule ffff"):
        await planner.backtest(Backtest(rule_id="ffff"), make_task())
    with pytest.raises(Refused, match="The past could not be read: nobody there"):
        await planner.backtest(Backtest(draft=make_draft()), make_task())


async def test_what_a_live_look_has_overtaken_crosses_nothing(planner, store, tmp_path):
    await create(planner)
    await stop(planner)
    now = time.time()
    live = TEMPERATURE.model_copy(update={"state": "29", "changed_at": now})
    again = await start_planner(store, tmp_path, get_states=StateReport(states=(live,)))
    await asyncio.sleep(0.05)
    assert len(again.submitted) == 1
    for state, ago in (("21", 3), ("29", 0)):
        message = change(state, age=ago)
        stamp = datetime.fromtimestamp(now - ago, UTC).isoformat()
        new = {"state": state, "attributes": {}, "last_changed": stamp, "last_updated": stamp}
        payload = message.payload.model_copy(update={"new_state": new})
        await again.on_state_change(Message(payload, message.topic, {}, b""))
    await asyncio.sleep(0.05)
    assert len(again.submitted) == 1
    await stop(again)


async def test_a_spawned_agent_changes_no_rule(planner):
    beat = Heartbeat(actor_id="i", name="rogue", timestamp=time.time(), state="running", protected=False)
    await planner.on_plan_heartbeat(Message(beat, "agents/i/heartbeat", {}, b""))
    rogue = make_task(sender="rogue")
    text, ref = "when it is hot, cool", RuleRef(rule_id="r1")
    for change, request in (
        (planner.create_rule, CreateRule(task=text, draft=make_draft())), (planner.approve_rule, ref),
        (planner.pause_rule, ref), (planner.resume_rule, ref), (planner.grant_rule, ref), (planner.delete_rule, ref),
        (planner.edit_rule, EditRule(rule_id="r1", draft=make_draft())), (planner.import_rules, RuleText(yaml=text)),
    ):  # fmt: skip
        with pytest.raises(Refused, match="Only a person"):
            await change(request, rogue)
    assert planner.book.rules == {}
