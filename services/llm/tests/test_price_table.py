import pytest

from wactorz_llm.price_table import listed, longest_prefix

NAMES = {"gpt-4o": 1, "gpt-4o-mini": 2, "gpt-5": 3}


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("gpt-4o", 1), ("gpt-4o-mini", 2), ("gpt-4o-mini-2024-07-18", 2), ("gpt-4o-2024-11-20", 1), ("gpt-5-latest", 3),
        ("gpt-5-pro", None), ("gpt-5.1", None), ("gpt-4o-minimal", None), ("gpt-4", None), ("", None),
    ],
)  # fmt: skip
def test_only_the_model_itself_and_dated_versions_are_listed(model, price):
    assert listed(NAMES, model) == price


@pytest.mark.parametrize(("model", "price"), [("gpt-4o-mini-audio", 2), ("gpt-4o-audio", 1), ("o3", None)])
def test_the_longest_prefix_wins(model, price):
    assert longest_prefix(NAMES, model) == price
