import pytest

from wactorz_common.contracts.chat import ChatRequest
from wactorz_common.contracts.home import ActuationResult, Entity, House, ServiceCall, StateReport
from wactorz_common.contracts.llm import CompletionResult, CostReport, ToolCall
from wactorz_common.contracts.rules import Rule, RuleDraft, RuleList, RuleResult, StateTrigger
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout
from wactorz_common.handlers import Task
from wactorz_common.store import Store
from wactorz_common.tasks import TaskEnd
from wactorz_main.halting import Halting
from wactorz_main.memory import Memory
from wactorz_main.settings import MainSettings
from wactorz_main.turn import Turn
from wactorz_understanding.meaning import Ambiguous, Calls, Choice, NotUnderstood, Question, RuleMeaning, UnknownName

LIGHT = Entity(entity_id="light.k", name="Kitchen Light", state="off")
HOUSE = House(version=1, entities=(LIGHT,), services={"light": ("turn_on", "turn_off")})
CALL = ServiceCall(domain="light", service="turn_on", entity_id=("light.k",))
DRAFT = RuleDraft(trigger=StateTrigger(entity_id="light.k", to="on"), actions=(CALL,))


def make_rule(status="active"):
    return Rule(rule_id="ab12cd34", task="t", draft=DRAFT, created_at=1, status=status, summary="When x: y.")


class FakeAgent:
    """Main without a bus: answers by operation, and notes what was handed over."""

    def __init__(self, store):
        self.store, self.settings = store, MainSettings()
        self.memory, self.house, self.house_problem = Memory(store), HOUSE, ""
        self.halting = Halting(self)
        self.meaning = NotUnderstood()
        self.submitted, self.asked = [], []
        self.ends = {"actuate": (TaskState.DONE, ActuationResult(outcomes=(), text="Kitchen Light is on."), None)}
        self.answers = {}

    def recall(self, _key, default=None):
        return default

    async def known_house(self, _seconds):
        return self.house

    async def understand(self, _text):
        return self.meaning

    def agents_text(self, keyword):
        return f"agents {keyword}"

    async def submit(self, operation, request, *, to=None, task_id=None, deadline=None, trace_id=""):
        self.submitted.append((operation.action, request, task_id, trace_id))
        state, result, error = self.ends[operation.action]
        return TaskEnd(task_id, state, {}, error, result)

    async def ask(self, operation, request, *, to=None, timeout=None, trace_id=""):
        self.asked.append((operation.action, request))
        answer = self.answers[operation.action]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
async def agent(tmp_path):
    store = Store(tmp_path / "state.db")
    store.open()
    made = FakeAgent(store)
    await made.memory.open()
    yield made
    await store.close()


async def say(agent, text, task_id="t1", conversation="c"):
    return await Turn(
        agent,
        ChatRequest(text=text, conversation_id=conversation, chat_id="q1"),
        Task(task_id, "chat", "main", trace_id="trace"),
    ).answer()


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
    assert (answer.text, answer.source) == ("Rule made.", "rules")
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
    assert "did not understand" in (await say(agent, "yes", "t2", "another")).text
    assert (await say(agent, "Yes!", "t3")).text == "Active."
    assert (await say(agent, "Yes!", "t3")).text == "Active."
    assert [task_id for action, _, task_id, _ in agent.submitted if action == "approve_rule"] == ["t3/approve"] * 2
    assert "did not understand" in (await say(agent, "yes", "t4")).text


async def test_no_deletes_a_proposal_and_another_sentence_passes_over_it(agent):
    agent.ends["delete_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Deleted."), None)
    await agent.memory.propose("c", "ab12cd34")
    assert (await say(agent, "no")).text == "Deleted."
    await agent.memory.propose("c", "ab12cd34")
    assert "/rules" in (await say(agent, "/help", "t2")).text
    assert agent.memory.proposal("c", "t3") is None


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
    assert (await say(agent, "/agents home")).text == "agents home"
    assert "Did you mean /rules?" in (await say(agent, "/rulse")).text
    assert "/stop all" in (await say(agent, "/stop main")).text


async def test_peer_that_does_not_answer_is_a_sentence(agent):
    agent.answers["list_rules"] = AskTimeout("No answer from planner")
    answer = await say(agent, "/rules")
    assert (answer.text, answer.status) == ("No answer from planner. Nothing was done.", "failed")


async def test_plans_are_honestly_refused_but_reactive_ones_become_rules(agent):
    assert "not available yet" in (await say(agent, "plan: a party")).text
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    agent.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Rule made."), None)
    assert (await say(agent, "coordinate: when x, y", "t2")).text == "Rule made."
    assert agent.submitted[0][1].task == "when x, y"


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
    agent.house = None
    answer = await say(agent, "turn on the light")
    assert "getting to know the home" in answer.text
    assert answer.status == "failed"
    agent.house_problem = "Home Assistant refuses the token"
    assert (await say(agent, "turn on the light")).text == "Home Assistant refuses the token. Nothing was done."
