"""The table of wishes speaks only of kinds that exist, in patterns that can match."""

import re

import pytest

from wactorz_home_assistant_agent import hardware_kinds
from wactorz_home_assistant_agent.hardware_kinds import KINDS


def test_every_kind_has_a_name_a_domain_and_a_hint() -> None:
    assert all(kind.name and kind.domains and kind.hint for kind in KINDS.values())
    assert len({kind.name for kind in KINDS.values()}) == len(KINDS)


@pytest.mark.parametrize(("pattern", "needs"), hardware_kinds.WISHES)
def test_every_wish_needs_known_kinds_for_a_purpose(pattern: str, needs: tuple[tuple[str, str], ...]) -> None:
    assert re.compile(pattern)
    assert {kind for kind, _ in needs} <= set(KINDS)
    assert all(purpose for _, purpose in needs)
