"""Accounts in memory."""

from wactorz_gateway.accounts.book import Kept
from wactorz_gateway.accounts.known import OPENED_HERE, Known
from wactorz_gateway.accounts.people import Person
from wactorz_gateway.accounts.sessions import IDLE_SECONDS, LONGEST_SECONDS, new_session
from wactorz_gateway.accounts.tokens import new_token

DAY = 24 * 3600.0


def make(role="owner", **more):
    known, told = Known(), []
    known.revoked.append(told.append)
    secret, session = new_session("ann", 0.0, "1.2.3.4", "browser")
    key, token = new_token("ann", "hall", ["control"], 0.0, 60.0)
    known.fill(Kept((Person("Ann", role, "hash", 0.0, **more),), (session,), (token,)))
    return known, told, secret, key


def test_a_session_lives_by_its_use():
    known, _, secret, _ = make()
    assert known.by_session(secret, 1.0).person == "Ann"
    assert known.by_session("wrong", 1.0) is None
    assert known.by_session(secret, IDLE_SECONDS) is None
    moment = 0.0
    while moment + 6 * DAY < LONGEST_SECONDS:
        moment += 6 * DAY
        assert known.by_session(secret, moment)
    assert known.by_session(secret, LONGEST_SECONDS) is None
    sessions, tokens = known.over(LONGEST_SECONDS)
    assert (len(sessions), len(tokens)) == (1, 1)


def test_who_was_here_is_told_once():
    known, _, secret, key = make()
    known.by_session(secret, 100.0)
    known.by_token(key, 30.0)
    people, sessions, tokens = known.take_seen()
    assert people == {"ann": 30.0}
    assert list(sessions.values()) == [100.0]
    assert list(tokens.values()) == [30.0]
    assert known.people["ann"].last_seen == 30.0
    assert known.take_seen() == ({}, {}, {})


def test_whoever_ends_is_named():
    known, told, secret, key = make()
    session, token = known.by_session(secret, 1.0), known.by_token(key, 1.0)
    assert told == [OPENED_HERE]
    known.interrupt_tokens_of("ann")
    assert told[1:] == [token.key]
    known.remove_person("ann")
    assert told[2:] == [session.key, token.key]
    assert not known.has_owner
    assert known.by_session(secret, 1.0) is known.by_token(key, 1.0) is None


def test_a_disabled_person_is_nobody():
    known, _, secret, key = make(disabled=True)
    assert known.by_session(secret, 1.0) is known.by_token(key, 1.0) is None
    assert not known.has_owner
    assert known.first_owner() == ""


def test_what_belongs_to_nobody_is_not_known():
    known, *_ = make()
    secret, session = new_session("gone", 0.0, "", "")
    key, token = new_token("gone", "x", ["read"], 0.0, 60.0)
    known.put_session(session)
    known.put_token(token)
    assert known.by_session(secret, 1.0) is known.by_token(key, 1.0) is None
    assert session.id not in known.sessions
    assert token.id not in known.tokens


def test_the_first_owner():
    known, *_ = make()
    known.put_person(Person("ben", "owner", "hash", -1.0))
    known.put_person(Person("cleo", "admin", "hash", -2.0))
    assert known.first_owner() == "ben"
