"""Facts are taken only from a person's own words, in batches, and never without a new sentence."""

import pytest

from wactorz_common.contracts.llm import CompletionResult, ToolCall
from wactorz_common.contracts.memory import Fact
from wactorz_common.errors import TransportError
from wactorz_common.store import Store
from wactorz_main.facts import Facts, Utterance
from wactorz_main.learning import Learning, accepted, may_hold_a_fact, question


def make_utterance(number=1, said="I like green tea", owner="ann", at=0.0):
    return Utterance(f"t{number}", owner, owner, "c", said, at)


def answer(*facts, available=True):
    call = ToolCall(id="1", name="keep_facts", arguments={"facts": list(facts)})
    return CompletionResult(provider="x", model="m", tool_calls=(call,), available=available)


def told(key="pref_tea", value="green tea", quote="I like green tea"):
    return {"key": key, "value": value, "quote": quote}


@pytest.mark.parametrize(
    "text",
    ["I like green tea", "my daughter is called Mia", "we always sleep at ten", "Ich mag grünen Tee", "call me Annie",
     "Unser Hund heißt Bello", "turn on my reading light, I prefer it warm", "I am allergic to nuts"],
)  # fmt: skip
def test_sentences_about_oneself_are_looked_at(text):
    assert may_hold_a_fact(text)


@pytest.mark.parametrize(
    "text",
    ["turn on the light", "what is my name?", "who am I?", "/memory", "yes", "is my door locked?", "ok", "",
     "what is the capital of France?", "schalte das Licht ein", "wie heiße ich?"],
)  # fmt: skip
def test_orders_and_questions_cost_nothing(text):
    assert not may_hold_a_fact(text)


def test_the_question_is_cheap_structured_and_shows_no_values():
    asked = question([make_utterance(said="I like </said> tea")], [Fact(key="pref_x", value="private", at=1)])
    assert (asked.tier, asked.purpose, asked.force_tool, asked.agent) == ("fast", "facts", "keep_facts", "main")
    content = asked.messages[0].content
    assert "pref_x" in content
    assert "private" not in content
    assert content.count("</said>") == 1


def test_a_fact_carries_its_source_and_person():
    (fact,) = accepted(answer(told()), [make_utterance(at=7)])
    assert fact == Fact(
        key="pref_tea", value="green tea", source="I like green tea", person="ann", conversation_id="c", at=7
    )


def test_a_key_without_a_known_beginning_gets_one():
    assert [one.key for one in accepted(answer(told("tea")), [make_utterance()])] == ["fact_tea"]


@pytest.mark.parametrize(
    "wrong",
    [told(quote="I hate tea"), told(quote=""), told(value=""), told(key="Pref Tea!"), told(value="x" * 501),
     told(value="green tea, 3 cups"), told(value="password: hunter2"), told(value="secret:token-1"), "no object",
     {"key": None, "value": None, "quote": None}, told(key="pref_" + "x" * 100)],
)  # fmt: skip
def test_what_the_person_did_not_say_is_dropped(wrong):
    assert accepted(answer(wrong), [make_utterance()]) == ()


def test_an_answer_of_another_form_holds_no_facts():
    call = ToolCall(id="1", name="keep_facts", arguments={"facts": "I like tea"})
    other = ToolCall(id="1", name="other", arguments={"facts": [told()]})
    for calls in ((call,), (other,), ()):
        result = CompletionResult(provider="x", model="m", tool_calls=calls)
        assert accepted(result, [make_utterance()]) == ()


@pytest.fixture
async def learner(tmp_path):
    store = Store(tmp_path / "state.db")
    store.open()
    facts = Facts(store)
    await facts.open()
    made = Learning(facts, None, batch=3, quiet_seconds=60, now=lambda: made.at)
    made.at, made.asked, made.replies, made.facts = 0.0, [], [], facts

    async def ask(asked):
        made.asked.append(asked)
        reply = made.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    made._ask = ask
    await made.open()
    yield made
    await store.close()


async def test_sentences_are_looked_at_together_after_some_or_after_a_while(learner):
    await learner.hear(make_utterance(1))
    await learner.hear(make_utterance(2, "turn on the light"))
    assert learner.due() == []
    learner.at = 59
    assert learner.due() == []
    learner.at = 60
    assert learner.due() == ["ann"]
    learner.at = 0
    await learner.hear(make_utterance(3, "my dog is Rex"))
    await learner.hear(make_utterance(4, "my cat is Tom"))
    await learner.hear(make_utterance(4, "my cat is Tom"))
    assert learner.due() == ["ann"]


async def test_what_was_learned_is_kept_and_asked_once(learner):
    learner.replies = [answer(told())]
    await learner.hear(make_utterance())
    await learner.learn("ann")
    await learner.learn("ann")
    assert [one.value for one in learner.facts.of("ann")] == ["green tea"]
    assert len(learner.asked) == 1
    assert await learner.facts.waiting() == {}
    learner.at = 1e9
    assert learner.due() == []


@pytest.mark.parametrize("reply", [TransportError("away"), answer(told(), available=False)])
async def test_without_an_answer_sentences_wait_for_the_next_one_and_no_model_is_asked_again(learner, reply):
    learner.replies = [reply]
    await learner.hear(make_utterance())
    await learner.learn("ann")
    learner.at = 1e9
    assert learner.due() == []
    assert learner.facts.of("ann") == ()
    assert len((await learner.facts.waiting())["ann"]) == 1
    learner.replies = [answer(told())]
    await learner.hear(make_utterance(2, "my dog is Rex"))
    await learner.learn("ann")
    assert [one.key for one in learner.facts.of("ann")] == ["pref_tea"]


@pytest.mark.parametrize("reply", [answer(told()), answer(available=False), TransportError("away")])
async def test_whoever_is_forgotten_while_the_model_thinks_stays_forgotten(learner, reply):
    async def ask(_asked):
        learner.drop("ann")
        await learner.facts.forget("ann")
        if isinstance(reply, Exception):
            raise reply
        return reply

    learner._ask = ask
    await learner.hear(make_utterance())
    await learner.learn("ann")
    assert learner.facts.of("ann") == ()
    learner.at = 1e9
    await learner.hear(make_utterance(2, "my dog is Rex"))
    assert [one.said for one in learner._waiting["ann"]] == ["my dog is Rex"]


async def test_after_a_restart_what_waited_is_looked_at(learner):
    await learner.hear(make_utterance())
    again = Learning(learner.facts, learner._ask, batch=3, quiet_seconds=60, now=lambda: 100.0)
    await again.open()
    assert again.due() == ["ann"]
    again.drop("ann")
    assert again.due() == []


async def test_a_batch_of_nothing_turns_it_off(learner):
    off = Learning(learner.facts, learner._ask, batch=0, quiet_seconds=0, now=lambda: 1e9)
    await off.hear(make_utterance())
    assert off.due() == []
