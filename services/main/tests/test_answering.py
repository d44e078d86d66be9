import pytest

from wactorz_common.contracts.llm import CompletionResult
from wactorz_main.summaries import Summaries

from .planted import CHATTER, PLANTED
from .turn_doubles import PLACE, say


class Talk:
    """A long conversation with a model that answers little and whose summaries tell nothing."""

    def __init__(self, agent):
        self.agent, self.count = agent, 0
        agent.answers["complete"] = CompletionResult(provider="p", model="m", text="Noted.", cost_usd=0.0)
        self.summaries = Summaries(agent.history, self._sum_up)
        self.summed_up = 0

    async def _sum_up(self, _question):
        self.summed_up += 1
        return CompletionResult(provider="p", model="m", text="They talked about this and that.")

    async def say(self, text):
        """Say something; what the model was sent."""
        self.count += 1
        task_id, before = f"turn-{self.count}", len(self.agent.asked)
        answer = await say(self.agent, text, task_id)
        assert answer.text == "Noted."
        await self.agent.history.remember(task_id, PLACE, text, answer.text, float(self.count))
        await self.summaries.after_exchange(PLACE, "c")
        (asked,) = [request for action, request in self.agent.asked[before:] if action == "complete"]
        return asked


def sent(question):
    return "\n".join([question.system, *(message.content for message in question.messages)])


async def test_forty_facts_in_three_hundred_turns_are_all_in_the_prompt_that_asks_for_them(agent):
    talk = Talk(agent)
    said = [fact for fact, *_ in PLANTED]
    words = [word for *_, word in PLANTED]
    for number in range(260):
        if number % 6 == 0 and said:
            await talk.say(said.pop(0))
        await talk.say(CHATTER[number % 2].format(word=words[number % len(words)], n=number))
    for fact in said:
        await talk.say(fact)
    assert talk.count == 300
    asked = [(question, needed, await talk.say(question)) for _, question, needed, _ in PLANTED]
    missing = [question for question, needed, prompt in asked if needed not in sent(prompt)]
    assert not missing, missing
    assert talk.summed_up > 30
    assert max(len(sent(prompt)) for *_, prompt in asked) < 24_000


async def test_what_a_person_said_elsewhere_is_in_nobody_s_prompt(agent):
    talk = Talk(agent)
    for conversation, person, fact in (("c", "bob", "The safe code is 9911"), ("d", "ann", "The safe code is 8822")):
        task_id = f"{person}-{conversation}"
        await say(agent, fact, task_id, conversation, person)
        place = f"{person}\n{conversation}"
        await agent.history.remember(task_id, place, fact, "Noted.", 1.0)
        await agent.history.add_summary(place, 1, 99, fact, 1.0)
    prompt = sent(await talk.say("what is the safe code?"))
    assert not any(code in prompt for code in ("9911", "8822"))


async def test_a_message_without_a_session_has_no_history(agent):
    Talk(agent)
    await agent.history.remember("t0", "ann\nuser", "The safe code is 9911", "Noted.", 1.0)
    await say(agent, "what is the safe code?", "t1", conversation="")
    assert "9911" not in sent(agent.asked[-1][1])


@pytest.mark.parametrize("sender", ["", "io-agent", "planner"])
async def test_every_question_says_for_whom_and_for_what_it_is(agent, sender):
    Talk(agent)
    errand_sender = ("planner",) if sender == "planner" else ()
    await say(agent, "what is the capital of France?", sender=sender)
    for question in (agent.classified[-1], agent.asked[-1][1]):
        assert (question.agent, question.conversation_id, question.on_behalf_of) == ("main", "c", errand_sender)
    assert [question.purpose for question in (agent.classified[-1], agent.asked[-1][1])] == ["intent", "chat"]
