import pytest

from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.contracts.nodes import ModelRequest
from wactorz_common.errors import ContractError
from wactorz_llm.bridge import MOST_A_MINUTE, MOST_AT_ONCE, MOST_NODES, Turnstile, answer_of, may_answer, question_of

SAID = ({"role": "user", "content": "hello"},)


def make(**fields):
    return ModelRequest.accept(
        {"messages": SAID, "_reply_topic": "nodes/attic/reply/0a1b2c3d", "agent": "owl", "node": "attic", **fields}
    )


def test_only_reply_topics_of_the_node_itself_are_answered():
    assert may_answer(make())
    for topic in (
        "nodes/cellar/reply/0a1b2c3d", "nodes/attic/spawn", "nodes/attic/reply/", "nodes/attic/reply/a/b", "io/chat",
        "nodes/attic/reply/+", "nodes/attic/reply/#", "", "nodes/attic/reply/../spawn",
    ):  # fmt: skip
        assert not may_answer(make(_reply_topic=topic)), topic
    assert not may_answer(make(node="a/b", _reply_topic="nodes/a/b/reply/1"))


def test_a_question_is_booked_on_the_agent_and_its_node():
    question = question_of(make(system="Be brief", messages=[*SAID, {"role": "assistant", "content": "hi"},
                                                             {"role": "system", "content": "x"}, {"role": "user"}]))  # fmt: skip
    assert [(message.role, message.content) for message in question.messages] == [
        ("user", "hello"),
        ("assistant", "hi"),
    ]
    assert (question.agent, question.purpose, question.system, question.stream_to) == (
        "owl@attic",
        "edge",
        "Be brief",
        "",
    )
    with pytest.raises(ContractError, match="asked nothing"):
        question_of(make(messages=[]))


def test_an_answer_is_text_and_usage_or_an_error():
    told = answer_of(
        CompletionResult(text="hi", provider="p", model="m", input_tokens=3, output_tokens=1, cost_usd=0.5)
    )
    assert told == {"text": "hi", "usage": {"input_tokens": 3, "output_tokens": 1, "cost_usd": 0.5}}
    assert answer_of(CompletionResult(text="none", provider="offline", model="", available=False)) == {"error": "none"}


def test_each_node_may_ask_so_often_a_minute_and_so_much_at_once():
    now = [0.0]
    turnstile = Turnstile(lambda: now[0])
    assert [turnstile.enter("attic") for _ in range(MOST_AT_ONCE)] == [""] * MOST_AT_ONCE
    assert "waits for 10 answers" in turnstile.enter("attic")
    assert turnstile.enter("cellar") == ""
    for _ in range(MOST_AT_ONCE):
        turnstile.leave("attic")
    for _ in range(MOST_A_MINUTE - MOST_AT_ONCE):
        assert turnstile.enter("attic") == ""
        turnstile.leave("attic")
    assert "60 times within a minute" in turnstile.enter("attic")
    now[0] = 60.0
    assert turnstile.enter("attic") == ""


def test_names_of_nodes_do_not_pile_up():
    turnstile = Turnstile()
    for number in range(2 * MOST_NODES):
        turnstile.enter(f"n{number}")
        turnstile.leave(f"n{number}")
    assert len(turnstile._asked) == MOST_NODES
