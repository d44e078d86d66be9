import json

import pytest

from wactorz_sandbox import answers

WHOLE = {"ops": [[1, "llm", "{}"]], "drop": [[4]], "done": [["1", "ok", "2"]], "next": 0.5, "open": 1}


def test_an_honest_answer_is_taken_over():
    answer = answers.parse(json.dumps(WHOLE), 10)
    assert (answer.ops, answer.drop, answer.done, answer.wait) == ([(1, "llm", "{}")], [4], [("1", "ok", "2")], 0.5)


@pytest.mark.parametrize(
    "forged",
    [
        "[]", "1", '{"ops": []}', '{"next": "soon"}', '{"next": NaN}', '{"next": Infinity}',
        '{"next": null, "ops": {}}', '{"next": null, "ops": [[1, "llm"]]}', '{"next": null, "ops": [["1", "llm", ""]]}',
        '{"next": null, "drop": [1]}', '{"next": null, "drop": 7}', '{"next": null, "done": [[1, "ok", "2"]]}',
        '{"next": null, "drop": [[1],[2],[3],[4],[5],[6],[7],[8],[9],[10],[11]]}',
    ],
)  # fmt: skip
def test_a_forged_answer_is_refused(forged):
    with pytest.raises((ValueError, TypeError)):
        answers.parse(forged, 10)


def test_a_timer_is_neither_in_the_past_nor_for_ever():
    assert answers.parse('{"next": -5}', 10).wait == 0
    assert answers.parse('{"next": 1e300}', 10).wait == 10_000_000
