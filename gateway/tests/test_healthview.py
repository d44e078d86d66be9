"""Whether the gateway can serve."""

from wactorz_common.contracts.lifecycle import Heartbeat
from wactorz_gateway.healthview import health_of
from wactorz_gateway.registry import Registry


def test_agents_are_counted_by_what_is_known_of_them():
    registry = Registry()
    for name, state, at in (
        ("a", "running", 100.0),
        ("b", "running", 100.0),
        ("c", "stopped", 100.0),
        ("d", "running", 60.0),
    ):
        registry.apply(Heartbeat(actor_id=name, name=name, timestamp=at, state=state), name, at)
    assert health_of(registry, 101.0, connected=True).agents == {"running": 2, "stopped": 1, "late": 1}


def test_a_broker_that_is_away_is_told_with_what_to_do():
    report = health_of(Registry(), 1.0, connected=False)
    assert (report.status, report.checks) == ("unavailable", {"broker": "not connected"})
    assert "wactorz logs broker" in report.detail
