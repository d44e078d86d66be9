"""Examples that are made of schemas."""

import pytest

from wactorz_gateway.examples import example_of

NODE = {
    "Node": {
        "type": "object", "required": ["name"],
        "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"}},
    }
}  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "examples": ["light.a"]}, "light.a"), ({"const": "x"}, "x"),
        ({"enum": ["", "b"]}, "b"), ({"type": "string", "default": "d"}, "d"),
        ({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 5}]}, 5),
        ({"type": "array", "items": {"type": "boolean"}}, [False]), ({"type": "array"}, []),
        ({"type": "number", "description": "Epoch seconds"}, 1_767_225_600.0),
        ({"type": "string", "minLength": 6}, "textxx"), ({"type": "string", "maxLength": 2}, "te"),
        ({"type": "integer", "maximum": 0}, 0), ({}, "text"),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"const": "a"}]}, [1, "a"]),
        ({"type": "string", "description": "Name; empty when there is none"}, ""),
    ],
)  # fmt: skip
def test_a_schema_has_an_example(schema, expected):
    assert example_of(schema, {}) == expected


def test_a_schema_that_names_itself_ends():
    example = example_of({"$ref": "#/components/schemas/Node"}, NODE)
    assert example["name"] == "text"
    assert str(example).count("next") < 10
