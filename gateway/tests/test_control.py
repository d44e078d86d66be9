"""Who may be controlled, and in which state."""

import pytest

from wactorz_gateway.actor import Agent
from wactorz_gateway.control import refusal


@pytest.mark.parametrize(
    ("command", "state", "protected", "essential", "status"),
    [
        ("pause", "running", False, False, None),
        ("pause", "running", True, False, None),
        ("pause", "running", True, True, 403),
        ("pause", "paused", False, False, 409),
        ("pause", "failed", False, False, 409),
        ("pause", "unreachable", False, False, 409),
        ("resume", "paused", True, True, None),
        ("resume", "running", False, False, 409),
        ("stop", "running", True, True, 403),
        ("stop", "paused", True, False, None),
        ("start", "stopped", False, False, None),
        ("start", "running", False, False, 409),
        ("delete", "running", True, False, 403),
        ("delete", "failed", True, True, 403),
        ("delete", "running", False, False, None),
        ("delete", "unreachable", False, False, None),
    ],
)
def test_refusals(command, state, protected, essential, status):
    agent = Agent("i", "lamp", 0, 0, protected=protected, essential=essential)
    refused = refusal(agent, state, command)
    assert (refused.status if refused else None) == status
    if refused:
        assert "lamp" in refused.detail
