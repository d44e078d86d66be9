"""Every command that is in the table is carried out, however it is typed, and never unknown."""

from datetime import UTC, datetime

import pytest

from wactorz_common.contracts.automations import AutomationList, AutomationReport, AutomationResult
from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.llm import CostReport
from wactorz_common.contracts.notices import NoticeResult, SecretList, TargetList
from wactorz_common.contracts.plans import Plan, PlanList, PlanResult, PlanStep
from wactorz_common.contracts.policy import Policies, StandingGrants, WhyReport
from wactorz_common.contracts.rules import (
    BacktestReport,
    FiringReports,
    RuleExplanation,
    RuleFile,
    RuleList,
    RuleResult,
)
from wactorz_common.contracts.spawning import Approvals, Done, NodeReport, NodeReports, SpawnedAgents
from wactorz_common.contracts.system import HaltResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.contracts.topics import FieldSeen, TopicReport, TopicSeen, Wiring, WiringReport
from wactorz_common.errors import AskTimeout
from wactorz_main.automations import Automations
from wactorz_main.command_table import COMMANDS, NAMES
from wactorz_main.commands import command_list, help_text, parse
from wactorz_main.errand import Errand
from wactorz_main.fleet import Fleet
from wactorz_main.inquiry import Inquiry
from wactorz_main.performing import Performing
from wactorz_main.rulebook import Rulebook

from .turn_doubles import errand_of, make_rule, say

DONE = TaskState.DONE
PLAN = Plan(
    plan_id="ab12cd34", task="get the weather", status="running", created_at=1,
    steps=(PlanStep(step=1, agent="weather", task="look", status="done", result="sunny"),
           PlanStep(step=2, agent="main", task="tell", depends_on=(1,), status="failed", error="It was away.")),
)  # fmt: skip
RULE = RuleResult(rule=make_rule(), text="When x: y.", yaml="id: ab12cd34\n")
NODES = NodeReports(nodes=(
    NodeReport(node="local", online=True, last_seen=1), NodeReport(node="attic", online=True, last_seen=1),
))  # fmt: skip
LAMP = TopicSeen(
    topic="custom/lamp", publishers=("lamp",), subscribers=("cam",), messages=3, per_minute=2.0,
    fields=(FieldSeen(name="lux", types=("number",), unit="lx", example=7),),
)  # fmt: skip
CANONICAL = (
    "/help", "/h", "/?", "help", "/agents", "/agents cam", "/capabilities cam", "/agents stop cam", "/agents pause cam",
    "/agents resume cam", "/agents restart cam", "/agents delete cam", "/agents remove cam", "/stop cam", "/start cam",
    "/delete cam", "/remove cam", "/registry", "/registry cam", "/nodes", "/list_nodes", "list_nodes",
    "main.list_nodes", "/nodes()", "/nodes remove attic", "/nodes restart attic", "/nodes shutdown attic",
    "/deploy attic", "/migrate cam attic", "/migrate cam local --force", "/approvals", "/approve x1", "/deny x1",
    "/rules", "rules", "/rules show ab12cd34", "/rules edit ab12cd34 when a, do b", "/rules pause ab12cd34",
    "/rules resume ab12cd34", "/rules delete ab12cd34", "/rules approve ab12cd34", "/rules grant ab12cd34",
    "/rules revoke ab12cd34", "/rules export", "/rules import id: x", "/backtest ab12cd34 3", "/why", "/why light.k",
    "/why rule ab12cd34 last night", "/undo", "/plans", "/plans show ab12cd34", "/plans approve ab12cd34",
    "/plans reject ab12cd34", "/plans cancel ab12cd34", "/plans clear", "/clear-plans", "/clear_plans",
    "/automations", "/automations show x", "/policy", "/memory", "/memory clear", "/memory forget pref_x", "/webhook",
    "/webhook discord", "/webhook remove discord", "/webhook test discord", "/notify hello", "/cost", "/cost today",
    "/cost month", "/cost agent main", "/cost rule ab12cd34", "/cost limit 5", "/topics", "/topics lamp", "/bus",
    "/bus lamp", "/mqtt", "/packages", "/artifacts", "/artifacts list", "/language", "/language de", "/stop",
    "/stop all", "/go",
)  # fmt: skip


class Halts:
    """Stops and releases everything at once."""

    async def order(self, task, *, halted, by, language):
        return ChatAnswer(text="Stopped." if halted else "Released.")


@pytest.fixture
def agent(agent):
    agent.halting = Halts()
    return agent


@pytest.fixture
def busy(agent):
    """Main with everybody there."""
    agent.answers = {
        "list_spawned": SpawnedAgents(agents=()), "list_nodes": NODES, "list_approvals": Approvals(approvals=()),
        "list_rules": RuleList(rules=(make_rule(),)), "show_rule": RULE, "list_firings": FiringReports(firings=()),
        "export_rules": RuleFile(yaml="id: ab12cd34\n", text="One rule."), "why_not": RuleExplanation(text="It was day."),
        "backtest": BacktestReport(text="3 times", fired=3, start=1, end=2), "why": WhyReport(text="You did.", entity_id="light.k"),
        "list_plans": PlanList(plans=(PLAN,)), "show_plan": PlanResult(plan=PLAN, text="t"),
        "list_automations": AutomationList(automations=(), text="None."), "list_policies": Policies(policies=()),
        "show_automation": AutomationReport.model_construct(text="It turns on the light."),
        "list_secrets": SecretList(secrets=()), "list_targets": TargetList(targets=()),
        "get_costs": CostReport(lines=(), total_input_tokens=0, total_output_tokens=0, total_cost_usd=0),
        "list_topics": TopicReport(topics=(LAMP,), total=1, messages_per_second=2.5),
        "propose_wiring": WiringReport(wirings=(Wiring(producer="lamp", consumer="cam", topic="custom/lamp", score=0.8),)),
    }  # fmt: skip
    agent.answers["set_budget"] = agent.answers["get_costs"]
    rule, plan = (DONE, RULE, None), (DONE, PlanResult(plan=PLAN, text="Plan."), None)
    changes = ("approve", "delete", "pause", "resume", "grant")
    agent.ends = {
        "manage_agent": (DONE, Done(text="Done."), None), "migrate_agent": (DONE, Done(text="Moved."), None),
        **{f"{verb}_rule": rule for verb in changes}, "edit_rule": rule,
        "import_rules": (DONE, RuleFile(yaml="", text="Made.", rule_ids=("a",), problems=("b: no trigger",)), None),
        **{f"{verb}_plan": plan for verb in ("approve", "reject", "cancel")},
        "clear_plans": (DONE, PlanList(plans=()), None), "revoke_grant": (DONE, StandingGrants(grants=()), None),
        "undo_automation": (DONE, AutomationResult(status="done", text="Taken back."), None),
        "remove_target": (DONE, TargetList(targets=()), None), "set_halt": (DONE, HaltResult(halted=True), None),
        "notify": (DONE, NoticeResult(status="sent", text="Sent."), None),
    }  # fmt: skip
    return agent


def performing_of(errand: Errand) -> Performing:
    fleet = Fleet(errand.agent, errand.task, "ann")
    return Performing(errand, fleet, Rulebook(errand), Automations(errand), Inquiry(errand))


def test_the_table_and_those_who_carry_out_agree(agent):
    assert set(performing_of(errand_of(agent)).table()) == set(NAMES)


@pytest.mark.parametrize("typed", [name for one in COMMANDS for name in (one.name, *one.aliases)])
def test_every_name_is_read_as_its_command(typed):
    read = parse(f"/{typed}")
    assert read is not None
    assert read.name in NAMES


@pytest.mark.parametrize("typed", CANONICAL)
async def test_every_command_is_carried_out(busy, typed):
    answer = await say(busy, typed)
    assert answer.text
    assert "no command" not in answer.text
    assert busy.classified == []


@pytest.mark.parametrize("name", NAMES)
async def test_nobody_there_is_a_sentence(agent, name):
    class Nobody(dict):
        def __missing__(self, action):
            return AskTimeout(f"{action} was not answered in time") if self is agent.answers else (
                TaskState.EXPIRED, None, None
            )  # fmt: skip

    agent.answers, agent.ends = Nobody(), Nobody()
    answer = await say(agent, f"/{name}")
    assert answer.text
    assert answer.text[-1] in ".?!)"


def test_help_is_made_from_the_table_in_both_languages():
    for language in ("en", "de"):
        text = help_text(language)
        assert all(command.usage in text and command.told(language) in text for command in COMMANDS)
    assert "Regeln" in help_text("de-AT")
    assert help_text("fr") == help_text("en")
    assert [one.usage for one in command_list().commands] == [command.usage for command in COMMANDS]


async def test_help_is_in_the_language_of_the_conversation(agent):
    await say(agent, "/language de")
    assert "die Regeln zeigen" in (await say(agent, "/help")).text


async def test_a_command_said_in_german_is_answered_in_german(busy):
    assert "nichts von dir gemerkt" in (await say(busy, "Was weißt du über mich?")).text
    assert "die Regeln zeigen" in (await say(busy, "Hilfe", "t2")).text
    assert "remember nothing" in (await say(busy, "what do you remember?", "t3")).text


async def test_a_rule_made_here_is_taken_back_first(busy):
    await busy.deeds.note("ann\nc", "ab12cd34")
    assert (await say(busy, "/undo")).status == "done"
    assert [action for action, *_ in busy.submitted] == ["delete_rule"]
    assert (await say(busy, "/undo", "t2")).text == "Taken back."
    assert [action for action, *_ in busy.submitted] == ["delete_rule", "undo_automation"]


async def test_what_cannot_be_taken_back_stays_last(busy):
    await busy.deeds.note("ann\nc", "ab12cd34")
    busy.ends["delete_rule"] = (TaskState.FAILED, None, "It is gone already.")
    assert (await say(busy, "/undo")).text == "It is gone already."
    assert busy.deeds.last("ann\nc") == "ab12cd34"


async def test_why_a_rule_did_not_fire_needs_no_model(busy):
    for hour, hours in ((0, 2), (9, 8), (23, 8)):
        moment = datetime(2026, 5, 20, hour, tzinfo=UTC).timestamp()
        asked = await say(busy, "why did rule ab12cd34 not fire last night?", f"t{hour}", now=lambda at=moment: at)
        query = busy.asked[-1][1]
        assert (asked.text, query.rule_id, query.end - query.start) == ("It was day.", "ab12cd34", hours * 3600)
    assert (await say(busy, "warum hat Regel ab12cd34 nicht ausgelöst?")).text == "It was day."
    assert (busy.asked[-1][1].start, busy.classified) == (None, [])
    busy.answers["list_rules"] = RuleList(rules=())
    assert (await say(busy, "why did the fan rule not fire?")).text.startswith("No rule is called that.")
    two = make_rule().model_copy(update={"rule_id": "11112222"})
    busy.answers["list_rules"] = RuleList(rules=(make_rule(), two))
    assert "11112222" in (await say(busy, "why did the rule not fire?")).text


@pytest.mark.parametrize(
    ("typed", "field", "value"),
    [("/rules edit AB12CD34 turn off all lights at midnight", "sentence", "turn off all lights at midnight"),
     ("/rules edit ab12cd34 ```yaml\ntrigger:\n  kind: time\n```", "yaml", "trigger:\n  kind: time"),
     ("/rules edit ab12cd34\ntask: x\ntrigger:\n  at: 07:00", "yaml", "task: x\ntrigger:\n  at: 07:00")],
)  # fmt: skip
async def test_a_rule_is_edited_in_words_or_as_yaml(busy, typed, field, value):
    await say(busy, typed)
    wish = busy.submitted[-1][1]
    assert (wish.rule_id, getattr(wish, field)) == ("ab12cd34", value)


async def test_rules_come_as_yaml_with_their_lines(busy):
    assert (await say(busy, "/rules export")).text == "One rule.\nid: ab12cd34"
    answer = await say(busy, "/rules import\nid: x\ntrigger: {}")
    assert busy.submitted[-1][1].yaml == "id: x\ntrigger: {}"
    assert answer.text == "Made.\n- b: no trigger"
    assert (await say(busy, "/rules import")).status == "failed"
    assert (await say(busy, "/rules edit ab12cd34")).status == "failed"


async def test_an_undo_with_something_after_it_takes_nothing_back(busy):
    await busy.deeds.note("ann\nc", "ab12cd34")
    answer = await say(busy, "/undo 3")
    assert (answer.status, busy.submitted) == ("failed", [])
    assert "/rules delete ID" in answer.text


@pytest.mark.parametrize(
    ("said", "words"),
    [("pause all rules", "Nothing was changed"), ("delete the front door rule", "Nothing was changed"),
     ("lösche die letzte Regel", "Es wurde nichts geändert")],
)  # fmt: skip
async def test_a_wish_to_change_rules_without_an_id_says_that_nothing_was_changed(busy, said, words):
    answer = await say(busy, said)
    assert (answer.status, words in answer.text) == ("failed", True)
    assert busy.submitted == []
