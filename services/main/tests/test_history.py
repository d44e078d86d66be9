import pytest

from wactorz_common.contracts.blobs import Attachment
from wactorz_main.history import History, session_word


@pytest.fixture
async def history(store):
    made = History(store)
    await made.open()
    return made


async def fill(history, count, conversation="c", text="said {n}"):
    for number in range(count):
        await history.remember(f"{conversation}-{number}", conversation, text.format(n=number), f"answer {number}", 1.0)


async def test_the_window_has_the_last_exchanges_without_this_one(history):
    await fill(history, 5)
    await history.remember("other", "d", "elsewhere", "x", 9.0)
    window = (await history.recall("c", "", "c-4", last=2)).window
    assert [(one.said, one.answered) for one in window] == [("said 2", "answer 2"), ("said 3", "answer 3")]


async def test_an_exchange_is_kept_once_and_never_empty(history):
    await history.remember("t", "c", "a" * 9_000, "  ", 1.0)
    await history.remember("t", "c", "other", "b", 2.0)
    (one,) = (await history.recall("c", "", "x", last=9)).window
    assert (len(one.said), one.answered) == (8_000, "(no words)")
    await history.remember("u", "c", "half \ud800 and \0 zero", "b", 2.0)
    assert (await history.recall("c", "", "x", last=1)).window[0].said == "half ? and   zero"


@pytest.mark.parametrize("said", ["yes 2468", "/approve ab12 2468", "/approve() ab12 2468"])
async def test_a_pin_is_never_kept(history, said):
    await history.remember("t", "c", said, "x", 1.0)
    (one,) = (await history.recall("c", "2468", "x", last=9)).window
    assert "2468" not in one.said


async def test_earlier_words_are_found_in_their_own_conversation_only(history):
    await history.remember("t1", "c", "My sister Anna keeps bees in Graz", "How nice.", 1.0)
    await history.remember("t2", "d", "My sister Berta keeps bees in Linz", "How nice.", 1.0)
    for place in ("c", "d"):
        await fill(history, 30, place, "chatter {n}")
        await history.add_summary(place, 1, 50, "They talked.", 1.0)
    found = (await history.recall("c", "where does my sister keep her bees?", "x", last=10)).found
    assert [one.said for one in found] == ["My sister Anna keeps bees in Graz"]
    assert (await history.recall("nobody", "sister bees", "x", last=10)).found == ()
    forged = f'" OR session : "{session_word("d")}'
    assert all("Berta" not in one.said for one in (await history.recall("c", forged, "x", last=10)).found)


async def test_what_no_summary_tells_of_yet_is_the_gap(history):
    await fill(history, 14)
    remembered = await history.recall("c", "anything", "x", last=10)
    assert [one.said for one in remembered.gap] == [f"said {number}" for number in range(4)]
    await history.add_summary("c", 1, 3, "The first ones.", 1.0)
    remembered = await history.recall("c", "anything", "x", last=10)
    assert [one.said for one in remembered.gap] == ["said 3"]
    assert [one.text for one in remembered.summaries] == ["The first ones."]
    assert [one.number for one in await history.untold("c")] == list(range(4, 15))


async def test_a_conversation_that_was_forgotten_meanwhile_gets_no_summary(history):
    place = "ann\nc"
    await fill(history, 3, place)
    await history.forget_person("ann")
    await history.add_summary(place, 1, 3, "ann keeps bees", 1.0)
    assert await history.all_summaries(place) == ()


async def test_condensed_summaries_stay_but_are_not_sent(history):
    await fill(history, 3)
    for number in range(1, 4):
        await history.add_summary("c", number, number, f"part {number}", 1.0)
    chain = await history.chain("c")
    await history.add_summary("c", 1, 2, "parts 1 and 2", 2.0, condenses=tuple(one.number for one in chain[:2]))
    assert await history.summaries("c") == ("parts 1 and 2", "part 3")
    assert await history.all_summaries("c") == ("part 1", "part 2", "part 3", "parts 1 and 2")
    await history.add_summary("c", 1, 2, "again", 3.0)
    assert len(await history.all_summaries("c")) == 4, "a summary is made once"


async def test_old_exchanges_and_lonely_summaries_are_forgotten(history, store):
    await fill(history, 3)
    await history.remember("new", "d", "new", "x", 9.0)
    for place in ("c", "d"):
        await history.add_summary(place, 1, 1, "old", 1.0)
    await history.trim(5.0)
    assert (await history.recall("c", "said", "x", last=9)).window == ()
    assert (await history.summaries("c"), await history.summaries("d")) == ((), ("old",))
    assert await store.read(lambda c: c.execute("SELECT count(*) FROM exchange_words").fetchone()[0]) == 1


async def test_a_conversation_is_forgotten_as_a_whole(history):
    await fill(history, 3)
    await fill(history, 1, "d")
    await history.add_summary("c", 1, 1, "old", 1.0)
    await history.forget("c")
    assert (await history.recall("c", "said", "x", last=9)) == (await history.recall("nobody", "said", "x", last=9))
    assert len((await history.recall("d", "", "x", last=9)).window) == 1


async def test_turns_of_an_older_version_are_taken_over(store):
    def old(connection):
        connection.execute(
            "CREATE TABLE turns (task_id TEXT PRIMARY KEY, conversation_id TEXT, said TEXT, answered TEXT, at REAL)"
        )
        connection.execute("INSERT INTO turns VALUES ('t', 'c', 'the code is 4711', 'noted', 1.0)")

    await store.write(old)
    for _ in range(2):
        history = History(store)
        await history.open()
    assert [one.said for one in (await history.recall("c", "", "x", last=9)).window] == ["the code is 4711"]


async def test_one_broken_row_hides_no_other(history, store):
    await fill(history, 2)
    await store.write(
        lambda c: c.execute("UPDATE exchanges SET said = CAST(x'ff41' AS TEXT) WHERE number = 1") and None
    )
    assert [one.said for one in (await history.recall("c", "", "x", last=9)).window] == ["\ufffdA", "said 1"]


PHOTO = Attachment(id="1" * 32, name="photo.png", media_type="image/png", size=5, sha256="a" * 64)


async def test_files_are_kept_with_their_exchange_by_id(history):
    await history.remember("t1", "c", "what is it?", "a heron", 1.0, (PHOTO,))
    await history.remember("t2", "c", "thanks", "you are welcome", 2.0)
    window = (await history.recall("c", "", "t3", last=5)).window
    assert [one.files for one in window] == [(PHOTO,), ()]


async def test_a_history_of_before_files_is_taken_over(store):
    def old(connection):
        connection.execute(
            "CREATE TABLE exchanges (number INTEGER PRIMARY KEY AUTOINCREMENT, task_id TEXT NOT NULL UNIQUE, "
            "conversation_id TEXT NOT NULL, said TEXT NOT NULL, answered TEXT NOT NULL, at REAL NOT NULL)"
        )
        connection.execute("INSERT INTO exchanges (task_id, conversation_id, said, answered, at) "
                           "VALUES ('t', 'c', 'hello', 'hi', 1.0)")  # fmt: skip

    await store.write(old)
    for _ in range(2):
        history = History(store)
        await history.open()
    await history.remember("t2", "c", "look", "nice", 2.0, (PHOTO,))
    window = (await history.recall("c", "", "", last=5)).window
    assert [(one.said, one.files) for one in window] == [("hello", ()), ("look", (PHOTO,))]


async def test_files_that_cannot_be_read_hide_no_words(history, store):
    await history.remember("t", "c", "look", "nice", 1.0, (PHOTO,))
    await store.write(lambda connection: connection.execute("UPDATE exchanges SET files = 'broken'"))
    (one,) = (await history.recall("c", "", "", last=5)).window
    assert (one.said, one.files) == ("look", ())
