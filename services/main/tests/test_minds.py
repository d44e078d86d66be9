import pytest

from wactorz_common.contracts.home import Entity, House, ServiceCall
from wactorz_common.contracts.llm import CompletionResult, ToolCall
from wactorz_common.contracts.rules import Rule, RuleDraft, RuleResult, StateTrigger
from wactorz_common.contracts.spawning import SpawnResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed
from wactorz_common.store import Store
from wactorz_main.memory import Memory
from wactorz_main.minds import Mind
from wactorz_main.prompts import question

HOUSE = House(
    version=1,
    entities=(Entity(entity_id="light.k", name="Kitchen Light", state="off"),),
    services={"light": ("turn_on",)},
)
LIGHT_ON = {"calls": [{"domain": "light", "service": "turn_on", "entity_id": ["light.k"]}]}


def says(text):
    return CompletionResult(provider="p", model="m", text=text, cost_usd=0.01)


def wants(name, arguments, number=0):
    return CompletionResult(
        provider="p", model="m", tool_calls=(ToolCall(id=f"c{number}", name=name, arguments=arguments),), cost_usd=0.01
    )


class FakeHands:
    def __init__(self, *answers):
        self.answers, self.asked, self.acted, self.steps = list(answers), [], [], []
        self.end = (TaskState.DONE, "Kitchen Light is on.")
        self.rule_refusals, self.spawned, self.spawn_ends, self.noted = [], [], [], []

    async def complete(self, asked):
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def answered(self, result):
        self.noted.append(result.text)

    async def act(self, calls, step):
        self.acted.append(calls)
        self.steps.append(step)
        return self.end

    async def make_rule(self, request, step):
        self.steps.append(step)
        if self.rule_refusals:
            return None, self.rule_refusals.pop(0)
        draft = RuleDraft(
            trigger=StateTrigger(entity_id="light.k", to="on"),
            actions=(ServiceCall(domain="light", service="turn_on", entity_id=("light.k",)),),
        )
        rule = Rule(rule_id="r", task=request, draft=draft, created_at=1, status="proposed")
        return RuleResult(rule=rule, text="Shall I?", cost_usd=0.05), "Shall I?"

    async def spawn(self, spec, step):
        self.steps.append(step)
        self.spawned.append(spec)
        result = self.spawn_ends.pop(0) if self.spawn_ends else "running"
        if result == "refused":
            return None, "`code` is no valid Python: invalid syntax in line 1"
        return SpawnResult(name=spec.name, status=result, approval_id="ab12" if result == "needs_approval" else "",
                           text=f"{spec.name} is {result}."), f"{spec.name} is {result}."  # fmt: skip

    async def delegate(self, agent, text, step):
        self.steps.append(step)
        return f"{agent} says {text}"

    async def look_up(self, query):
        return f"found {query}"


@pytest.fixture
async def memory(tmp_path):
    store = Store(tmp_path / "state.db")
    store.open()
    made = Memory(store)
    await made.open()
    yield made
    await store.close()


async def think(memory, hands, task_id="t"):
    return await Mind(memory, hands, HOUSE, task_id).think(
        "light please", question("light please", HOUSE, (), chat_id="")
    )


async def test_plain_answer(memory):
    answer = await think(memory, FakeHands(says("The sun is far.")))
    assert (answer.text, answer.source, answer.status, answer.cost_usd) == ("The sun is far.", "cloud", "done", 0.01)


async def test_call_is_made_and_its_verified_outcome_is_in_the_answer(memory):
    hands = FakeHands(wants("call_services", LIGHT_ON), says("There you go."))
    answer = await think(memory, hands)
    assert [call.entity_id for call in hands.acted[0]] == [("light.k",)]
    assert hands.steps == ["call-0-0"]
    assert hands.asked[1].messages[-1].content == "done: Kitchen Light is on."
    assert answer.text == "There you go.\nKitchen Light is on."
    assert answer.cost_usd == pytest.approx(0.02)


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.UNKNOWN, TaskState.EXPIRED])
async def test_model_cannot_claim_what_was_not_confirmed(memory, state):
    hands = FakeHands(wants("call_services", LIGHT_ON), says("I turned it on!"))
    hands.end = (state, "Kitchen Light did not react.")
    answer = await think(memory, hands)
    assert answer.text == "Kitchen Light did not react."
    assert answer.status == state.value


async def test_claim_without_any_call_is_corrected(memory):
    answer = await think(memory, FakeHands(says("I've turned on the light.")))
    assert "nothing was moved" in answer.text


async def test_wrong_entity_is_repaired_without_acting_on_it(memory):
    wrong = {"calls": [{"domain": "light", "service": "turn_on", "entity_id": ["light.kitchen"]}]}
    hands = FakeHands(wants("call_services", wrong), wants("call_services", LIGHT_ON), says("ok"))
    answer = await think(memory, hands)
    assert "no light.kitchen" in hands.asked[1].messages[-1].content
    assert hands.steps == ["call-1-0"]
    assert answer.status == "done"


async def test_at_most_four_rounds(memory):
    hands = FakeHands(*(wants("look_up_states", {"query": "lamp"}, n) for n in range(9)))
    answer = await think(memory, hands)
    assert len(hands.asked) == 4
    assert "after 4 rounds" in answer.text
    assert answer.status == "failed"


async def test_run_after_a_crash_takes_the_same_decisions_and_does_not_ask_again(memory):
    hands = FakeHands(wants("call_services", LIGHT_ON), TaskFailed("the process died here"))
    await think(memory, hands)
    other = FakeHands(says("done"))
    await think(memory, other)
    assert other.acted == hands.acted
    assert other.steps == hands.steps == ["call-0-0"]
    assert len(other.asked) == 1


async def test_proposed_rule_is_shown_whatever_the_model_says(memory):
    answer = await think(memory, FakeHands(wants("create_rule", {"request": "when a, b"}), says("I made it.")))
    assert answer.text == "I made it.\nShall I?"
    assert answer.cost_usd == pytest.approx(0.07)


async def test_bad_tool_arguments_are_errors_for_the_model_only(memory):
    hands = FakeHands(wants("create_rule", {}), wants("launch", {}), says("Sorry."))
    answer = await think(memory, hands)
    assert "must be a sentence" in hands.asked[1].messages[-1].content
    assert "no tool launch" in hands.asked[2].messages[-1].content
    assert answer.text == "Sorry."


async def test_without_a_model_the_answer_is_local_and_honest(memory):
    offline = CompletionResult(provider="offline", model="", text="No model is configured.", available=False)
    answer = await think(memory, FakeHands(offline))
    assert (answer.source, answer.status, answer.cost_usd) == ("local", "failed", None)
    assert answer.text.startswith("I did not understand 'light please'.")
    assert "No model is configured." in answer.text


async def test_failing_model_is_a_clear_sentence(memory):
    answer = await think(memory, FakeHands(TaskFailed("The budget is used up.")))
    assert answer.source == "local"
    assert "The budget is used up. Nothing was done." in answer.text


async def test_model_that_fails_after_acting_does_not_hide_what_was_done(memory):
    answer = await think(memory, FakeHands(wants("call_services", LIGHT_ON), TaskFailed("overloaded")))
    assert answer.text.startswith("Kitchen Light is on. The model could not finish")
    assert answer.status == "done"


async def test_a_refused_rule_is_never_passed_over_in_silence(memory):
    hands = FakeHands(wants("create_rule", {"request": "when a, unlock"}), says("The rule is made."))
    hands.rule_refusals = ["I did not make that rule."]
    answer = await think(memory, hands)
    assert (answer.text, answer.status) == ("I did not make that rule.", "failed")


async def test_a_rule_that_is_made_at_the_second_try_is_made(memory):
    asked = (wants("create_rule", {"request": "when a, b"}), wants("create_rule", {"request": "when c, b"}, 1))
    hands = FakeHands(*asked, says("Shall I?"))
    hands.rule_refusals = ["I could not make a rule of that."]
    answer = await think(memory, hands)
    assert (answer.text, answer.status) == ("Shall I?", "done")


# -- agents -------------------------------------------------------------------------------------------------------

TIDE = {"name": "tide", "description": "Tides", "code": "x = 1"}
BLOCK = '<spawn>{"name": "tide", "description": "Tides", "code": "x = 1"}</spawn>'


async def test_a_block_spawns_and_is_not_shown(memory):
    hands = FakeHands(says(f"I make it.\n{BLOCK}\nIt counts."))
    answer = await think(memory, hands)
    assert answer.text == "I make it.\n\nIt counts.\ntide is running."
    assert answer.status == "done"
    assert hands.steps == ["block-0-0"]
    assert (hands.spawned[0].name, hands.spawned[0].proposed_by) == ("tide", "main")


async def test_a_refused_spawn_is_mended(memory):
    hands = FakeHands(wants("spawn_agent", {"name": "tide"}), wants("spawn_agent", TIDE, 1), says("There."))
    hands.spawn_ends = ["refused", "running"]
    answer = await think(memory, hands)
    assert "no valid Python" in hands.asked[2].messages[-1].content
    assert "'code' is missing" in hands.asked[1].messages[-1].content
    assert (answer.status, "no valid Python" in answer.text) == ("failed", True)
    mended = FakeHands(wants("spawn_agent", TIDE), wants("spawn_agent", TIDE), says("There."))
    mended.spawn_ends = ["refused", "running"]
    answer = await think(memory, mended, "u")
    assert (answer.status, answer.text) == ("done", "There.\ntide is running.")


async def test_a_refused_block_is_mended_too(memory):
    hands = FakeHands(says(f"First. {BLOCK}"), says("<spawn>{"), says(f"Again. {BLOCK}"))
    hands.spawn_ends = ["refused", "running"]
    answer = await think(memory, hands)
    assert "no valid Python" in hands.asked[1].messages[-1].content
    assert hands.asked[1].messages[-1].role == "user"
    assert "no end" in hands.asked[2].messages[-1].content
    assert (answer.text, answer.status) == ("Again.\ntide is running.", "done")
    assert hands.steps == ["block-0-0", "block-2-0"]


async def test_one_approval_can_be_meant_by_a_plain_yes_and_several_cannot(memory):
    hands = FakeHands(wants("spawn_agent", TIDE), says("I asked."))
    hands.spawn_ends = ["needs_approval"]
    answer = await think(memory, hands)
    assert (answer.approval_id, "/approve ab12" in answer.text) == ("ab12", True)
    both = FakeHands(wants("spawn_agent", TIDE), wants("create_rule", {"request": "when x, y"}), says("I asked."))
    both.spawn_ends = ["needs_approval"]
    assert (await think(memory, both, "u")).approval_id == ""


async def test_deleting_is_left_to_the_person(memory):
    answer = await think(memory, FakeHands(says("Gone. <delete>tide</delete>")))
    assert answer.text == "Gone. (To delete an agent, type /delete tide; nothing was deleted.)"


async def test_delegates_are_replaced_in_place(memory):
    text = 'It is <delegate>{"agent": "tide", "task": "when?"}</delegate>, and <delegate>{"agent": "a"}</delegate>'
    answer = await think(memory, FakeHands(says(text)))
    assert answer.text == "It is tide says when?, and (Nobody was asked: agent and task must be given.)"


async def test_blocks_are_the_same_steps_in_a_second_run(memory):
    first = FakeHands(says(BLOCK))
    await think(memory, first)
    second = FakeHands()
    answer = await think(memory, second)
    assert second.steps == first.steps == ["block-0-0"]
    assert answer.text == "tide is running."
    assert second.asked == []
