import json

from wactorz_topics.shapes import MOST_FIELDS, Shape, covered, declared_types, described, flatten, kind_of, shorten


def test_fields_are_dotted_paths():
    data = {"a": {"b": [{"c": 1}, {"d": 2}]}, "_own": 1, "e": None}
    assert dict(flatten(data)) == {
        "a": {"b": [{"c": 1}, {"d": 2}]},
        "a.b": [{"c": 1}, {"d": 2}],
        "a.b[].c": 1,
        "e": None,
    }
    assert list(flatten(21.5)) == [("", 21.5)]
    assert [kind_of(value) for value in (1, 1.5, True, "x", None, [], {})] == [
        "number", "number", "truth", "text", "nothing", "list", "object",
    ]  # fmt: skip


def test_shares_types_and_examples():
    shape = Shape()
    for message in ({"t": 1, "name": "x" * 500}, {"t": "warm"}, {"t": 2.5}):
        shape.note(message)
    told = {one.name: one for one in shape.told({"t": "float - in °C", "later": "bool - not yet"})}
    assert (told["t"].types, told["t"].share, told["t"].example) == (("number", "text"), 1.0, 2.5)
    assert (told["t"].unit, told["t"].declared) == ("°C", "float - in °C")
    assert (told["name"].share, len(told["name"].example)) == (0.333, 120)
    assert (told["later"].types, told["later"].share) == (("truth",), 0.0)


def test_units_that_stand_beside():
    shape = Shape()
    shape.note({"value": 3, "unit": "℃", "inner": {"state": "3", "attributes": {"unit_of_measurement": "kW"}}})
    assert (shape.fields["value"].unit, shape.fields["inner.state"].unit) == ("°C", "kW")


def test_memory_is_bounded():
    shape = Shape()
    for number in range(50):
        shape.note({f"field{number}-{inner}": "x" * 10_000 for inner in range(50)})
    assert len(shape.fields) == MOST_FIELDS
    assert len(json.dumps(shape.to_json())) < 20_000
    deep = current = {}
    for _ in range(200):
        current["x"] = current = {}
    shape.note(deep)
    assert len(json.dumps(shorten(deep))) < 100


def test_secrets_are_covered():
    data = {
        "password": "hunter2", "api_key": 12345678, "nested": {"auth_token": "x", "token": None, "tokens": 12},
        "text": "it is https://hooks.slack.com/services/T/B/abcdef", "list": [{"secret": "y"}], "keyboard": "de", "pin": 1,
    }  # fmt: skip
    assert covered(data) == {
        "password": "[covered]", "api_key": "[covered]",
        "nested": {"auth_token": "[covered]", "token": None, "tokens": 12},
        "text": "it is [slack]", "list": [{"secret": "[covered]"}], "keyboard": "de", "pin": "[covered]",
    }  # fmt: skip
    assert covered("hunter2", "login.password") == "[covered]"


def test_kept_and_read_again():
    shape = Shape()
    shape.note({"t": 1, "password": "hunter2"})
    kept = json.loads(json.dumps(shape.to_json()))
    assert "hunter2" not in json.dumps(kept)
    again = Shape.of_json(kept)
    assert [one.name for one in again.told({})] == ["t", "password"]


def test_schemas_in_words_and_as_json_schema():
    assert described({"a": "int - number", "b": {"c": "str"}}) == {"a": "int - number", "b.c": "str"}
    schema = {
        "type": "object",
        "properties": {"a": {"type": "number", "description": "in °C"}, "b": {"type": "string"}},
    }
    assert described(schema) == {"a": "number - in °C", "b": "string"}
    assert declared_types("float - how warm") == ("number",)
    assert declared_types("str or none - who") == ("text", "nothing")
    assert declared_types("anything") == ()


def test_like_shapes_are_merged():
    one, other = Shape(), Shape()
    one.note({"t_c": 1})
    other.note({"t_c": "x", "more": 1})
    one.merge(other)
    assert (one.looks, one.fields["t_c"].types) == (2, {"number": 1, "text": 1})
    assert one.fields["more"].seen == 1
    assert one.signature() == {"t_c", "more"}
