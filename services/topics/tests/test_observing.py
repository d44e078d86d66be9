import json

from wactorz_topics.observing import FIRST_LOOKS, Observer

NOW = 1_000_000.0


def heard(observer, topic, data, now=NOW, **more):
    observer.take(topic, data if isinstance(data, bytes) else json.dumps(data).encode(), now, **more)


def test_everything_is_counted_and_little_is_looked_into():
    observer = Observer(100, 1_000)
    for number in range(1_000):
        heard(observer, "custom/a", {"n": number}, NOW + number / 1_000)
    topic = observer.topics["custom/a"]
    assert (topic.messages, topic.shape.looks) == (1_000, FIRST_LOOKS)
    heard(observer, "custom/a", {"n": 1, "new": 2}, NOW + 2)
    assert "new" in topic.shape.fields


def test_looks_are_limited_over_all_topics():
    observer = Observer(1_000, 50)
    for number in range(500):
        heard(observer, f"custom/a{number}", {f"f{number}": 1})
    assert sum(topic.shape.looks for topic in observer.topics.values()) == 50


def test_memory_is_bounded_and_the_silent_go_first():
    observer = Observer(10, 1_000)
    for number in range(10):
        heard(observer, f"custom/a{number}", 1, NOW + number)
    heard(observer, "custom/a0", 2, NOW + 20)
    heard(observer, "custom/new", 1, NOW + 21)
    assert len(observer.topics) == 10
    assert "custom/a0" in observer.topics
    assert observer.forgotten == {"custom/a1"}


def test_what_is_no_json_is_text_or_a_size_and_what_withdraws_is_nothing():
    observer = Observer(10, 100)
    heard(observer, "custom/text", b"warm")
    heard(observer, "custom/bytes", b"\xff\xfe")
    heard(observer, "custom/gone", b"")
    heard(observer, "custom/large", b'"' + b"x" * 100_000 + b'"')
    heard(observer, "c" * 400, 1)
    samples = {name: topic.shape.sample for name, topic in observer.topics.items()}
    assert samples == {"custom/text": "warm", "custom/bytes": "(2 bytes)", "custom/large": None}


def test_retained_messages_of_before_are_not_counted_again():
    observer = Observer(10, 100)
    heard(observer, "home/mode", {"m": 1}, retained=True)
    heard(observer, "home/mode", {"m": 1}, retained=True)
    assert (observer.topics["home/mode"].messages, observer.topics["home/mode"].retained) == (1, True)


def test_rates():
    observer = Observer(10, 100)
    for number in range(120):
        heard(observer, "custom/a", 1, NOW + number)
    assert 55 <= observer.topics["custom/a"].per_minute(NOW + 119) <= 65
    assert observer.topics["custom/a"].per_minute(NOW + 600) == 0
    assert observer.per_second(NOW + 600) == 0


def test_topics_that_turn_out_to_be_alike_are_made_one():
    observer = Observer(100, 1_000)
    for number in range(30):
        heard(observer, f"sensors/r{number}/climate", {"t": number})
    assert list(observer.topics) == ["sensors/{name}/climate"]
    topic = observer.topics["sensors/{name}/climate"]
    assert (topic.messages, topic.shape.looks) == (30, 20)
    assert len(observer.forgotten) == 20
