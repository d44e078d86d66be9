from datetime import UTC, datetime

import pytest

from wactorz_demo_home.sun import next_edge, sky


@pytest.mark.parametrize(
    ("hour", "state", "edge"),
    [(3, "below_horizon", 6), (6, "above_horizon", 18), (12, "above_horizon", 18), (20, "below_horizon", 6)],
)
def test_the_sun_is_up_from_six_to_six(hour, state, edge):
    now = datetime(2026, 5, 1, hour, 0, 1, tzinfo=UTC)
    assert sky(now).state == state
    assert next_edge(now).hour == edge
    assert next_edge(now) > now
