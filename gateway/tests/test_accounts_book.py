"""The tables on a real disk."""

import pytest

from wactorz_common.errors import StoreError
from wactorz_common.store import Store
from wactorz_gateway.accounts import book
from wactorz_gateway.accounts.people import Person
from wactorz_gateway.accounts.sessions import new_session
from wactorz_gateway.accounts.tokens import new_token

pytest_plugins = ["wactorz_testing.stores"]

ANN = Person("Ann", "owner", "hash", 1.0)


async def test_everything_comes_back_after_a_restart(store):
    _, session = new_session("ann", 5.0, "1.2.3.4", "browser")
    _, token = new_token("ann", "hall", ["talk", "read"], 5.0, 60.0)
    await store.write(book.prepare)
    await store.write(lambda c: (book.put_person(c, ANN), book.put_session(c, session), book.put_token(c, token)))
    await store.write(lambda c: book.note_seen(c, {"ann": 9.0}, {session.id: 9.0}, {token.id: 9.0}))
    await store.close()
    again = Store(store.path)
    again.open()
    await again.write(book.prepare)
    kept = await again.read(book.load)
    session.last_seen = token.last_used = 9.0
    assert kept.people == (Person("Ann", "owner", "hash", 1.0, 9.0),)
    assert kept.sessions == (session,)
    assert kept.tokens == (token,)
    assert token.scopes == ("read", "talk")

    await again.write(lambda c: book.remove_person(c, "ann"))
    kept = await again.read(book.load)
    assert kept == book.Kept((), (), ())
    await again.close()


async def test_an_owner_is_found_before_anything_runs(store):
    assert not book.owner_is_kept(store.path)
    await store.write(book.prepare)
    assert not book.owner_is_kept(store.path)
    await store.write(lambda c: book.put_person(c, Person("ben", "owner", "hash", 1.0, disabled=True)))
    await store.write(lambda c: book.put_person(c, Person("cleo", "admin", "hash", 1.0)))
    assert not book.owner_is_kept(store.path)
    await store.write(lambda c: book.put_person(c, ANN))
    assert book.owner_is_kept(store.path)


async def test_a_state_that_was_put_back_has_no_sessions(store):
    _, session = new_session("ann", 5.0, "1.2.3.4", "browser")
    await store.write(book.prepare)
    assert not await store.write(lambda c: book.end_sessions_of_a_backup(c, "", "first"))
    await store.write(lambda c: book.put_session(c, session))
    assert not await store.write(lambda c: book.end_sessions_of_a_backup(c, "first", "second"))
    assert not await store.write(lambda c: book.end_sessions_of_a_backup(c, "first", "third")), "killed before the file"
    assert (await store.read(book.load)).sessions == (session,)
    assert await store.write(lambda c: book.end_sessions_of_a_backup(c, "a later start", "fourth"))
    assert (await store.read(book.load)).sessions == ()


async def test_tables_of_a_newer_program_are_refused_with_a_sentence_and_stay_as_they_are(store):
    await store.write(book.prepare)
    await store.write(lambda c: c.execute("UPDATE accounts_version SET version = 7").rowcount)
    with pytest.raises(StoreError, match="version 7, but this program knows only up to 2: install the newer program"):
        await store.write(book.prepare)
    assert await store.read(lambda c: c.execute("SELECT version FROM accounts_version").fetchall()) == [(7,)]


async def test_who_is_new_has_nothing_that_was_left_of_somebody_of_this_name(store):
    _, session = new_session("ann", 5.0, "1.2.3.4", "browser")
    _, token = new_token("ann", "hall", ["read"], 5.0, 60.0)
    await store.write(book.prepare)
    await store.write(lambda c: (book.put_session(c, session), book.put_token(c, token)))
    await store.write(lambda c: book.add_person(c, ANN))
    assert await store.read(book.load) == book.Kept((ANN,), (), ())
