"""How long to wait between attempts, and when people are told."""

from wactorz_home_assistant.outage import Delays, Outage


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_delays_grow_to_a_limit_and_differ():
    delays = Delays()
    waited = [delays.next(refused=False) for _ in range(12)]
    assert 0.15 <= waited[0] <= 0.25
    assert all(3.75 <= seconds <= 6.25 for seconds in waited[6:])
    assert len(set(waited)) == 12


def test_a_refused_token_is_tried_rarely():
    delays = Delays()
    waited = [delays.next(refused=True) for _ in range(8)]
    assert waited[0] >= 22
    assert waited[-1] >= 225
    assert delays.next(refused=False) < 1


def test_people_are_told_once_after_some_grace_and_once_when_it_is_over():
    clock = Clock()
    outage = Outage(clock)
    assert not outage.is_news(at_once=False)
    clock.now += 3
    assert outage.is_news(at_once=False)
    assert not outage.is_news(at_once=False)
    assert outage.end()
    assert not outage.end()


def test_a_short_outage_is_no_news():
    clock = Clock()
    outage = Outage(clock)
    outage.begin(anew=True)
    clock.now += 2
    assert not outage.is_news(at_once=False)
    assert not outage.end()
    clock.now += 60
    outage.begin(anew=True)
    assert not outage.is_news(at_once=False)


def test_a_refused_token_is_news_at_once():
    outage = Outage(Clock())
    assert outage.is_news(at_once=True)


def test_a_connection_that_was_of_no_use_begins_no_other_outage():
    clock = Clock()
    outage = Outage(clock)
    clock.now += 2
    outage.begin(anew=False)
    clock.now += 2
    assert outage.is_news(at_once=False)
