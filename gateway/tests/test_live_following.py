"""Those who follow the log."""

import asyncio

from wactorz_gateway.live.events import EventLog
from wactorz_gateway.live.following import BATCH, BATCH_BYTES, LINGER_SECONDS, MAX_FOLLOWERS, Followers, Waiting


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def make(max_events=1_000):
    clock, woken = Clock(), []
    followers = Followers(EventLog(max_events=max_events), clock, lambda call: call())
    return followers, clock, woken


def publish(followers, *topics):
    for topic in topics:
        followers.publish(topic, b"1", 0.0)


def topics_of(follower):
    return [event.topic for event in follower.take()]


def test_only_those_who_follow_a_topic_are_woken():
    followers, _, woken = make()
    first, _ = followers.join(("custom/#",), "", lambda: woken.append("first"))
    second, _ = followers.join(("system/health",), "", lambda: woken.append("second"))
    publish(followers, "custom/a")
    assert woken == ["first"]
    assert topics_of(first) == ["custom/a"]
    publish(followers, "system/health")
    assert woken == ["first", "second"]
    publish(followers, "custom/b")
    assert topics_of(first) == ["custom/b"]
    assert topics_of(second) == ["system/health"]
    assert topics_of(first) == []
    assert first.last_id == followers.log.last_id


def test_many_events_are_taken_in_parts_and_in_order():
    followers, _, _ = make()
    follower, _ = followers.join(("custom/+",), "", lambda: None)
    publish(followers, *[f"custom/{n}" for n in range(2 * BATCH + 1)])
    assert [len(follower.take()) for _ in range(4)] == [BATCH, BATCH, 1, 0]
    for _ in range(3):
        followers.publish("custom/large", b"x" * BATCH_BYTES, 0.0)
    assert [len(follower.take()) for _ in range(4)] == [1, 1, 1, 0]


def test_who_is_overtaken_by_the_log_is_told_and_goes_on():
    followers, _, _ = make(max_events=5)
    slow, _ = followers.join(("custom/#",), "", lambda: None)
    publish(followers, *[f"custom/{n}" for n in range(9)])
    assert topics_of(slow) == [f"custom/{n}" for n in range(4, 9)]
    assert slow.missed


def test_who_follows_a_quiet_topic_misses_nothing_by_a_busy_log():
    followers, _, _ = make(max_events=5)
    quiet, _ = followers.join(("system/health",), "", lambda: None)
    publish(followers, *[f"custom/{n}" for n in range(50)], "system/health")
    assert topics_of(quiet) == ["system/health"]
    assert not quiet.missed


def test_topics_on_demand_are_listened_to_while_somebody_follows_and_a_while_longer():
    followers, clock, _ = make()
    wanted = []
    followers.on_demand = wanted.append
    one, _ = followers.join(("custom/a", "agents/+/status"), "", lambda: None)
    other, _ = followers.join(("custom/b",), "", lambda: None)
    assert wanted == [{"custom/#"}]
    followers.leave(one)
    clock.now = LINGER_SECONDS + 5
    followers.tidy()
    followers.leave(other)
    clock.now += LINGER_SECONDS - 1
    followers.tidy()
    assert len(wanted) == 1
    clock.now += 2
    followers.tidy()
    assert wanted[1:] == [frozenset()]


def test_a_topic_on_demand_has_a_gap_when_nobody_listened():
    followers, clock, _ = make()
    one, gap = followers.join(("custom/#",), "", lambda: None)
    assert not gap
    publish(followers, "custom/a")
    place = one.last_id
    followers.leave(one)
    again, gap = followers.join(("custom/#",), place, lambda: None)
    assert not gap
    followers.leave(again)
    clock.now = LINGER_SECONDS * 2
    followers.tidy()
    publish(followers, "system/health")
    assert followers.join(("custom/#",), place, lambda: None)[1]
    assert not followers.join(("system/health",), place, lambda: None)[1]


def test_an_interruption_is_told_to_everybody():
    followers, _, woken = make()
    follower, _ = followers.join(("custom/#",), "", lambda: woken.append(1))
    followers.interrupted()
    assert follower.missed
    assert woken == [1]


def test_it_is_known_whether_somebody_looks_and_whether_there_is_room():
    followers, _, _ = make()
    assert not followers.watched("system/flows")
    all_of_them = [followers.join(("system/flows",), "", lambda: None)[0] for _ in range(MAX_FOLLOWERS)]
    assert followers.watched("system/flows")
    assert followers.full
    for one in all_of_them:
        followers.leave(one)
    assert len(followers) == 0
    assert not followers.full


async def test_a_wake_before_the_wait_is_not_lost():
    waiting = Waiting()
    waiting.wake()
    await asyncio.wait_for(waiting.wait(60), 1)
    await waiting.wait(0.01)


class Sink:
    """Takes what is written to it, or is full."""

    def __init__(self):
        self.ready, self.got, self.encoding = True, b"", "text"

    def put(self, framed):
        self.got += framed


def test_events_are_written_at_once_to_those_who_take_them():
    followers, _, woken = make()
    sinks = [Sink() for _ in range(3)]
    for sink in sinks:
        followers.join(("custom/#",), "", lambda: woken.append(1), sink)
    publish(followers, "custom/a", "system/health", "custom/b")
    assert not woken
    assert sinks[0].got == sinks[1].got == sinks[2].got
    assert sinks[0].got.count(b'"type": "event"') == 2


def test_who_is_full_delays_nobody_and_takes_the_rest_later():
    followers, _, woken = make()
    full, free = Sink(), Sink()
    behind, _ = followers.join(("custom/#",), "", lambda: woken.append(1), full)
    followers.join(("custom/#",), "", lambda: None, free)
    full.ready = False
    publish(followers, "custom/a", "custom/b")
    assert (full.got, woken) == (b"", [1, 1])
    assert free.got.count(b'"type": "event"') == 2
    assert topics_of(behind) == ["custom/a", "custom/b"]
    full.ready = True
    publish(followers, "custom/c")
    assert full.got.count(b'"type": "event"') == 1


def test_who_was_overtaken_is_woken_to_be_told_of_the_gap():
    followers, _, woken = make(max_events=3)
    sink = Sink()
    follower, _ = followers.join(("custom/#",), "", lambda: woken.append(1), sink)
    sink.ready = False
    publish(followers, *[f"custom/{n}" for n in range(9)])
    sink.ready = True
    publish(followers, "custom/last")
    assert sink.got == b""
    assert topics_of(follower)[-1] == "custom/last"
    assert follower.missed
