"""Every change to the chain shows."""

import json
from typing import Any

import pytest

from wactorz_home_assistant_actuator.chain import Chain, is_sealed, sealed

Lines = list[tuple[int, str]]


def make_lines(count: int = 5) -> tuple[Lines, tuple[int, str]]:
    lines: Lines = []
    previous = ""
    for number in range(1, count + 1):
        line = sealed({"kind": "actuation", "detail": {"text": f"Tür {number}"}}, number, previous)
        lines.append((number, json.dumps(line)))
        previous = line["hash"]
    return lines, (count, previous)


def first_broken(lines: Lines, head: tuple[int, str]) -> int | None:
    chain = Chain()
    chain.add(lines)
    chain.end(head)
    return chain.first_broken


def changed(text: str, **fields: Any) -> str:
    return json.dumps({**json.loads(text), **fields})


def test_what_was_written_is_intact():
    assert first_broken(*make_lines()) is None
    assert first_broken([], (0, "")) is None


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_changed_line_shows(number: int):
    lines, head = make_lines()
    lines[number - 1] = (number, changed(lines[number - 1][1], detail={"text": "nothing happened"}))
    assert first_broken(lines, head) == number


def test_a_line_with_a_hash_made_anew_breaks_the_next():
    lines, head = make_lines()
    forged = sealed({"kind": "actuation", "detail": {}}, 2, json.loads(lines[1][1])["previous"])
    lines[1] = (2, json.dumps(forged))
    assert first_broken(lines, head) == 3


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_line_taken_out_shows(number: int):
    lines, head = make_lines()
    del lines[number - 1]
    assert first_broken(lines, head) == number


def test_the_newest_lines_taken_out_show_by_the_head():
    lines, head = make_lines()
    assert first_broken(lines[:3], head) == 4
    assert first_broken([], head) == 1


def test_a_line_put_in_or_moved_shows():
    lines, head = make_lines()
    swapped = [lines[0], (2, lines[2][1]), (3, lines[1][1]), *lines[3:]]
    assert first_broken(swapped, head) == 2
    assert first_broken([*lines, (6, lines[4][1])], head) == 6


def test_what_is_no_json_shows():
    lines, head = make_lines()
    lines[2] = (3, "{")
    assert first_broken(lines, head) == 3


def test_a_trimmed_chain_needs_the_line_that_says_so():
    lines, (number, previous) = make_lines()
    through, gone = 2, json.loads(lines[1][1])["hash"]
    trim = sealed({"kind": "trim", "detail": {"through": through, "hash": gone}}, number + 1, previous)
    assert first_broken([*lines[2:], (6, json.dumps(trim))], (6, trim["hash"])) is None
    assert first_broken(lines[2:], (number, previous)) == 1
    assert first_broken([*lines[3:], (6, json.dumps(trim))], (6, trim["hash"])) == 1


def test_sealed_lines_know_themselves():
    line = sealed({"b": 1, "a": "ü"}, 1, "")
    assert is_sealed(line)
    assert is_sealed(json.loads(json.dumps(line, sort_keys=True)))
    assert not is_sealed({**line, "a": "u"})
