"""What the broker keeps for those who come later."""

from wactorz_gateway.live.retained import Retained


def test_the_last_message_of_each_topic_is_kept_until_it_is_withdrawn():
    retained = Retained()
    for topic, data in (("home/a", b"1"), ("home/b", b"2"), ("home/a", b"3"), ("agents/x/manifest", b"{}")):
        retained.take(topic, data)
    assert dict(retained.matching(("home/+",))) == {"home/a": b"3", "home/b": b"2"}
    retained.take("home/a", b"")
    assert dict(retained.matching(("home/#",))) == {"home/b": b"2"}
    retained.forget(("home/#",))
    assert dict(retained.matching(("home/#", "agents/+/manifest"))) == {"agents/x/manifest": b"{}"}
    retained.clear()
    assert len(retained) == 0


def test_what_does_not_fit_is_not_kept():
    retained = Retained(max_topics=2, max_bytes=10)
    retained.take("a", b"x" * 8)
    retained.take("b", b"xxx")
    retained.take("c", b"xx")
    retained.take("d", b"")
    assert dict(retained.matching(("#",))) == {"a": b"x" * 8, "c": b"xx"}
    retained.take("a", b"x")
    retained.take("e", b"x")
    assert dict(retained.matching(("+",))) == {"a": b"x", "c": b"xx"}
