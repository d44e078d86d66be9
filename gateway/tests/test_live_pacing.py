"""How fast one connection is served."""

from wactorz_gateway.live.pacing import AT_ONCE, PER_SECOND, Pace


async def test_who_sends_without_end_is_read_slowly_and_who_does_not_is_never_kept_waiting():
    clock, waited = [0.0], []

    async def sleep(seconds):
        waited.append(seconds)
        clock[0] += seconds

    pace = Pace(lambda: clock[0], sleep)
    for _ in range(int(AT_ONCE)):
        await pace.keep()
    assert waited == []
    for _ in range(int(PER_SECOND) * 3):
        await pace.keep()
    assert 2.9 < clock[0] < 3.1
    waited.clear()
    clock[0] += 60
    for _ in range(int(AT_ONCE)):
        await pace.keep()
    assert waited == []
