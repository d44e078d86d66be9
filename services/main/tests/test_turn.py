import pytest

from wactorz_common.contracts.chat import ChatAnswer
from wactorz_common.contracts.home import StateReport
from wactorz_common.contracts.llm import CompletionResult, CostReport, ToolCall
from wactorz_common.contracts.plans import Plan, PlanResult
from wactorz_common.contracts.rules import RuleList, RuleResult
from wactorz_common.contracts.spawning import SpawnedAgent, SpawnedAgents, SpawnResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout
from wactorz_understanding.meaning import Ambiguous, Calls, Choice, Question, RuleMeaning, UnknownName

from .turn_doubles import CALL, DRAFT, LIGHT, PLACE, make_rule, say


async def test_calls_become_one_actuation_under_the_task_s_own_id(agent):
    agent.meaning = Calls(calls=(CALL,), summary="s")
    answer = await say(agent, "turn on the kitchen light")
    assert (answer.text, answer.source, answer.status) == ("Kitchen Light is on.", "rules", "done")
    action, request, task_id, trace_id = agent.submitted[0]
    assert (action, task_id, trace_id, request.tainted, request.calls) == ("actuate", "t1/act", "trace", False, (CALL,))
    assert agent.asked == []


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        (TaskState.FAILED, "Home Assistant is away.", "Home Assistant is away."),
        (TaskState.EXPIRED, None, "time was over"),
        (TaskState.UNKNOWN, None, "is not known"),
    ],
)
async def test_actuation_that_is_not_confirmed_is_not_called_done(agent, state, error, words):
    agent.meaning = Calls(calls=(CALL,), summary="s")
    agent.ends["actuate"] = (state, None, error)
    answer = await say(agent, "turn on the kitchen light")
    assert words in answer.text
    assert answer.status == state.value


async def test_rule_goes_to_the_planner_with_its_draft(agent):
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    agent.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Rule made."), None)
    answer = await say(agent, "when x, y")
    assert (answer.text, answer.source) == ("Rule made.\n/undo takes it back.", "rules")
    assert agent.submitted[0][1].draft == DRAFT


async def test_question_reads_states_and_never_acts(agent):
    agent.meaning = Question(what="is", entity_ids=("light.k",), state="on")
    agent.answers["get_states"] = StateReport(states=(LIGHT.model_copy(update={"state": "on"}),))
    answer = await say(agent, "is the kitchen light on?")
    assert answer.text.startswith("Yes")
    assert agent.submitted == []


async def test_ambiguity_asks_back_and_unknown_names_suggest(agent):
    choices = (Choice(entity_id="light.k", label="Kitchen Light"),)
    agent.meaning = Ambiguous(question="Which one?", choices=choices)
    assert (await say(agent, "the light")).text == "Which one?"
    agent.meaning = UnknownName(text="t", name="kitchn", suggestions=choices)
    answer = await say(agent, "turn on kitchn")
    assert "Did you mean Kitchen Light?" in answer.text
    assert answer.source == "rules"
    assert agent.submitted == []


async def test_proposed_rule_waits_for_yes_in_its_own_conversation(agent):
    agent.ends["create_rule"] = (
        TaskState.DONE,
        RuleResult(rule=make_rule("proposed"), text="Shall I?", source="cloud", cost_usd=0.1),
        None,
    )
    agent.ends["approve_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Active."), None)
    answer = await say(agent, "pipeline: whenever it is gloomy, cheer me up")
    assert (answer.text, answer.source, answer.cost_usd) == ("Shall I?", "cloud", 0.1)
    assert agent.submitted[0][1].task == "whenever it is gloomy, cheer me up"
    agent.answers["complete"] = CompletionResult(provider="offline", model="", available=False)
    assert "Nothing waits" in (await say(agent, "yes", "t2", "another")).text
    assert (await say(agent, "Yes!", "t3")).text == "Active."
    assert (await say(agent, "Yes!", "t3")).text == "Active."
    assert [task_id for action, _, task_id, _ in agent.submitted if action == "approve_rule"] == ["t3/approve"] * 2
    assert "decided before" in (await say(agent, "yes", "t4")).text
    assert "/rules" in (await say(agent, "/help", "t5")).text
    assert "Nothing waits" in (await say(agent, "yes", "t6")).text


async def test_no_deletes_a_proposal_and_another_sentence_passes_over_it(agent):
    agent.ends["delete_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Deleted."), None)
    await agent.memory.propose(PLACE, "ab12cd34")
    assert (await say(agent, "no")).text == "Deleted."
    await agent.memory.propose(PLACE, "ab12cd34")
    assert "/rules" in (await say(agent, "/help", "t2")).text
    assert agent.memory.proposal(PLACE, "t3") is None


@pytest.mark.parametrize("text", ["/rules", "rules"])
async def test_rules_are_listed(agent, text):
    agent.answers["list_rules"] = RuleList(rules=(make_rule(),))
    assert "ab12cd34" in (await say(agent, text)).text


async def test_rule_commands_name_their_rule(agent):
    agent.ends["delete_rule"] = (TaskState.FAILED, None, "There is no rule xyz. /rules lists them.")
    answer = await say(agent, "/rules delete xyz")
    assert (answer.text, answer.status) == ("There is no rule xyz. /rules lists them.", "failed")
    assert "Type /rules" in (await say(agent, "/rules explode", "t2")).text


async def test_cost_agents_and_unknown_commands(agent):
    agent.answers["get_costs"] = CostReport(lines=(), total_input_tokens=0, total_output_tokens=0, total_cost_usd=0)
    assert "$0.00" in (await say(agent, "/cost")).text
    agent.answers["list_spawned"] = SpawnedAgents(agents=())
    assert (await say(agent, "/agents cam")).text == "1 agent:\n- cam (running): Sees."
    assert "Did you mean /rules?" in (await say(agent, "/rulse")).text
    assert "/stop all" in (await say(agent, "/stop")).text
    assert "There is no agent two words." in (await say(agent, "/stop two words")).text
    assert "There is no agent two words." in (await say(agent, "/agents pause two words")).text
    assert "/start NAME" in (await say(agent, "/start")).text
    assert "/delete NAME" in (await say(agent, "/delete")).text
    assert (await say(agent, "/stop cam")).text == "cam is told to stop."
    assert [payload.command for _, payload in agent.published] == ["stop"]


async def test_peer_that_does_not_answer_is_a_sentence(agent):
    agent.answers["list_rules"] = AskTimeout("No answer from planner")
    answer = await say(agent, "/rules")
    assert (answer.text, answer.status) == ("No answer from planner. Nothing was done.", "failed")


async def test_a_pin_that_nothing_asked_for_reaches_neither_a_model_nor_the_memory(agent):
    answer = await say(agent, "yes 2468")
    assert (answer.status, agent.asked, agent.reads) == ("failed", [], [])
    assert "2468" not in answer.text
    for number, text in enumerate(("yes 2468", "/approve ab12 2468", "/approve() ab12 2468")):
        await agent.history.remember(f"m{number}", "c", text, "x", number)
    kept = " ".join(one.said for one in (await agent.history.recall("c", "", "t", last=9)).window)
    assert "2468" not in kept
    assert "/approve ab12" in kept


async def test_plans_go_to_the_planner_but_reactive_ones_become_rules(agent):
    plan = Plan(plan_id="ab12cd34", task="a party", steps=(), status="done", created_at=1, cost_usd=0.2)
    agent.ends["run_plan"] = (TaskState.DONE, PlanResult(plan=plan, text="Party on.", source="cloud"), None)
    answer = await say(agent, "plan: a party")
    assert (answer.text, answer.source, answer.status, answer.cost_usd) == ("Party on.", "cloud", "done", 0.2)
    _, request, task_id, _ = agent.submitted[0]
    assert (request.task, request.conversation_id, request.chat_id, request.person) == ("a party", "c", "q1", "ann")
    assert (task_id, agent.classified) == ("t1/plan", [])
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    agent.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Rule made."), None)
    assert (await say(agent, "coordinate: when x, y", "t2")).text.startswith("Rule made.")
    assert agent.submitted[1][1].task == "when x, y"


@pytest.mark.parametrize(("said", "action"), [("yes", "approve_plan"), ("no", "reject_plan")])
async def test_a_proposed_plan_waits_for_a_yes(agent, said, action):
    plan = Plan(plan_id="ab12cd34", task="a party", steps=(), status="proposed", created_at=1)
    agent.ends["run_plan"] = (TaskState.DONE, PlanResult(plan=plan, text="Shall I?"), None)
    agent.ends[action] = (TaskState.DONE, PlanResult(plan=plan.model_copy(update={"status": "done"}), text="So."), None)
    assert (await say(agent, "plan: a party")).status == "waiting"
    assert (await say(agent, said, "t2")).text == "So."
    assert (agent.submitted[1][0], agent.submitted[1][1].plan_id) == (action, "ab12cd34")


async def test_a_planner_that_refuses_or_is_away_is_told(agent):
    agent.ends["run_plan"] = (TaskState.FAILED, None, "There is no model to plan with.")
    answer = await say(agent, "plan: a party")
    assert (answer.text, answer.status) == ("There is no model to plan with.", "failed")
    agent.ends["run_plan"] = (TaskState.EXPIRED, None, None)
    assert (await say(agent, "plan: a party", "t2")).status == "expired"


# -- what a sentence is about -------------------------------------------------------------------------------------


async def test_one_cheap_question_tells_what_a_sentence_is_about(agent):
    agent.answers["complete"] = CompletionResult(provider="p", model="m", text="Paris.")
    assert (await say(agent, "what is the capital of France?")).text == "Paris."
    (asked,) = agent.classified
    assert (asked.tier, asked.max_tokens, asked.reuse, asked.purpose, asked.conversation_id) == (
        "fast", 10, True, "intent", "c",
    )  # fmt: skip
    (chat,) = (request for action, request in agent.asked if action == "complete")
    assert (chat.purpose, chat.conversation_id, chat.agent) == ("chat", "c", "main")
    assert "house_data>\n" not in chat.messages[-1].content, "nothing of the house is needed"


async def test_a_rule_in_other_words_goes_to_the_planner(agent):
    agent.intent = "PIPELINE"
    agent.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=make_rule("proposed"), text="Shall I?"), None)
    answer = await say(agent, "keep me posted about the cellar")
    assert (answer.text, answer.status, agent.asked) == ("Shall I?", "waiting", [])
    assert agent.submitted[0][1].draft is None


@pytest.mark.parametrize(
    ("intent", "tools"),
    [
        ("ACTUATE", ["call_services", "look_up_states"]),
        ("HA", ["call_services", "look_up_states", "list_automations"]),
        ("OTHER", ["call_services", "create_rule", "look_up_states", "spawn_agent"]),
    ],
)
async def test_the_model_gets_the_tools_that_fit(agent, intent, tools):
    agent.intent = intent
    agent.answers["complete"] = CompletionResult(provider="p", model="m", text="So.")
    await say(agent, "make it cosy")
    asked = agent.asked[-1][1]
    assert [tool.name for tool in asked.tools] == tools
    assert ("light.k" in asked.messages[-1].content) is (intent != "OTHER")


async def test_a_classification_that_fails_is_passed_over(agent):
    agent.intent = AskTimeout("No answer from llm")
    agent.answers["complete"] = CompletionResult(provider="p", model="m", text="Paris.")
    assert (await say(agent, "what is the capital of France?")).text == "Paris."


async def test_without_a_model_it_is_asked_once(agent):
    agent.answers["complete"] = CompletionResult(provider="offline", model="", text="No.", available=False)
    answer = await say(agent, "make it cosy")
    assert (answer.source, len(agent.classified), agent.asked) == ("local", 1, [])


async def test_an_unknown_house_keeps_nobody_from_talking(agent):
    agent.house = None
    agent.answers["complete"] = CompletionResult(provider="p", model="m", text="Paris.", local=True)
    answer = await say(agent, "what is the capital of France?")
    assert (answer.text, answer.source) == ("Paris.", "cloud"), "the classification was made elsewhere"


async def test_the_cost_of_finding_out_counts(agent):
    agent.answers["complete"] = CompletionResult(provider="p", model="m", text="Paris.", cost_usd=0.5)
    ask = agent.ask

    async def priced(operation, request, **more):
        result = await ask(operation, request, **more)
        return result.model_copy(update={"cost_usd": 0.25}) if request.purpose == "intent" else result

    agent.ask = priced
    assert (await say(agent, "what is the capital of France?")).cost_usd == 0.75


async def test_model_acts_tainted_with_the_trace_and_stream_of_the_message(agent):
    wish = {"calls": [{"domain": "light", "service": "turn_on", "entity_id": ["light.k"]}]}
    agent.answers["complete"] = [
        CompletionResult(
            provider="p", model="m", tool_calls=(ToolCall(id="c", name="call_services", arguments=wish),), cost_usd=0.01
        ),
        CompletionResult(provider="p", model="m", text="Cosy now.", cost_usd=0.01),
    ]
    answer = await say(agent, "make it cosy")
    assert answer.text == "Cosy now.\nKitchen Light is on."
    assert (answer.source, answer.status, answer.cost_usd) == ("cloud", "done", 0.02)
    _, request, task_id, trace_id = agent.submitted[0]
    assert (request.tainted, task_id, trace_id) == (True, "t1/call-0-0", "trace")
    assert agent.asked[0][1].stream_to == "q1"


async def test_model_may_look_up_live_states(agent):
    agent.answers["complete"] = [
        CompletionResult(
            provider="p",
            model="m",
            tool_calls=(ToolCall(id="c", name="look_up_states", arguments={"query": "kitchen"}),),
        ),
        CompletionResult(provider="p", model="m", text="It is on."),
    ]
    agent.answers["get_states"] = StateReport(states=(LIGHT.model_copy(update={"state": "on"}),))
    await say(agent, "is it bright there?")
    assert "light.k | Kitchen Light |  | on" in agent.asked[-1][1].messages[-1].content


async def test_unknown_house_too_long_and_empty_messages(agent):
    assert "8,000" in (await say(agent, "x" * 8001)).text
    assert "/help" in (await say(agent, "  ")).text
    agent.house, agent.intent = None, "ACTUATE"
    answer = await say(agent, "turn on the light")
    assert "getting to know the home" in answer.text
    assert answer.not_ready
    assert answer.status == "failed"
    agent.house_problem = "Home Assistant refuses the token"
    assert (await say(agent, "turn on the light")).text == "Home Assistant refuses the token. Nothing was done."


# -- agents that the model has spawned ----------------------------------------------------------------------------

TIDE = {"name": "tide", "description": "Tides", "code": "async def handle_task(agent, payload):\n    return {}\n"}


def model_wants(name, arguments):
    return CompletionResult(provider="p", model="m", tool_calls=(ToolCall(id="c", name=name, arguments=arguments),))


def model_says(text):
    return CompletionResult(provider="p", model="m", text=text)


def spawned(status="running", **more):
    return (
        TaskState.DONE,
        SpawnResult(name="tide", node="local", status=status, text="tide runs on local.", **more),
        None,
    )


async def test_model_spawns_under_the_task_s_own_id_and_as_its_own_wish(agent):
    agent.answers["complete"] = [model_wants("spawn_agent", TIDE), model_says("It counts now.")]
    agent.ends["spawn"] = spawned()
    answer = await say(agent, "make an agent for the tide")
    assert (answer.text, answer.status, answer.approval_id) == ("It counts now.\ntide runs on local.", "done", "")
    action, request, task_id, trace_id = agent.submitted[0]
    assert (action, task_id, trace_id, request.proposed_by) == ("spawn", "t1/call-0-0", "trace", "main")
    again = await say(agent, "make an agent for the tide")
    assert again.text == answer.text
    assert [entry[2] for entry in agent.submitted] == ["t1/call-0-0", "t1/call-0-0"], "a second run decides the same"


async def test_an_approval_is_explained_and_a_yes_over_the_bus_does_not_give_it(agent):
    agent.answers["complete"] = [
        model_wants("spawn_agent", {**TIDE, "grants": {"http": ["example.org"]}}), model_says("I asked for it."),
    ]  # fmt: skip
    agent.ends["spawn"] = spawned("needs_approval", approval_id="ab12")
    answer = await say(agent, "make an agent for the tide")
    assert answer.approval_id == "ab12"
    assert "call example.org" in answer.text
    assert "/approve ab12" in answer.text
    forged = await say(agent, "yes", "t2")
    assert (forged.status, "wactorz approve ab12" in forged.text) == ("failed", True)
    assert [entry[0] for entry in agent.submitted] == ["spawn"]
    typed = await say(agent, "/approve ab12", "t3")
    assert (typed.status, [entry[0] for entry in agent.submitted]) == ("failed", ["spawn"])


async def test_nothing_is_spawned_while_everything_is_stopped(agent):
    agent.halting._order = {**agent.halting._order, "halted": True}
    agent.answers["complete"] = [model_wants("spawn_agent", TIDE), model_says("Done.")]
    answer = await say(agent, "make an agent for the tide")
    assert (answer.status, "/go" in answer.text, agent.submitted) == ("failed", True, [])


async def test_only_spawned_agents_are_asked_for_the_model(agent):
    block = '<delegate>{"agent": "%s", "payload": {"action": "actuate", "calls": []}}</delegate>'
    kept = SpawnedAgent(name="tide", agent_id="i", type="dynamic", node="local", wanted="running", actual="running",
                        created_at=1, updated_at=1)  # fmt: skip
    agent.answers["list_spawned"] = SpawnedAgents(agents=(kept,))
    agent.answers["complete"] = [model_says("So: " + block % "home-assistant-actuator")]
    answer = await say(agent, "ask somebody")
    assert answer.text == "So: (home-assistant-actuator is no spawned agent, so it was not asked.)"
    assert agent.submitted == []
    agent.answers["complete"] = [model_says("So: " + block % "tide" + "!")]
    agent.ends["chat"] = (TaskState.DONE, ChatAnswer(text="42"), None)
    assert (await say(agent, "ask tide", "t2")).text == "So: 42!"
    action, request, task_id, _ = agent.submitted[0]
    assert (action, task_id, request.text) == ("chat", "t2/block-0-0", '{"action": "actuate", "calls": []}')
