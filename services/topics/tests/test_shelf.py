import json

from wactorz_topics.observing import Observer
from wactorz_topics.shelf import Shelf


async def test_what_changed_is_written_and_what_is_forgotten_is_gone(store):
    shelf, observer = Shelf(store), Observer(3, 100)
    await shelf.load(observer, 3)
    for number in range(3):
        observer.take(f"custom/a{number}", json.dumps({f"f{number}": 1}).encode(), 100.0 + number)
    assert await shelf.save(observer) == 3
    assert await shelf.save(observer) == 0
    observer.take("custom/new", b"{}", 200.0)
    assert await shelf.save(observer) == 1
    again = Observer(3, 100)
    await shelf.load(again, 3)
    assert list(again.topics) == ["custom/a1", "custom/a2", "custom/new"]
    assert again.topics["custom/a2"].shape.fields["f2"].seen == 1
    assert not any(topic.dirty for topic in again.topics.values())


async def test_patterns_are_patterns_again(store):
    shelf, observer = Shelf(store), Observer(100, 100)
    await shelf.load(observer, 100)
    for number in range(25):
        observer.take(f"sensors/r{number}/climate", b'{"t": 1}', 100.0)
    await shelf.save(observer)
    again = Observer(100, 100)
    await shelf.load(again, 100)
    again.take("sensors/attic/climate", b'{"t": 1}', 200.0)
    assert {name: topic.messages for name, topic in again.topics.items()} == {"sensors/{name}/climate": 26}
