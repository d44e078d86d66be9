"""Fields of services as Home Assistant describes them."""

from typing import Any

import pytest

from wactorz_common.contracts.home import ServiceField
from wactorz_home_assistant_map_agent.service_fields import service_fields


def fields_of(described: Any) -> tuple[ServiceField, ...]:
    return service_fields({"light": {"turn_on": described}}).get("light.turn_on", ())


def test_a_number_with_its_bounds():
    described = {
        "fields": {"position": {"required": True, "selector": {"number": {"min": 0, "max": 100, "step": 0.5}}}}
    }
    assert fields_of(described) == (
        ServiceField(name="position", required=True, selector="number", minimum=0.0, maximum=100.0),
    )


def test_choices_in_both_forms():
    plain = {"fields": {"mode": {"selector": {"select": {"options": ["heat", "cool"]}}}}}
    told = {
        "fields": {
            "mode": {"selector": {"select": {"options": [{"value": "short", "label": "Short"}, {"label": "x"}]}}}
        }
    }
    assert fields_of(plain)[0].options == ("heat", "cool")
    assert fields_of(told)[0].options == ("short",)


def test_fields_in_groups_are_fields():
    described = {
        "fields": {"effect": {"selector": {"text": None}}, "advanced": {"collapsed": True, "fields": {"white": {}}}}
    }
    assert [(field.name, field.selector) for field in fields_of(described)] == [("effect", "text"), ("white", "")]


@pytest.mark.parametrize(
    "odd", [None, {}, {"fields": None}, {"fields": ["a"]}, {"fields": {}}, "turns it on"], ids=repr
)  # fmt: skip
def test_descriptions_of_another_schema_tell_no_fields(odd: Any):
    assert fields_of(odd) == ()


@pytest.mark.parametrize(
    "odd",
    [None, "number", {"selector": None}, {"selector": "number"}, {"selector": {"number": {"min": "0", "max": True}}}],
)
def test_a_field_that_is_oddly_described_is_still_a_field(odd: Any):
    field = fields_of({"fields": {"level": odd}})[0]
    assert (field.name, field.minimum, field.maximum, field.required) == ("level", None, None, False)
