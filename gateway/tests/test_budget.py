"""The budget of telemetry."""

from wactorz_gateway.budget import Budget


def test_saves_up_to_its_burst_and_then_gives_its_rate():
    budget = Budget(rate=10, burst=20)
    assert budget.spend(15, now=1000)
    assert budget.spend(15, now=1000)
    assert not budget.spend(1, now=1000)
    assert not budget.spend(1, now=1001)
    assert budget.spend(1, now=1001.1)


def test_a_large_frame_is_paid_back():
    budget = Budget(rate=10, burst=20)
    assert budget.spend(100, now=1000)
    assert not budget.spend(1, now=1007)
    assert budget.spend(1, now=1009)
