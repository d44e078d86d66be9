import pytest

from wactorz_common.store import Store
from wactorz_main.sessions import MOST, Sessions


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


@pytest.fixture
async def store(tmp_path):
    made = Store(tmp_path / "state.db")
    made.open()
    yield made
    await made.close()


async def opened(store, clock, seconds=600):
    sessions = Sessions(store, seconds, clock)
    await sessions.open()
    return sessions


async def test_a_context_is_there_for_the_next_sentence_and_after_a_restart(store):
    clock = Clock()
    sessions = await opened(store, clock)
    assert sessions.context("c", "t1") == {}
    sessions.note("c", "t1", {"last": "light.k"})
    assert sessions.context("c", "t2") == {"last": "light.k"}
    again = await opened(store, clock)
    assert again.context("c", "t2") == {"last": "light.k"}
    assert again.context("other", "t2") == {}


async def test_a_sentence_that_is_answered_again_is_read_in_the_context_that_it_was_read_in(store):
    sessions = await opened(store, Clock())
    sessions.note("c", "t1", {"n": 1})
    sessions.note("c", "t2", {"n": 2})
    assert sessions.context("c", "t2") == {"n": 1}
    sessions.note("c", "t2", {"n": 2})
    assert sessions.context("c", "t2") == {"n": 1}
    assert sessions.context("c", "t3") == {"n": 2}


async def test_a_context_is_of_use_for_a_while_only(store):
    clock = Clock()
    sessions = await opened(store, clock)
    sessions.note("c", "t1", {"n": 1})
    clock.now += 601
    assert sessions.context("c", "t2") == {}


async def test_without_a_session_nothing_is_kept(store):
    sessions = await opened(store, Clock())
    sessions.note("", "t1", {"n": 1})
    assert sessions.context("", "t2") == {}


async def test_a_language_is_kept_for_the_conversation(store):
    clock = Clock()
    sessions = await opened(store, clock)
    sessions.note("c", "t1", {"n": 1})
    sessions.set_language("c", "de")
    assert sessions.context("c", "t2") == {}, "what was said in another language is not followed on"
    sessions.note("c", "t2", {"n": 2})
    assert (await opened(store, clock)).language("c") == "de"
    sessions.set_language("c", "")
    assert sessions.language("c") == ""


async def test_conversations_are_bounded_in_number_and_a_context_in_size(store):
    sessions = await opened(store, Clock())
    for number in range(MOST + 20):
        sessions.note(f"c{number}", "t", {"n": number})
    assert sessions.context("c0", "x") == {}
    assert sessions.context(f"c{MOST + 19}", "x") == {"n": MOST + 19}
    sessions.note("big", "t", {"text": "x" * 100_000})
    assert sessions.context("big", "x") == {}


async def test_old_conversations_are_forgotten_on_disk_too(store):
    clock = Clock()
    sessions = await opened(store, clock)
    for number in range(MOST + 5):
        sessions.note(f"c{number}", "t", {})
    clock.now += 100
    sessions.note("new", "t", {"n": 1})
    await sessions.trim(clock.now - 50)
    rows = await store.read(lambda connection: connection.execute("SELECT conversation_id FROM sessions").fetchall())
    assert rows == [("new",)]
    assert sessions.context("new", "x") == {"n": 1}
