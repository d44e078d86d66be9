"""Routes about the house: rules, automations, policies, reasons and the audit log."""

import pytest

from wactorz_common import pins
from wactorz_common.contracts.automations import (
    Automation,
    AutomationList,
    AutomationReport,
    AutomationResult,
    HardwareReport,
)
from wactorz_common.contracts.policy import (
    AuditEntry,
    AuditLines,
    AuditVerdict,
    EntityPolicy,
    Policies,
    StandingGrants,
    WhyReport,
)
from wactorz_common.contracts.rules import (
    BacktestReport,
    FiringReports,
    Rule,
    RuleDraft,
    RuleList,
    RuleResult,
    SentenceReading,
    StateTrigger,
)
from wactorz_common.errors import AskTimeout, ContractError, TaskFailed
from wactorz_common.tasks import TaskState

from .test_app import FakeBus, assert_problem, client_of, make_app

CALL = {"domain": "light", "service": "turn_on", "entity_id": ["light.k"]}
DRAFT = RuleDraft.accept({"trigger": {"kind": "state", "entity_id": "light.k", "to": "on"}, "actions": [CALL]})
RULE = Rule(rule_id="ab12cd34", task="t", draft=DRAFT, created_at=1)
BLINDS = Automation(automation_id="1", entity_id="automation.blinds", name="Blinds", enabled=True)


@pytest.fixture
def bus():
    return FakeBus()


@pytest.fixture
async def client(tmp_path, bus):
    async with client_of(make_app(tmp_path, bus), headers={"host": "127.0.0.1"}) as made:
        yield made


async def test_rules_and_what_they_did(client, bus):
    assert isinstance(DRAFT.trigger, StateTrigger)
    bus.answers |= {"list_rules": RuleList(rules=(RULE,)), "list_firings": FiringReports(firings=())}
    assert (await client.get("/api/rules")).json()[0]["rule_id"] == "ab12cd34"
    assert (await client.get("/api/rules/AB12CD34/firings?limit=3")).json() == []
    query = bus.asked[-1][1]
    assert (query.rule_id, query.limit) == ("ab12cd34", 3)
    assert_problem(await client.get("/api/rules/xyz/firings"), 404)


@pytest.mark.parametrize("change", ["approve", "pause", "resume", "grant"])
async def test_rules_are_changed(client, bus, change):
    result = RuleResult(rule=RULE, text="Well.", approval_id="cd34" if change == "grant" else "")
    bus.ends[f"{change}_rule"] = (TaskState.DONE, result, None)
    answer = (await client.post(f"/api/rules/ab12cd34/{change}")).json()
    assert (answer["text"], answer["approval_id"]) == ("Well.", result.approval_id)
    bus.ends[f"{change}_rule"] = (TaskState.FAILED, None, "It waits already.")
    assert_problem(await client.post(f"/api/rules/ab12cd34/{change}"), 409)
    assert_problem(await client.post("/api/rules/ab12cd34/explode"), 404)


async def test_a_rule_is_deleted_and_a_grant_taken_back_by_a_person(client, bus):
    bus.ends["delete_rule"] = (TaskState.DONE, RuleResult(rule=RULE, text="Deleted."), None)
    bus.ends["revoke_grant"] = (TaskState.DONE, StandingGrants(grants=()), None)
    assert (await client.delete("/api/rules/ab12cd34")).json()["text"] == "Deleted."
    assert (await client.delete("/api/rules/ab12cd34/grant")).json() == []
    assert bus.submitted[-1][1].by == "owner"
    bus.answers["list_grants"] = StandingGrants(grants=())
    assert (await client.get("/api/grants")).json() == []


async def test_backtests(client, bus):
    bus.answers["backtest"] = BacktestReport(text="Twice.", fired=2, start=0, end=1)
    answer = await client.post("/api/backtests", json={"draft": DRAFT.to_wire(), "days": 3})
    assert answer.json()["text"] == "Twice."
    assert (bus.asked[-1][1].draft, bus.asked[-1][1].days) == (DRAFT, 3)
    assert_problem(await client.post("/api/backtests", json={"rule_id": "ab12cd34", "days": 400}), 422)
    bus.answers["backtest"] = TaskFailed("There is no rule ab12cd34.")
    assert_problem(await client.post("/api/backtests", json={"rule_id": "ab12cd34"}), 409)


async def test_a_sentence_is_read_by_the_grammar_first(client, bus):
    bus.answers |= {
        "read_rule": SentenceReading(draft=DRAFT),
        "backtest": BacktestReport(text="Twice.", fired=2, start=0, end=1),
    }
    assert (await client.post("/api/backtests", json={"task": "at 8"})).json()["text"] == "Twice."
    assert bus.asked[-1][1].draft == DRAFT
    bus.ends["create_automation"] = (TaskState.DONE, AutomationResult(status="done", text="Well."), None)
    await client.post("/api/automations", json={"task": "at 8"})
    assert (bus.submitted[-1][1].draft, bus.submitted[-1][1].task) == (DRAFT, "at 8")
    bus.answers["read_rule"] = SentenceReading()
    assert_problem(await client.post("/api/backtests", json={"task": "it is nice here"}), 422)
    bus.answers["read_rule"] = AskTimeout("main is away")
    await client.post("/api/automations", json={"task": "at 8"})
    assert bus.submitted[-1][1].draft is None


async def test_reasons(client, bus):
    bus.answers["why"] = WhyReport(entity_id="light.k", text="Ann said so.")
    assert (await client.get("/api/why/light.k?language=de")).json()["text"] == "Ann said so."
    assert (bus.asked[-1][1].entity_id, bus.asked[-1][1].language) == ("light.k", "de")
    assert (await client.get("/api/why")).status_code == 200
    assert_problem(await client.get("/api/why/no-entity"), 404)
    bus.answers["why"] = AskTimeout("No answer on agents/by-name/x/task")
    assert_problem(await client.get("/api/why/light.k"), 503)


async def test_the_audit_log(client, bus):
    bus.answers |= {
        "list_audit": AuditLines(lines=(AuditEntry(number=1, at=1, kind="halt", person="ann"),)),
        "verify_audit": AuditVerdict(intact=True, lines=1, text="Intact."),
    }
    lines = (await client.get("/api/audit?entity_id=lock.front&kind=actuation&before=9&limit=5")).json()
    assert lines[0]["person"] == "ann"
    query = bus.asked[-1][1]
    assert (query.entity_id, query.kind, query.before, query.limit) == ("lock.front", "actuation", 9, 5)
    assert (await client.get("/api/audit/verify")).json()["intact"] is True
    assert_problem(await client.get("/api/audit?limit=0"), 422)


async def test_policies(client, bus):
    policy = EntityPolicy(entity_id="lock.front", risk="C", pin=True)
    bus.answers["list_policies"] = Policies(policies=(policy,))
    assert [one["entity_id"] for one in (await client.get("/api/policies")).json()] == ["lock.front"]
    assert (await client.get("/api/policies/lock.front")).json()["pin"] is True
    assert (await client.get("/api/policies/light.k")).json()["risk"] is None
    bus.ends["set_policy"] = (TaskState.DONE, Policies(policies=(policy,), text="Saved."), None)
    saved = await client.put("/api/policies/lock.front", json={"risk": "C", "pin": True, "new_pin": "2468"})
    assert (saved.status_code, saved.json()["text"], saved.json()["policy"]["pin"]) == (200, "Saved.", True)
    wish = bus.submitted[-1][1]
    task_id, salt = bus.submitted[-1][3], pins.new_salt("before")
    assert (wish.policy, wish.new_pin, wish.by) == (policy, pins.seal("2468", pins.new_salt(task_id)), "owner")
    assert "scrypt" not in repr(wish)
    bus.answers["list_policies"] = Policies(policies=(policy,), pin_salts={"lock.front": salt})
    await client.put("/api/policies/lock.front", json={"risk": "C", "old_pin": "2468"})
    _, wish, _, task_id = bus.submitted[-1]
    assert (wish.new_pin, wish.pin_proof) == (None, pins.prove("2468", salt, task_id))
    bus.ends["set_policy"] = (TaskState.DONE, Policies(policies=(), approval_id="ab12", text="It waits."), None)
    waits = await client.delete("/api/policies/lock.front")
    assert (waits.status_code, waits.json()["approval_id"]) == (202, "ab12")


@pytest.mark.parametrize(
    "body", [{"risk": "D"}, {"quiet_hours": "25:00-07:00"}, {"new_pin": "123"}, {"new_pin": "secret"}, {"pins": True}]
)
async def test_a_wrong_policy_is_refused_without_repeating_it(client, bus, body):
    answer = await client.put("/api/policies/lock.front", json={**body, "old_pin": "97531"})
    assert answer.status_code in (409, 422)
    assert "97531" not in answer.text
    assert bus.submitted == []


async def test_automations_are_listed_and_shown(client, bus):
    bus.answers["list_automations"] = AutomationList(automations=(BLINDS,), text="one")
    assert (await client.get("/api/automations?search=blinds")).json()[0]["name"] == "Blinds"
    assert bus.asked[-1][1].search == "blinds"
    bus.answers["show_automation"] = AutomationReport(automation=BLINDS, config={}, yaml="a: 1", text="It opens.")
    assert (await client.get("/api/automations/Blinds")).json()["text"] == "It opens."
    bus.answers["recommend_hardware"] = HardwareReport(text="A sensor.")
    assert (await client.get("/api/hardware", params={"task": "a wet cellar"})).json()["text"] == "A sensor."


@pytest.mark.parametrize(
    ("method", "path", "body", "action", "fields"),
    [
        ("POST", "", {"task": "at 8", "dry_run": True, "session": "s"}, "create_automation",
         {"task": "at 8", "dry_run": True, "conversation_id": "s"}),
        ("POST", "", {"draft": DRAFT.to_wire()}, "create_automation", {"draft": DRAFT}),
        ("PUT", "/Blinds", {"config": {"alias": "B"}}, "edit_automation",
         {"automation": "Blinds", "config": {"alias": "B"}}),
        ("DELETE", "/Blinds?dry_run=true", None, "delete_automation", {"automation": "Blinds", "dry_run": True}),
        ("POST", "/Blinds/disable", None, "switch_automation", {"automation": "Blinds", "enabled": False}),
        ("POST", "/confirm", {"token": "tok", "yes": False}, "confirm_automation", {"token": "tok", "yes": False}),
        ("POST", "/undo", None, "undo_automation", {"dry_run": False}),
        ("POST", "/undo", {"dry_run": True}, "undo_automation", {"dry_run": True}),
    ],
)  # fmt: skip
async def test_automations_are_changed_in_the_name_of_the_person(client, bus, method, path, body, action, fields):
    bus.ends[action] = (TaskState.DONE, AutomationResult(status="done", text="Well."), None)
    answer = await client.request(method, f"/api/automations{path}", json=body)
    assert (answer.status_code, answer.json()["text"]) == (200, "Well.")
    name, wish, _, _ = bus.submitted[-1]
    assert (name, wish.person) == (action, "owner")
    assert {key: getattr(wish, key) for key in fields} == fields


async def test_an_automation_of_nothing_and_ends_that_are_no_success(client, bus):
    assert_problem(await client.post("/api/automations", json={"dry_run": True}), 422)
    assert_problem(await client.post("/api/automations", json={"task": "x", "person": "ben"}), 422)
    for end, status in (
        ((TaskState.FAILED, None, "Home Assistant refuses it."), 409),
        ((TaskState.EXPIRED, None, None), 503),
        ((TaskState.UNKNOWN, None, "no answer"), 504),
        (ContractError("task t was used already for another request"), 422),
    ):
        bus.ends["create_automation"] = end
        response = await client.post("/api/automations", json={"task": "x"}, headers={"idempotency-key": "k"})
        assert_problem(response, status)


async def test_a_repeated_key_is_the_same_task(client, bus):
    bus.ends["undo_automation"] = (TaskState.DONE, AutomationResult(status="done", text="Well."), None)
    for _ in range(2):
        await client.post("/api/automations/undo", headers={"idempotency-key": "k"})
    await client.post("/api/automations/undo")
    ids = [task_id for *_, task_id in bus.submitted]
    assert ids[0] == ids[1] != ids[2]
