"""Memory is read rarely and shared out."""

from wactorz_dynamic_agent.memory import MemoryShare


def test_the_share() -> None:
    reads, moment = [], [0.0]
    share = MemoryShare(lambda: 4, lambda: reads.append(1) or 100.0, lambda: moment[0])
    assert [share.mb() for _ in range(50)] == [25.0] * 50
    assert len(reads) == 1
    moment[0] = 11.0
    share.mb()
    assert len(reads) == 2


def test_nobody_there() -> None:
    assert MemoryShare(lambda: 0, lambda: 50.0).mb() == 50.0
