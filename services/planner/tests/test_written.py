import pytest

from wactorz_planner.written import json_object


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"city": "Athens"}', {"city": "Athens"}), ('  {"a": {"b": 1}}', {"a": {"b": 1}}), ("{}", {}),
        ("the weather in Athens", None), ("{not json", None), ("[1, 2]", None), ("5", None), ("{" * 100_000, None),
    ],
)  # fmt: skip
def test_an_object_is_read_and_everything_else_is_text(text, value):
    assert json_object(text) == value
