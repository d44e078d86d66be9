"""What happened lately, and going on from where one was."""

from wactorz_gateway.feed import Feed


def event(number, kind="log", name="main"):
    return {"type": kind, "agent_id": f"id-{name}", "name": name, "message": f"m{number}", "timestamp": number}


def filled(count, most=5):
    feed = Feed(most)
    for number in range(count):
        feed.add(event(number, "error" if number % 2 else "log"))
    return feed


def messages(entries):
    return [entry.message for entry in entries]


def test_newest_first_and_no_more_than_are_kept():
    entries, cursor = filled(8).newest(10)
    assert messages(entries) == ["m7", "m6", "m5", "m4", "m3"]
    assert cursor == ""


def test_page_after_page_tells_everything_once():
    feed = filled(5)
    first, cursor = feed.newest(2)
    second, further = feed.newest(2, before=cursor)
    third, end = feed.newest(2, before=further)
    assert messages([*first, *second, *third]) == ["m4", "m3", "m2", "m1", "m0"]
    assert end == ""


def test_what_comes_meanwhile_does_not_shift_the_pages():
    feed = filled(4)
    _, cursor = feed.newest(2)
    feed.add(event(9))
    assert messages(feed.newest(2, before=cursor)[0]) == ["m1", "m0"]


def test_one_agent_and_one_kind():
    feed = filled(4)
    feed.add(event(9, name="llm"))
    assert messages(feed.newest(9, agent="llm")[0]) == messages(feed.newest(9, agent="id-llm")[0]) == ["m9"]
    assert messages(feed.newest(9, kind="error")[0]) == ["m3", "m1"]


def test_an_id_of_before_a_restart_has_nothing_behind_it():
    _, cursor = filled(5).newest(2)
    assert filled(5).newest(2, before=cursor) == ([], "")
    assert filled(5).newest(2, before="nonsense") == ([], "")


def test_an_id_that_is_dropped_by_now_has_nothing_behind_it():
    feed = filled(5)
    oldest = feed.newest(5)[0][-1].id
    for number in range(20):
        feed.add(event(number))
    assert feed.newest(3, before=oldest) == ([], "")


def test_long_messages_are_cut():
    feed = Feed()
    feed.add({**event(1), "message": "x" * 9_000})
    assert len(feed.newest(1)[0][0].message) == 500
