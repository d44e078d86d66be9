import json
import random

import pytest

from wactorz_main.blocks import parse_object, read, shown

CODE = "async def setup(agent):\n    await agent.log(\"a\\tb, {x}: 'y'\")\n    if 1 < 2:\n        pass\n"


def test_strict_json():
    [block] = read(f"Here: <spawn>{json.dumps({'name': 'a', 'code': CODE})}</spawn> Done.")
    assert (block.kind, block.problem, block.body) == ("spawn", "", {"name": "a", "code": CODE})


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "a", "code": `' + CODE + '`, "poll_interval": 5}',
        '{"name": "a", "code": ```python\n' + CODE + '```, "poll_interval": 5}',
        '{"name": "a", "poll_interval": 5, "code": "' + CODE + '"}',
        '{"name": "a", "code": "' + CODE + '", "poll_interval": 5}',
        '{"name": "a", "code": "' + CODE.replace('"', '\\"') + '", "poll_interval": 5}',
        "```json\n" + json.dumps({"name": "a", "code": CODE, "poll_interval": 5}) + "\n```",
    ],
)
def test_code_is_read_however_it_is_quoted(text):
    body, problem = parse_object(text)
    assert problem == ""
    assert (body["name"], body["poll_interval"]) == ("a", 5)
    assert compile(body["code"], "code", "exec")
    assert body["code"].strip() == CODE.strip() or body["code"].replace("\t", "\\t").strip() == CODE.strip()


def test_escapes_in_code_on_one_line_are_line_breaks():
    body, problem = parse_object('{"name": "a", "code": "x = "1"\\ny = 2", "description": "d"}')
    assert (body, problem) == ({"name": "a", "code": 'x = "1"\ny = 2', "description": "d"}, "")


@pytest.mark.parametrize("text", ["", "hello", "[1]", '{"name": ', '{"code": "x', "null", "{" * 5_000])
def test_what_cannot_be_read_is_a_problem(text):
    body, problem = parse_object(text)
    assert body == {}
    assert problem


@pytest.mark.parametrize(
    ("text", "kind", "body"),
    [
        ('<delete>{"name": "a"}</delete>', "delete", {"name": "a"}),
        ("<delete> tide </delete>", "delete", {"name": "tide"}),
        ('<delegate>{"agent": "a", "task": "sum"}</delegate>', "delegate", {"agent": "a", "task": "sum"}),
        ('<SPAWN>{"name": "a"}</SPAWN>', "spawn", {"name": "a"}),
    ],
)
def test_kinds_of_blocks(text, kind, body):
    assert [(block.kind, block.body, block.problem) for block in read(text)] == [(kind, body, "")]


def test_a_block_without_an_end_is_not_done_and_not_shown():
    text = 'I make it. <spawn>{"name": "a", "code": "x = 1'
    [block] = read(text)
    assert "no end" in block.problem
    assert block.body == {}
    assert shown(text, [block], [""]) == "I make it."


def test_blocks_are_replaced_in_place():
    text = 'One <delegate>{"agent": "a", "task": "t"}</delegate> two\n\n\n\n<spawn>{}</spawn> three </spawn>'
    assert shown(text, read(text), ["(42)", ""]) == "One (42) two\n\n three"


def test_plain_text_has_no_blocks():
    assert read("5 < 6 and <b>bold</b>") == []


def test_more_blocks_than_are_done_are_still_not_shown():
    text = "".join(f'<spawn>{{"name": "a{number}"}}</spawn>' for number in range(20)) + "end"
    found = read(text)
    assert len(found) == 8
    assert shown(text, found, [""] * 8) == "end"


def test_a_thousand_broken_blocks_never_raise():
    chance = random.Random(3)
    whole = json.dumps({"name": "a", "code": CODE, "grants": {"http": ["x"]}})
    for _ in range(1_000):
        cut = list(whole)
        for _ in range(chance.randrange(1, 6)):
            cut[chance.randrange(len(cut))] = chance.choice(['"', "`", "\\", "{", "}", "\n", ",", "", "<"])
        text = f"a <spawn>{''.join(cut)}</spawn> b"
        found = read(text)
        assert "spawn>" not in shown(text, found, [""] * len(found))
