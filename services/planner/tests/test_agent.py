import asyncio
import time

import pytest

from wactorz_common.bus import Broker, Bus, Identity, Message
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
from wactorz_common.contracts.llm import CompletionResult, ToolCall
from wactorz_common.contracts.rules import CreateRule, NumericTrigger, RuleDraft, RuleRef
from wactorz_common.contracts.system import HaltRequest
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout, Refused
from wactorz_common.handlers import Task
from wactorz_common.house import PackedHouse
from wactorz_common.tasks import TaskEnd
from wactorz_planner.agent import PlannerAgent
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


async def start_planner(store, tmp_path):
    bus = Bus(Identity("planner", "id-1", 1, "c"), Broker("localhost", 1), None)
    made = PlannerAgent(PlannerSettings(state_dir=tmp_path), bus, store)
    made.submitted, made.alerts, made.published = [], [], []
    made.end = (TaskState.DONE, ActuationResult(outcomes=(), text="on"), None)
    made.answers = {
        "get_house": PackedHouse.of(HOUSE).part(HouseQuery()),
        "get_states": StateReport(states=HOUSE.entities),
    }

    async def ask(operation, _request, **_options):
        answer = made.answers.get(operation.action, AskTimeout("nobody there"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def submit(operation, request, **options):
        made.submitted.append((operation.action, request, options))
        state, result, error = made.end
        return TaskEnd(options["task_id"], state, {}, error, result)

    async def publish(channel, payload, **params):
        made.published.append((channel.topic(**params), payload))

    async def alert(message, severity="warning"):
        made.alerts.append(message)

    made.ask, made.submit, made.publish, made.alert = ask, submit, publish, alert
    await made.on_start()
    await made.known_house(1)
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


async def test_the_same_rule_in_other_words_exists_already(planner):
    first = await create(planner)
    again = await create(planner, "cool when it is hot", name="t2")
    assert again.text.startswith(f"That rule already exists ({first.rule.rule_id})")
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


async def test_too_many_rules_are_refused(planner):
    planner.desk.most = 1
    await create(planner)
    with pytest.raises(Refused, match="1 rules already"):
        await create(planner, "another", name="t2")


async def test_halt_holds_and_survives_a_restart(planner, store, tmp_path):
    await create(planner)
    await planner.set_halt(HaltRequest(halted=True), make_task())
    await feed(planner, "29", "21")
    await stop(planner)
    again = await start_planner(store, tmp_path)
    await feed(again, "29")
    assert planner.submitted == again.submitted == []
    assert (await again.set_halt(HaltRequest(halted=False), make_task())).halted is False
    await feed(again, "21", "29")
    assert len(again.submitted) == 1
    await stop(again)


async def test_stale_change_is_replaced_by_a_look_at_the_present(planner):
    await create(planner)
    await asyncio.sleep(0.05)
    await planner.on_state_change(change("29", age=31))
    await asyncio.sleep(0.05)
    assert planner.submitted == []
    planner.answers["get_states"] = StateReport(states=(TEMPERATURE.model_copy(update={"state": "30"}),))
    await planner.on_state_change(change("29", age=31))
    await asyncio.sleep(0.05)
    assert len(planner.submitted) == 1


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
