from wactorz_sandbox.allowance import Allowance, Strikes


class Time:
    now = 0.0

    def __call__(self):
        return self.now


def test_some_go_at_once_and_then_so_many_a_second():
    time = Time()
    bucket = Allowance(10, 3, time)
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]
    time.now = 0.2
    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_a_charge_beyond_what_is_left_says_how_long_to_wait():
    time = Time()
    bucket = Allowance(0.5, 1.0, time)
    assert bucket.charge(0.9) == 0
    assert bucket.charge(0.6) == 1.0
    time.now = 10
    assert bucket.left == 1.0


def test_strikes_count_within_their_stretch_only():
    time = Time()
    strikes = Strikes(2, 10, time)
    assert [strikes.add() for _ in range(3)] == [False, False, True]
    time.now = 11
    assert [strikes.add() for _ in range(2)] == [False, False]
