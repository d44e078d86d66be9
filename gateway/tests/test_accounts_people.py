"""Names, and who may change whom."""

import pytest

from wactorz_gateway.accounts.callers import Caller
from wactorz_gateway.accounts.people import Change, Person, change_problem, key_of, name_problem


@pytest.mark.parametrize("name", ["ann", "Ann Lee", "ann@home.lan", "9", "Zoë", "Łukasz", "李", "a" * 64, "a_b-c.d"])
def test_these_names_are_taken(name):
    assert name_problem(name) == ""


@pytest.mark.parametrize(
    "name",
    ["", " ann", "ann ", "a" * 65, "<b>", "a/b", "a\\b", "a\nb", "a\x00", "\u202eann", "ann\u200b", ".", "..", "ann.", "a;b",
     'a"b', "a'b", "a%00", "{ann}", "ann\t", "e\u0301ve", "a?b", "a#b", "a:b", "\ud800", "$(id)", "\uff21nn"],
)  # fmt: skip
def test_these_are_not(name):
    assert name_problem(name)


def test_two_spellings_are_one_person():
    assert key_of("ANN") == key_of("ann") == key_of("\uff21nn")


def one(name, role, **more):
    return Person(name, role, "hash", 1.0, **more)


@pytest.mark.parametrize(
    ("by", "role", "target", "change", "fine"),
    [
        ("ben", "admin", "user", Change(role="admin"), True),
        ("ben", "admin", "admin", Change(disabled=True), True),
        ("ben", "admin", "user", Change(role="owner"), False),
        ("ben", "admin", "owner", Change(password="x"), False),
        ("ben", "owner", "owner", Change(password="x"), True),
        ("ben", "owner", "owner", Change(deleted=True), False),
        ("ben", "owner", "owner", Change(role="admin"), False),
        ("ben", "owner", "owner", Change(disabled=True), False),
        ("ben", "owner", "owner", Change(disabled=False, role="owner"), True),
        ("Target", "owner", "user", Change(role="admin"), False),
    ],
)
def test_who_may_change_whom(by, role, target, change, fine):
    person = one("target", target)
    problem = change_problem({person.key: person}, Caller(by, role, "session"), person, change)
    assert (problem == "") is fine


def test_of_two_owners_one_may_go_but_a_disabled_one_does_not_count():
    first, second = one("a", "owner"), one("b", "owner")
    by = Caller("machine", "owner", "local")
    assert change_problem({"a": first, "b": second}, by, first, Change(deleted=True)) == ""
    gone = one("b", "owner", disabled=True)
    assert "last owner" in change_problem({"a": first, "b": gone}, by, first, Change(deleted=True))
    assert change_problem({"a": first, "b": gone}, by, gone, Change(deleted=True)) == ""
