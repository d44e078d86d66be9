from wactorz_common.contracts.rules import RuleResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_understanding.meaning import Calls, RuleMeaning, UnknownName

from .turn_doubles import CALL, DRAFT, make_rule, say


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
    assert "each sentence" in (await say(agent, "/language auto", "t5")).text


async def test_a_rule_may_be_wanted_in_home_assistant(agent):
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    agent.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Rule made."), None)
    assert (await say(agent, "when x, y")).text == "Rule made."
