"""When the model may mend code, and what is taken from its answer."""

import pytest

from wactorz_common.contracts.spawning import SpawnSpec
from wactorz_dynamic_agent import repair


@pytest.mark.parametrize(
    ("fields", "done", "allowed"),
    [
        ({"repair": True, "grants": {"model": True}}, 0, True),
        ({"repair": True, "grants": {"model": True}}, 2, False),
        ({"repair": True}, 0, False),
        ({"grants": {"model": True}}, 0, False),
        ({"grants": {"model": True}, "_proposed_by": "main"}, 1, True),
        ({"grants": {"model": True}, "_proposed_by": "main", "repair": False}, 0, False),
    ],
)
def test_who_may_be_mended(fields: dict[str, object], done: int, allowed: bool) -> None:
    assert repair.is_allowed(SpawnSpec.model_validate({"name": "x", **fields}), done) is allowed


def test_the_code_of_an_answer() -> None:
    assert repair.code_of("Here:\n```python\nx = 1\n```\nDone.") == "x = 1\n"
    assert repair.code_of("```\nx = 1\n```") == "x = 1\n"
    assert repair.code_of("x = 1") == "x = 1\n"


def test_the_difference() -> None:
    assert repair.difference("a\nb\n", "a\nc\n").splitlines()[-2:] == ["-b", "+c"]
