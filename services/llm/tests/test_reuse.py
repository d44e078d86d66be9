import pytest

from wactorz_common.contracts.llm import Completion, CompletionResult, ModelMessage, Tool
from wactorz_llm.reuse import Answers, Given, again, key_of


def make_request(text="Is it an order?", **fields):
    return Completion(messages=(ModelMessage(role="user", content=text),), **fields)


def make_result(text="ACTUATE", **fields):
    return CompletionResult(text=text, provider="anthropic", model="m", input_tokens=9, cost_usd=0.1, **fields)


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def given(now):
    return Given(Answers(seconds=60, capacity=2), lambda: now[0])


def test_an_answer_is_given_again_while_it_is_fresh(given, now):
    given.keep("a", make_result())
    now[0] += 59
    assert given.find("a") == make_result()
    now[0] += 1
    assert given.find("a") is None
    assert given.find("b") is None


def test_the_oldest_answer_gives_way(given):
    for key in "abc":
        given.keep(key, make_result(key))
    assert [given.find(key) is not None for key in "abc"] == [False, True, True]


@pytest.mark.parametrize(
    "fields", [{"available": False}, {"notice": "A cheaper model answered."}, {"stop_reason": "max_tokens"}]
)
def test_what_the_next_answer_would_do_better_is_not_kept(given, fields):
    given.keep("a", make_result(**fields))
    assert given.find("a") is None


def test_nothing_is_kept_where_there_is_no_room(now):
    given = Given(Answers(capacity=0), lambda: now[0])
    given.keep("a", make_result())
    assert given.find("a") is None


TOOL = Tool(name="act", description="Act", parameters={})


@pytest.mark.parametrize(
    "other",
    [
        make_request("Is it a question?"),
        make_request(system="Answer in German."),
        make_request(tools=(TOOL,)),
        make_request(tools=(TOOL,), force_tool="act"),
        make_request(max_tokens=1),
        make_request(tier="fast"),
    ],
)
def test_another_question_has_another_key(other):
    assert key_of(other, "anthropic:m") != key_of(make_request(), "anthropic:m")


def test_the_same_question_has_the_same_key_whoever_asks():
    asked = make_request(agent="main", conversation_id="c1", stream_to="s1", purpose="intent", reuse=True)
    assert key_of(asked, "anthropic:m") == key_of(make_request(), "anthropic:m")
    assert key_of(asked, "anthropic:m") != key_of(make_request(), "openai:m")


def test_an_answer_given_again_is_free():
    result = again(make_result())
    assert (result.text, result.reused, result.input_tokens, result.cost_usd) == ("ACTUATE", True, 0, 0)
