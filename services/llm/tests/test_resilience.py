import pytest

from wactorz_llm.resilience import OPEN_AFTER, OPEN_SECONDS, Backoff, Breaker


@pytest.mark.parametrize(
    ("failures", "retry_after", "remaining", "expected"),
    [
        (1, None, 60, 0.5),
        (2, None, 60, 1.0),
        (3, None, 60, 2.0),
        (9, None, 60, 8.0),
        (11, None, 60, None),
        (1, 7, 60, 7),
        (1, 0, 60, 0),
        (1, 60, 60, None),
        (1, None, 0.2, None),
    ],
)
def test_waits(failures, retry_after, remaining, expected):
    assert Backoff(10).wait(failures, retry_after, remaining, spread=1.0) == expected


def test_waits_are_spread():
    assert Backoff(2).wait(1, None, 60, spread=0.0) == 0.25


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_breaker_opens_after_five_failures_and_tries_one_after_thirty_seconds():
    clock = Clock()
    breaker = Breaker(clock)
    assert [breaker.fail() for _ in range(OPEN_AFTER)] == [False] * 4 + [True]
    assert breaker.closed_in == OPEN_SECONDS
    clock.now += OPEN_SECONDS
    assert breaker.closed_in == 0
    breaker.enter()
    assert breaker.closed_in > 0, "only one trial"
    assert breaker.fail() is False, "it was open already"
    assert breaker.closed_in == OPEN_SECONDS
    clock.now += OPEN_SECONDS
    breaker.enter()
    breaker.succeed()
    assert breaker.closed_in == 0


def test_success_starts_the_count_again():
    breaker = Breaker(Clock())
    for _ in range(3):
        for _ in range(OPEN_AFTER - 1):
            assert breaker.fail() is False
        breaker.succeed()
    assert breaker.closed_in == 0


def test_a_trial_that_never_ends_does_not_block_for_ever():
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(OPEN_AFTER):
        breaker.fail()
    clock.now += OPEN_SECONDS
    breaker.enter()
    clock.now += OPEN_SECONDS
    assert breaker.closed_in == 0
