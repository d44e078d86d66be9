"""How often somebody may try."""

import pytest

from wactorz_gateway.accounts.limits import PER_ADDRESS, PER_NAME, Failures, Writes, network


class Clock:
    def __init__(self):
        self.moment = 1000.0

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock()


def attempt(failures, address="1.2.3.4", name="ann", *, here=False):
    wait = failures.wait(address, name, here=here)
    if not wait:
        failures.note(address, name, here=here)
    return wait


def test_a_name_gets_slow_after_five_whoever_tries(clock):
    failures = Failures(clock)
    assert [attempt(failures, f"1.2.3.{n}") for n in range(PER_NAME)] == [0] * PER_NAME
    assert attempt(failures, "9.9.9.9") == 1
    assert attempt(failures, "9.9.9.9", "ben") == 0


def test_an_address_gets_slow_after_ten_whatever_is_tried(clock):
    failures = Failures(clock)
    assert [attempt(failures, name=f"name {n}") for n in range(PER_ADDRESS)] == [0] * PER_ADDRESS
    assert attempt(failures, name="another") == 1
    assert attempt(failures, "9.9.9.9", name="another") == 0


def test_delays_grow_to_a_quarter_of_an_hour(clock):
    failures, waits = Failures(clock), []
    for _ in range(PER_NAME - 1):
        attempt(failures)
    for _ in range(14):
        attempt(failures)
        waits.append(failures.wait("1.2.3.4", "ann", here=False))
        clock.moment += waits[-1]
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert waits[-1] == 900
    clock.moment += 3601
    attempt(failures)
    assert failures.wait("1.2.3.4", "ann", here=False) == 0


def test_in_a_day_somebody_far_away_has_few_tries(clock):
    failures, tries, end = Failures(clock), 0, clock.moment + 24 * 3600
    while clock.moment < end:
        wait = attempt(failures)
        tries += not wait
        clock.moment += wait or 0.1
    assert tries < 120


def test_from_this_machine_nobody_waits_long_and_others_do_not_count(clock):
    failures = Failures(clock)
    for _ in range(50):
        attempt(failures)
        clock.moment += failures.wait("1.2.3.4", "ann", here=False)
    assert attempt(failures, "127.0.0.1", here=True) == 0
    for _ in range(200):
        attempt(failures, "127.0.0.1", here=True)
        clock.moment += failures.wait("127.0.0.1", "ann", here=True)
    attempt(failures, "127.0.0.1", here=True)
    assert 0 < failures.wait("127.0.0.1", "ann", here=True) <= 5


def test_a_right_password_makes_it_fast_again(clock):
    failures = Failures(clock)
    for _ in range(PER_NAME - 1):
        attempt(failures)
    for _ in range(30):
        assert attempt(failures) == 0
        failures.succeeded("1.2.3.4", "ann", here=False)
    assert attempt(failures) == 0


def test_memory_is_bounded(clock):
    failures, writes = Failures(clock), Writes(clock)
    for number in range(12_000):
        failures.note(f"2001:db8:{number:x}::1", f"name {number}", here=False)
        writes.take(f"person {number}")
    assert len(failures._tries) <= 10_000
    assert len(writes._left) <= 10_000


@pytest.mark.parametrize(
    ("address", "shared"),
    [("1.2.3.4", "1.2.3.4"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("::ffff:1.2.3.4", "1.2.3.4"), ("", ""),
     ("fe80::1%eth0", "fe80::/64"), ("no address", "no address")],
)  # fmt: skip
def test_one_household_is_one(address, shared):
    assert network(address) in (shared, "fe80::%eth0/64")


def test_writes_fill_again(clock):
    writes = Writes(clock, 60)
    assert [writes.take("ann") for _ in range(61)] == [0] * 60 + [1]
    assert writes.take("ben") == 0
    clock.moment += 1
    assert [writes.take("ann"), writes.take("ann")] == [0, 1]
    clock.moment += 3600
    assert sum(writes.take("ann") == 0 for _ in range(100)) == 60
