import threading

from wactorz_sandbox import engine


def test_there_is_one_engine():
    assert engine.engine() is engine.engine()


class Epoch:
    def __init__(self):
        self.count = 0
        self.moved = threading.Event()

    def increment_epoch(self):
        self.count += 1
        self.moved.set()


def test_the_clock_runs_only_while_a_guest_runs():
    epoch = Epoch()
    clock = engine.Clock(epoch)
    assert not epoch.moved.wait(5 * engine.TICK)
    for _ in range(2):
        with clock.running():
            assert epoch.moved.wait(5)
        epoch.moved.clear()
        epoch.moved.wait(5 * engine.TICK)  # the last one may be under way
        epoch.moved.clear()
        assert not epoch.moved.wait(10 * engine.TICK)
