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


def test_what_is_kept_is_there_after_a_restart_and_goes_on():
    feed = filled(5)
    assert feed.changed
    rows = feed.dump(3)
    assert not feed.changed
    again = Feed(5)
    again.load(rows)
    assert not again.changed
    again.add(event(9))
    entries, _ = again.newest(9)
    assert messages(entries) == ["m9", "m4", "m3", "m2"]
    assert messages(again.newest(9, before=entries[1].id)[0]) == ["m3", "m2"]
    assert (entries[1].kind, entries[1].agent, entries[1].agent_id, entries[1].timestamp) == (
        "log",
        "main",
        "id-main",
        4,
    )


def test_what_repeats_shortly_after_is_one_entry_that_counts():
    feed = Feed()
    for moment in (100, 200, 260):
        feed.repeat({**event(moment), "message": "counter was killed and is back"})
        feed.repeat({**event(moment, name="llm"), "message": "llm was killed and is back"})
    assert messages(feed.newest(9)[0]) == [
        "llm was killed and is back (3 times)",
        "counter was killed and is back (3 times)",
    ]
    first = feed.newest(9)[0][1]
    assert (first.timestamp, first.id) == (260, feed.newest(1, before=feed.newest(1)[0][0].id)[0][0].id)
    feed.repeat({**event(900), "message": "counter was killed and is back"})
    assert messages(feed.newest(1)[0]) == ["counter was killed and is back"]


def test_a_row_that_cannot_be_read_does_not_keep_the_others_away():
    feed = Feed()
    feed.load([{"nonsense": 1}, *filled(1).dump(1)])
    assert messages(feed.newest(9)[0]) == ["m0"]
