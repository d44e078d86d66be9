import pytest

from wactorz_demo_home.fields import Wrong, clean, mapping, number, one_of, sequence, text, truth, whole


@pytest.mark.parametrize(
    ("check", "given", "taken"),
    [
        (whole(0, 255, clamp=True), 999, 255),
        (whole(0, 255, clamp=True), -3, 0),
        (whole(0, 255), "12", 12),
        (number(0, 100), "12.5", 12.5),
        (text, 5, "5"),
        (truth, "on", True),
        (truth, 0, False),
        (one_of("a", "b"), "b", "b"),
        (sequence(whole(), whole()), [1, "2"], (1, 2)),
        (mapping, {"a": 1}, {"a": 1}),
    ],
)
def test_values_are_taken(check, given, taken):
    assert check(given) == taken


@pytest.mark.parametrize(
    ("check", "given", "problem"),
    [
        (whole(0, 255), 256, "at most 255"),
        (whole(0), -1, "at least 0"),
        (whole(), "x", "expected int"),
        (number(0, 1), float("nan"), "at most 1"),
        (number(), None, "expected float"),
        (text, None, "None"),
        (text, [], "string"),
        (truth, "maybe", "boolean"),
        (one_of("a", kind="Letter"), "b", "expected Letter or one of 'a'"),
        (sequence(whole()), [1, 2], "1 values"),
        (sequence(whole()), "1", "tuple"),
        (mapping, None, "expected dict"),
    ],
)
def test_values_are_refused(check, given, problem):
    with pytest.raises(Wrong, match=problem):
        check(given)


def test_a_wrong_value_is_named_by_its_key():
    with pytest.raises(Wrong, match=r"expected int for dictionary value @ data\['level'\]"):
        clean({"level": whole()}, {"level": "x"})
    with pytest.raises(Wrong, match=r"extra keys not allowed @ data\['other'\]"):
        clean({"level": whole()}, {"other": 1})
