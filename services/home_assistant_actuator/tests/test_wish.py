"""Who is believed to be behind a call."""

from typing import Any

import pytest

from wactorz_common.contracts.home import Actuation, ServiceCall
from wactorz_common.handlers import Task
from wactorz_home_assistant_actuator.wish import Wish, as_wire, hash_of, may_release, wish_of

CALL = ServiceCall(domain="lock", service="unlock", entity_id=("lock.a",), data={"b": 1, "a": 2})


def make_task(sender: str) -> Task:
    return Task("t", "actuate", "home-assistant-actuator", sender)


def make_request(**fields: Any) -> Actuation:
    return Actuation(calls=(CALL,), **fields)


@pytest.mark.parametrize("sender", ["main", "gateway", "io-agent", "home-assistant-agent"])
def test_the_services_speak_for_people_and_models(sender: str):
    assert wish_of(make_request(person="ann"), make_task(sender), granted=True) == Wish("person", "ann")
    model = make_request(person="ann", origin="model", tainted=True)
    assert wish_of(model, make_task(sender), granted=False) == Wish("model", "ann", tainted=True)


def test_the_planner_speaks_for_rules_only():
    found = wish_of(make_request(person="ann", origin="person", rule_id="r"), make_task("planner"), granted=True)
    assert found == Wish("rule", "ann", rule_id="r", granted=True)
    assert found.speaker == ""


@pytest.mark.parametrize("sender", ["", "some-agent", "monitor"])
def test_others_speak_for_nobody(sender: str):
    claimed = make_request(person="ann", origin="rule", rule_id="r")
    assert wish_of(claimed, make_task(sender), granted=True) == Wish("agent")
    assert not may_release(make_task(sender))
    assert may_release(make_task("main"))


def test_who_counts_as_a_person():
    assert Wish().is_personal
    assert Wish("rule", approved=True).is_personal
    assert not Wish("rule", granted=True).is_personal
    assert not Wish(tainted=True).is_personal
    assert Wish("model", "ann").speaker == "ann"


def test_text_from_outside_never_opens():
    assert Wish(approved=True).may_open
    assert Wish("rule", granted=True).may_open
    assert not Wish(tainted=True, approved=True, granted=True).may_open
    assert not Wish().may_open


def test_the_hash_follows_every_change_but_not_the_order_of_keys():
    same = ServiceCall(domain="lock", service="unlock", entity_id=("lock.a",), data={"a": 2, "b": 1})
    assert hash_of([CALL]) == hash_of([same])
    for change in ({"service": "open"}, {"entity_id": ("lock.b",)}, {"data": {}}):
        assert hash_of([CALL.model_copy(update=change)]) != hash_of([CALL])
    assert hash_of([CALL, CALL]) != hash_of([CALL])
    assert as_wire([CALL]) == [
        {"domain": "lock", "service": "unlock", "entity_id": ["lock.a"], "data": {"b": 1, "a": 2}}
    ]
