import json

import pytest

from wactorz_sandbox import answers
from wactorz_sandbox.errors import GuestError

WHOLE = {"ops": [[1, "llm", "{}"]], "drop": [[4]], "done": [["1", "ok", "2"]], "next": 0.5, "open": 1}


def test_an_honest_answer_is_taken_over():
    answer = answers.parse(json.dumps(WHOLE), 10)
    assert (answer.ops, answer.drop, answer.wait) == ([(1, "llm", "{}")], [4], 0.5)
    assert answer.done == [("1", 2)]


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


def test_what_a_call_gave_is_read_and_has_no_numbers_that_json_lacks():
    done = [["1", "ok", '{"a": [1e999, NaN, 1.5]}'], ["2", "err", '{"error": "why", "traceback": "where"}']]
    ends = dict(answers.parse(json.dumps({"next": None, "done": done}), 10).done)
    assert ends["1"] == {"a": [None, None, 1.5]}
    assert isinstance(ends["2"], GuestError)
    assert (str(ends["2"]), ends["2"].traceback) == ("why", "where")


@pytest.mark.parametrize("value", ["{", "[" * 100_000, "9" * 5_000, '"\\ud800"', "x" * 101])
def test_what_cannot_be_read_is_the_error_of_that_call(value):
    ends = answers.parse(
        json.dumps({"next": None, "done": [["1", "ok", value], ["2", "ok", "2"]]}), 10, longest=100_000
    ).done
    if value.startswith('"'):
        assert ends == [("1", "?"), ("2", 2)]
    else:
        assert isinstance(ends[0][1], GuestError)
        assert ends[1] == ("2", 2)


@pytest.mark.parametrize(
    "text",
    [
        '{"next": null, "x": [' + "[]," * 100_000 + "1]}", '{"next": null, "x": [' + '"",' * 100_000 + "1]}",
        '{"next": null, "x": ' + "[" * 100_000 + "]" * 100_000 + "}", '{"next": null, "x": ' + " " * 300_000 + "1}",
        '{"next": null, ' + ",".join(f'"{n}": 1' for n in range(100_000)) + "}",
    ],
    ids=["lists", "texts", "deep", "blank", "keys"],
)  # fmt: skip
def test_an_answer_of_many_parts_is_refused_before_it_is_read(text, monkeypatch):
    monkeypatch.setattr(answers.json, "loads", lambda *_args, **_options: pytest.fail("it was read"))
    with pytest.raises(ValueError, match="parts"):
        answers.parse(text, 2_000)


def test_long_texts_are_no_parts():
    whole = {"next": 1, "ops": [[n, "send_to", '[],\\"{}' * 1_000] for n in range(200)], "done": [["1", "ok", "3"]]}
    assert len(answers.parse(json.dumps(whole), 2_000).ops) == 200
