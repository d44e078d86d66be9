import pytest

from wactorz_sandbox.guest import contract


def test_aliases_mean_the_same():
    assert contract.normal({"publish": "a", "topics": ["b"], "subscribe": "c", "schema": {"x": "float"}, "input_schema": {"y": "int"}}) == {
        "publishes": ["a", "b"], "subscribes": ["c"], "produces_schema": {"x": "float"}, "consumes_schema": {"y": "int"},
    }  # fmt: skip


@pytest.mark.parametrize("alias", ["output_schema", "produce_schema", "produces_schema", "schema"])
def test_the_produced_fields_have_four_names(alias):
    assert contract.normal({alias: {"x": "float"}}) == {"produces_schema": {"x": "float"}}


def test_an_unknown_field_is_named():
    with pytest.raises(TypeError, match="emits"):
        contract.normal({"emits": 1})


def test_a_contract_grows():
    earlier = contract.normal({"publishes": ["a"], "schema": {"x": "float"}})
    assert contract.merge(earlier, contract.normal({"publishes": ["b", "a"], "schema": {"y": "int"}, "triggers_when": "hot"})) == {
        "publishes": ["a", "b"], "triggers_when": {"text": "hot"}, "produces_schema": {"x": "float", "y": "int"},
    }  # fmt: skip
