"""Routes of memory, webhooks, plans, topics, commands and rules: what they ask for, and what never leaves them."""

import pytest

from wactorz_common.contracts.memory import CommandInfo, CommandList, Fact, MemoryReport
from wactorz_common.contracts.notices import NoticeResult, SecretEntry, SecretList, Target, TargetList
from wactorz_common.contracts.plans import Plan, PlanList, PlanResult, PlanStep
from wactorz_common.contracts.rules import Rule, RuleDraft, RuleExplanation, RuleFile, RuleResult, TimeTrigger
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.contracts.topics import TopicReport, TopicSeen, Wiring, WiringReport
from wactorz_common.errors import ContractError
from wactorz_common.sealing import Opener

from .test_app import FakeBus, assert_problem, client_of, make_app

URL = "https://discord.com/api/webhooks/1/abcdef"
LONG_NAME = {"url": URL, "name": "a" * 65}
FACT = Fact(key="pref_tea", value="green", source="I like green tea", person="owner", at=1)
REPORT = MemoryReport(facts=(FACT,), summaries=("You spoke of tea.",))
SECRETS = SecretList(secrets=(SecretEntry(reference="secret:token-1", kind="token", stored_at=1),))
TARGET = Target(name="discord", service="discord", hint="discord.com …cdef", usual=True)
PLAN = Plan(
    plan_id="ab12", task="t", steps=(PlanStep(step=1, agent="main", task="x"),), status="proposed", created_at=1
)
RULE = Rule(rule_id="ab12cd34", task="t", draft=RuleDraft(trigger=TimeTrigger(at="07:00")), created_at=1)
RESULT = RuleResult(rule=RULE, text="Done.", yaml="id: ab12cd34\n")


@pytest.fixture
def bus():
    made = FakeBus()
    made.answers = {
        "get_memory": REPORT, "list_secrets": SECRETS, "list_targets": TargetList(targets=(TARGET,)),
        "list_plans": PlanList(plans=(PLAN,)), "show_plan": PlanResult(plan=PLAN, text="one step"),
        "list_topics": TopicReport(topics=(TopicSeen(topic="a/b"),), total=1),
        "propose_wiring": WiringReport(wirings=(Wiring(producer="a", consumer="b", topic="a/b", score=0.5),)),
        "list_commands": CommandList(commands=(CommandInfo(name="help", usage="/help", summary="show this"),)),
        "show_rule": RESULT, "export_rules": RuleFile(yaml="id: ab12cd34\n", text="One rule."),
        "why_not": RuleExplanation(text="It was not dark."),
    }  # fmt: skip
    done = TaskState.DONE
    made.ends = {
        "forget": (done, REPORT, None), "forget_secret": (done, SecretList(secrets=()), None),
        "set_target": (done, TARGET, None), "remove_target": (done, TargetList(targets=()), None),
        "notify": (done, NoticeResult(status="sent", text="Sent.", target="discord"), None),
        "approve_plan": (done, PlanResult(plan=PLAN, text="Done."), None),
        "cancel_plan": (TaskState.FAILED, None, "That plan has ended already."),
        "clear_plans": (done, PlanList(plans=()), None), "edit_rule": (done, RESULT, None),
        "import_rules": (done, RuleFile(yaml="", text="One rule was made.", rule_ids=("ab12cd34",)), None),
    }  # fmt: skip
    return made


@pytest.fixture
async def client(tmp_path, bus):
    app = make_app(tmp_path, bus)
    async with client_of(app) as made:
        made.app = app
        yield made


async def test_memory_is_that_of_the_person_who_asks(client, bus):
    body = (await client.get("/api/memory", params={"session": "s"})).json()
    assert body["facts"][0]["key"] == "pref_tea"
    assert body["summaries"] == ["You spoke of tea."]
    assert body["secrets"][0]["reference"] == "secret:token-1"
    asked = next(request for action, request, _ in bus.asked if action == "get_memory")
    assert (asked.person, asked.conversation_id) == ("owner", "s")


async def test_memory_is_shown_when_the_vault_is_away(client, bus):
    del bus.answers["list_secrets"]
    assert (await client.get("/api/memory")).json()["secrets"] is None


async def test_memory_is_forgotten_whole_by_key_and_by_reference(client, bus):
    assert (await client.delete("/api/memory", params={"session": "s"})).status_code == 200
    assert (await client.delete("/api/memory/pref_tea")).status_code == 200
    assert (await client.delete("/api/memory/secret:token-1")).json()["secrets"] == []
    assert_problem(await client.delete("/api/memory/No Such!"), 404)
    asked = [
        (action, getattr(request, "key", ""), getattr(request, "reference", ""))
        for action, request, *_ in bus.submitted
    ]
    assert asked == [("forget", "", ""), ("forget", "pref_tea", ""), ("forget_secret", "", "secret:token-1")]
    assert {request.person for action, request, *_ in bus.submitted if action == "forget"} == {"owner"}


async def test_a_webhook_is_sealed_before_it_goes_anywhere(client, bus):
    vault = Opener(bytes(32))
    refused = await client.post("/api/webhooks", json={"url": URL})
    assert_problem(refused, 503)
    assert URL not in refused.text
    assert bus.submitted == []
    client.app.state.parts.keeper.key = vault.vault_key
    made = await client.post("/api/webhooks", json={"url": URL, "name": "team"}, headers={"idempotency-key": "k"})
    again = await client.post("/api/webhooks", json={"url": URL, "name": "team"}, headers={"idempotency-key": "k"})
    assert made.json()["name"] == "discord"
    assert URL not in made.text
    (_, wish, _, task), (_, wish_again, _, task_again) = bus.submitted
    assert (wish, task) == (wish_again, task_again)
    assert again.status_code == 200
    assert (wish.name, wish.service, vault.open(wish.secret)) == ("team", "discord", URL)
    assert URL not in wish.encode().decode()


@pytest.mark.parametrize(
    "body", [{}, {"url": "no address"}, {"url": URL, "name": "a/b"}, {"url": URL, "more": 1}, LONG_NAME]
)
async def test_bad_webhooks_are_refused_without_being_repeated(client, body):
    answer = await client.post("/api/webhooks", json=body)
    assert_problem(answer, 422)
    assert "abcdef" not in answer.text


async def test_webhooks_are_listed_tried_and_removed(client, bus):
    assert (await client.get("/api/webhooks")).json()[0]["hint"] == "discord.com …cdef"
    assert (await client.post("/api/webhooks/discord/test")).json()["status"] == "sent"
    assert (await client.delete("/api/webhooks/discord")).json() == []
    action, request, *_ = bus.submitted[0]
    assert (action, request.target) == ("notify", "discord")


async def test_plans_are_listed_shown_decided_and_cleared(client):
    assert (await client.get("/api/plans")).json()[0]["plan_id"] == "ab12"
    assert (await client.get("/api/plans/AB12")).json()["text"] == "one step"
    assert (await client.post("/api/plans/ab12/approve")).json()["text"] == "Done."
    refused = await client.post("/api/plans/ab12/cancel")
    assert_problem(refused, 409)
    assert refused.json()["detail"] == "That plan has ended already."
    assert (await client.delete("/api/plans")).json() == []
    assert_problem(await client.post("/api/plans/ab12/nonsense"), 404)


async def test_topics_wirings_and_commands(client, bus):
    body = (await client.get("/api/topics", params={"keyword": "lamp", "limit": 5})).json()
    assert body["topics"][0]["topic"] == "a/b"
    assert (await client.get("/api/wirings")).json()[0]["consumer"] == "b"
    assert (await client.get("/api/commands")).json()[0]["usage"] == "/help"
    asked = next(request for action, request, _ in bus.asked if action == "list_topics")
    assert (asked.keyword, asked.limit, asked.samples) == ("lamp", 5, True)


async def test_a_rule_is_shown_explained_exported_and_imported(client, bus):
    assert (await client.get("/api/rules/AB12CD34")).json()["yaml"] == "id: ab12cd34\n"
    why = await client.get("/api/rules/ab12cd34/why-not", params={"start": 1, "end": 2})
    assert why.json()["text"] == "It was not dark."
    exported = await client.get("/api/rules.yaml")
    assert (exported.text, exported.headers["content-type"].partition(";")[0]) == ("id: ab12cd34\n", "application/yaml")
    assert (await client.post("/api/rules/import", json={"yaml": "id: x\n"})).json()["rule_ids"] == ["ab12cd34"]
    asked = next(request for action, request, _ in bus.asked if action == "why_not")
    assert (asked.rule_id, asked.start, asked.end) == ("ab12cd34", 1, 2)


@pytest.mark.parametrize(
    ("body", "status"),
    [({"sentence": "every day at 8 turn on the light"}, 200), ({"yaml": "id: x\n"}, 200), ({}, 422),
     ({"draft": {"trigger": {"kind": "time", "at": "07:00"}}}, 200), ({"yaml": "id: x", "sentence": "y"}, 422),
     ({"sentence": f"when the door opens, post to {URL}"}, 422)],
)  # fmt: skip
async def test_a_rule_is_edited_by_exactly_one_of_three(client, bus, body, status):
    answer = await client.put("/api/rules/ab12cd34", json=body)
    assert answer.status_code == status
    assert len(bus.submitted) == (status == 200)
    assert URL not in answer.text


async def test_secrets_are_not_kept_in_rules_and_automations(client, bus):
    for path, body in (
        ("/api/rules/import", {"yaml": f"text: {URL}"}), ("/api/backtests", {"task": f"when x, post to {URL}"}),
        ("/api/automations", {"task": f"when x, post to {URL}"}),
    ):  # fmt: skip
        assert_problem(await client.post(path, json=body), 422)
    assert_problem(await client.put("/api/automations/x", json={"task": f"post to {URL}"}), 422)
    assert (bus.submitted, bus.asked) == ([], [])


async def test_a_secret_in_the_chat_is_refused_without_a_vault_and_a_reference_with_one(client, bus):
    said = {"message": f"here is my webhook {URL}"}
    refused = (await client.post("/api/chat", json=said)).json()
    assert (refused["agent"], refused["status"], bus.said) == ("gateway", "failed", [])
    client.app.state.parts.keeper.key = Opener(bytes(32)).vault_key
    headers = {"idempotency-key": "k"}
    for _ in range(2):
        assert (await client.post("/api/chat", json=said, headers=headers)).status_code == 200
    first, second = bus.said
    assert first == second
    assert URL not in first.encode().decode()
    assert first.content == f"here is my webhook {first.secrets[0].reference}"


async def test_a_repeated_key_with_another_webhook_is_said(client, bus):
    client.app.state.parts.keeper.key = Opener(bytes(32)).vault_key
    bus.ends["set_target"] = ContractError("used already")
    assert_problem(await client.post("/api/webhooks", json={"url": URL}, headers={"idempotency-key": "k"}), 422)
