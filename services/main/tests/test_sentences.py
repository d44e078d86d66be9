from wactorz_common.contracts.automations import AutomationResult
from wactorz_common.contracts.home import StateReport
from wactorz_common.contracts.policy import WhyReport
from wactorz_common.contracts.rules import RuleResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_understanding.meaning import Adjust, Calls, NotUnderstood, RuleMeaning, UnknownName, Why

from .turn_doubles import CALL, DRAFT, LIGHT, make_rule, say


async def test_each_sentence_is_read_in_the_context_of_its_conversation(agent):
    agent.meaning, agent.context = Calls(calls=(CALL,), summary="s"), {"last": 1}
    await say(agent, "turn on the light", "t1")
    await say(agent, "and again", "t2")
    await say(agent, "and again", "t2")
    await say(agent, "hello", "t3", conversation="other")
    assert [context for _, context, _ in agent.reads] == [{}, {"last": 1}, {"last": 1}, {}]


async def test_the_answer_is_in_the_language_of_the_sentence(agent):
    agent.meaning, agent.says = UnknownName(text="t", name="Lamppe"), "de"
    assert (await say(agent, "mach die Lamppe an")).text == (
        "Ich kenne im Haus nichts, das 'Lamppe' heißt; es wurde nichts getan."
    )


async def test_a_language_that_was_set_stays(agent):
    agent.meaning = UnknownName(text="t", name="x")
    assert "Deutsch" in (await say(agent, "/language de")).text
    assert (await say(agent, "x an", "t2")).text.startswith("Ich kenne")
    assert agent.reads[-1][2] == "de"
    assert "Sprache dieses Gesprächs: de" in (await say(agent, "/language", "t3")).text
    assert (await say(agent, "/language tlh", "t4")).status == "failed"
    assert "jedes Satzes" in (await say(agent, "/language auto", "t5")).text


async def test_a_rule_may_be_wanted_in_home_assistant(agent):
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    agent.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Rule made."), None)
    agent.ends["create_automation"] = (TaskState.DONE, AutomationResult(status="done", text="In Home Assistant."), None)
    assert (await say(agent, "when x, y")).text == "Rule made.\n/undo takes it back."
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s", in_home_assistant=True)
    assert (await say(agent, "when x, y, in home assistant", "t2")).text == "In Home Assistant."
    assert agent.submitted[-1][1].draft == DRAFT


async def test_a_relative_change_goes_by_the_states_of_the_moment(agent):
    agent.meaning = Adjust(entity_ids=("light.k",), quantity="brightness", delta=20, summary="brighten Kitchen Light")
    lit = LIGHT.model_copy(update={"state": "on", "attributes": {"brightness": 102}})
    agent.answers["get_states"] = StateReport(states=(lit,))
    assert (await say(agent, "a bit brighter")).text == "Kitchen Light is on."
    call = agent.submitted[0][1].calls[0]
    assert (call.service, call.data) == ("turn_on", {"brightness_pct": 60})
    agent.answers["get_states"] = StateReport(states=(LIGHT.model_copy(update={"state": "unavailable"}),))
    answer = await say(agent, "a bit brighter", "t2")
    assert (answer.status, len(agent.submitted)) == ("failed", 1)


async def test_a_question_for_the_reason_and_words_that_are_said_as_they_are(agent):
    agent.answers["why"] = WhyReport(entity_id="light.k", text="Ann said so.")
    agent.meaning = Why(entity_id="light.k")
    assert (await say(agent, "why is the light on?")).text == "Ann said so."
    agent.meaning = NotUnderstood(reason="negated", text="Then I leave it.")
    assert (await say(agent, "do not turn it on", "t2")).text == "Then I leave it."
