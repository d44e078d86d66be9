import pytest

from wactorz_planner.yaml_text import LONGEST, Part, YamlProblem, documents, write


def read(text):
    (found,) = documents(text)
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("no", "no"), ("22:00", "22:00"), ("2026-01-01", "2026-01-01"), ("'7'", "7"), ("true", True),
        ("~", None), ("-7", -7), ("2.5", 2.5), ("1e3", "1e3"), ("0x1f", "0x1f"), ("[a, 1]", ["a", 1]),
    ],
)  # fmt: skip
def test_only_what_is_plainly_no_text_is_anything_else(text, value):
    part = read(f"a: {text}")
    assert part.value == {"a": value}
    assert type(part.value["a"]) is type(value)


def test_each_part_knows_its_line_and_a_path_is_followed_as_far_as_it_goes():
    part = read("a: 1\nb:\n  - x\n  - c: 2\n")
    assert [part.line_of(*path) for path in ((), ("b",), ("b", 1, "c"), ("b", 1, "gone", "x"))] == [1, 2, 4, 4]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\na: 2", "line 2: 'a' is said twice"), ("? [a]\n: 1", "line 1: a key must be a word"),
        ("a: &x 1\nb: [&y {c: *y}]", "references"), ("a: !!python/name:os.system x", "tags such as"),
        ("a: [1", "line 1"), ("a: " + "[" * 30 + "]" * 30, "nested deeper than 20 levels"),
        ("a" * (LONGEST + 1), "at most 200000 are read"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_said_with_its_line(text, words):
    problem = read(text)
    assert isinstance(problem, YamlProblem)
    assert words in str(problem)


def test_one_bad_document_does_not_spoil_the_others():
    first, second, third = documents("a: 1\n---\nb: !x 2\n---\nc: 3\n")
    assert (first.value, third.value, isinstance(second, YamlProblem)) == ({"a": 1}, {"c": 3}, True)
    assert isinstance(third, Part)


def test_what_is_written_is_read_again_as_it_was():
    wanted = [
        {"task": "wenn's dunkel wird: Licht\u2028an\x85", "at": "22:00", "on": "on", "n": 1.5, "none": None},
        {"text": "two\nlines", "same": ["a", "a"]},
    ]
    text = write(wanted)
    assert [part.value for part in documents(text)] == wanted
    assert list(next(documents(text)).value) == ["task", "at", "on", "n", "none"]


def test_the_same_thing_twice_is_written_out():
    one = {"a": 1}
    assert "&" not in write([{"x": one, "y": one}])
