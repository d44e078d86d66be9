"""What agents ask people to choose, whatever they send."""

import pytest

from wactorz_common.contracts.chat import OpenQuestions
from wactorz_common.errors import Refused
from wactorz_gateway.questions import MOST_AGENTS, Questions, choice_of


def told(**question):
    return OpenQuestions(agent="a", questions=({"id": "q", "options": ["x", "y"], **question},))


def test_the_newest_word_of_an_agent_counts_and_who_is_gone_asks_nothing():
    kept = Questions()
    kept.take("a", "a", told(content="old"))
    kept.take("a", "a", told(content="new"))
    assert [one.content for one in kept.listed()] == ["new"]
    kept.forget("a")
    assert kept.listed() == []


def test_strange_questions_are_cut_or_passed_over():
    kept = Questions()
    kept.take("a", "a", told(options="no list"))
    assert kept.listed() == []
    kept.take("a", "a", told(content="x" * 9_000, options=[{"deep": 1}] * 99))
    assert (len(kept.listed()[0].content), len(kept.listed()[0].options)) == (500, 20)
    for number in range(MOST_AGENTS + 9):
        kept.take(str(number), "n", told())
    assert len(kept.listed()) <= MOST_AGENTS


def test_a_choice_is_one_of_those_offered():
    kept = Questions()
    kept.take("a", "a", told())
    question = kept.find("a", "q")
    assert choice_of(question, "y", None, "", "ann", 1.0).index == 1
    assert choice_of(question, None, 0, "", "ann", 1.0).option == "x"
    for option, index in (("z", None), (None, 2), (None, None), ("x", 1)):
        with pytest.raises(Refused, match="not offered; there are: x, y"):
            choice_of(question, option, index, "", "ann", 1.0)
