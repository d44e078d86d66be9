"""What an agent tells of itself."""

from wactorz_common.telemetry import CpuShare


def test_the_share_of_the_processor_is_that_since_the_last_heartbeat():
    used, now = [1.0], [10.0]
    share = CpuShare(lambda: used[0], lambda: now[0])
    used[0], now[0] = 1.5, 20.0
    assert share.percent() == 5.0
    now[0] = 20.1
    assert share.percent() is None
    used[0], now[0] = 6.5, 25.0
    assert share.percent() == 100.0
