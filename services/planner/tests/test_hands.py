import pytest

from wactorz_common.contracts.home import ServiceCall, StateChange
from wactorz_planner.hands import MOST_FLIPS, MOST_LOOPS, Hand, Hands, hand_of

ON = ServiceCall(domain="light", service="turn_on", entity_id=("light.a",))
OFF = ServiceCall(domain="light", service="turn_off", entity_id=("light.a",))
PERSON = {"id": "c-person", "user_id": "ada", "parent_id": None}
AUTOMATION = {"id": "c-auto", "user_id": None, "parent_id": "c-trigger"}
DEVICE = {"id": "c-device", "user_id": None, "parent_id": None}


def change(at=100.0, context=PERSON, before="off", after="on", entity_id="light.a", **more):
    sides = {"old_state": {"state": before, "attributes": {}}, "new_state": {"state": after, "attributes": {}}}
    return StateChange(entity_id=entity_id, domain=entity_id.partition(".")[0], timestamp=at, context=context,
                       **{**sides, **more})  # fmt: skip


@pytest.mark.parametrize(
    ("context", "by"),
    [(PERSON, "a person"), (AUTOMATION, "an automation"), (DEVICE, "the device itself"), (None, "the d")],
)
def test_whose_hand_it_was(context, by):
    assert hand_of(change(context=context), 200.0).by.startswith(by)


@pytest.mark.parametrize(
    "more",
    [
        {"resync": True},
        {"old_state": None},
        {"new_state": None},
        {"before": "on"},
        {"before": "unavailable"},
        {"after": "unknown"},
        {
            "old_state": {"state": "heat", "attributes": {"current_temperature": 20}},
            "new_state": {"state": "heat", "attributes": {"current_temperature": 21}},
        },
    ],
)
def test_what_is_no_hand(more):
    assert hand_of(change(**more), 200.0) is None


def test_what_can_be_set_counts_as_moved_too():
    dimmed = change(
        old_state={"state": "on", "attributes": {"brightness": 10}},
        new_state={"state": "on", "attributes": {"brightness": 200}},
    )
    assert hand_of(dimmed, 200.0) == Hand("light.a", 100.0, "a person", "c-person", from_outside=True)


def test_a_hand_after_the_crossing_wins_and_one_before_it_does_not():
    hands = Hands()
    assert hands.see(change(at=100.0), 101.0) is not None
    assert "a person changed light.a" in hands.objections("r", [ON], 99.0, 102.0)["light.a"]
    assert hands.objections("r", [ON], 100.0, 102.0) == {}
    assert hands.objections("r", [ON], 101.0, 102.0) == {}
    other = ON.model_copy(update={"entity_id": ("light.b",)})
    assert hands.objections("r", [other], 99.0, 102.0) == {}


def test_a_hold_time_holds_off_new_crossings_as_well():
    hands = Hands(hold_seconds=60)
    hands.see(change(at=100.0), 100.0)
    assert "10 s ago" in hands.objections("r", [ON], 110.0, 110.0)["light.a"]
    assert hands.objections("r", [ON], 160.0, 160.0) == {}


def test_what_a_rule_moves_itself_is_no_hand():
    hands = Hands()
    hands.begin("t1", "r", [ON], 100.0, 0.0)
    assert hands.see(change(at=100.2, context=PERSON), 100.2) is None
    assert hands.end("t1", ["c-person"], 101.0, acted=True) == []
    assert hands.see(change(at=101.0, context={**PERSON, "user_id": "x"}), 101.0) is None
    child = {"id": "c-2", "parent_id": "c-person", "user_id": None}
    assert hands.see(change(at=101.0, context=child), 101.0) is None
    assert hands.marks == {}


def test_a_hand_while_a_call_is_under_way_is_found_when_it_ends():
    hands = Hands()
    hands.begin("t1", "r", [ON], 100.0, 0.0)
    hands.see(change(at=100.2, context={"id": "ours", "user_id": "token"}), 100.2)
    hands.see(change(at=100.4, context=PERSON, before="on", after="off"), 100.4)
    hands.see(change(at=100.5, context=DEVICE), 100.5)
    assert [hand.context_id for hand in hands.end("t1", ["ours"], 101.0, acted=True)] == ["c-person"]
    assert hands.marks["light.a"].at == 100.4


def test_without_contexts_all_that_came_meanwhile_may_have_been_ours():
    hands = Hands()
    hands.begin("t1", "r", [ON], 100.0, 0.0)
    hands.see(change(at=100.2), 100.2)
    assert hands.end("t1", [], 101.0, acted=True) == []
    assert hands.see(change(at=101.5), 101.5) is None
    assert hands.see(change(at=102.5), 102.5) is not None
    hands.begin("t2", "r", [ON], 110.0, 0.0)
    hands.see(change(at=110.2), 110.2)
    assert len(hands.end("t2", [], 101.0, acted=False)) == 1


@pytest.mark.parametrize(("entity_id", "settling", "after"), [("light.a", 4.0, 6.0), ("cover.a", 60.0, 100.0)])
def test_a_device_on_its_way_to_where_a_rule_sent_it_is_no_hand(entity_id, settling, after):
    hands = Hands()
    call = ON.model_copy(update={"entity_id": (entity_id,)})
    hands.begin("t1", "r", [call], 100.0, 0.0)
    hands.end("t1", ["ours"], 101.0, acted=True)
    assert hands.see(change(at=100.0 + settling, context=DEVICE, entity_id=entity_id), 300.0) is None
    assert hands.see(change(at=100.0 + settling, context=PERSON, entity_id=entity_id), 300.0) is not None
    assert hands.see(change(at=100.0 + after, context=DEVICE, entity_id=entity_id), 300.0) is not None


def test_what_a_rule_keeps_is_left_alone_by_others_until_the_time_is_over():
    hands = Hands()
    hands.begin("t1", "one", [ON], 100.0, 60.0)
    assert hands.objections("two", [OFF], 110.0, 110.0) == {"light.a": "rule one keeps light.a as it is for 50 s more"}
    assert hands.objections("two", [ON], 110.0, 110.0) == {}
    assert hands.objections("one", [OFF], 110.0, 110.0) == {}
    assert hands.objections("two", [OFF], 160.0, 160.0) == {}


def test_a_hand_or_a_failure_ends_what_a_rule_keeps():
    hands = Hands()
    hands.begin("t1", "one", [ON], 100.0, 60.0)
    hands.end("t1", ["ours"], 101.0, acted=True)
    hands.see(change(at=110.0), 110.0)
    assert hands.objections("two", [OFF], 120.0, 120.0) == {}
    failed = Hands()
    failed.begin("t1", "one", [ON], 100.0, 60.0)
    failed.end("t1", [], 101.0, acted=False)
    assert failed.objections("two", [OFF], 110.0, 110.0) == {}


def flip(hands, times, seconds=5.0):
    for number in range(times):
        rule, call = ("one", ON) if number % 2 == 0 else ("two", OFF)
        hands.remember(f"t{number}", rule, [call], number * seconds, 0.0)
    return ("one", ON) if times % 2 == 0 else ("two", OFF), times * seconds


def test_one_flip_too_many_within_a_minute_is_a_fight():
    for times in range(1, MOST_FLIPS + 1):
        hands = Hands()
        (rule, call), now = flip(hands, times)
        assert hands.opponent(rule, [call], now) is None
    hands = Hands()
    (rule, call), now = flip(hands, MOST_FLIPS + 1)
    assert hands.opponent(rule, [call], now) == ({"one": "two", "two": "one"}[rule], "light.a")


def test_slow_flips_and_rules_of_one_mind_are_no_fight():
    slow = Hands()
    (rule, call), now = flip(slow, 20, seconds=15.0)
    assert slow.opponent(rule, [call], now) is None
    agreed = Hands()
    for number in range(20):
        agreed.remember(f"t{number}", "one" if number % 2 else "two", [ON], float(number), 0.0)
    assert agreed.opponent("one", [ON], 20.0) is None


def test_forgiven_rules_begin_anew():
    hands = Hands()
    (rule, call), now = flip(hands, MOST_FLIPS + 1)
    hands.forgive("one")
    assert hands.opponent(rule, [call], now) is None


def test_what_rules_move_may_not_make_a_rule_fire_again_and_again():
    hands = Hands()
    verdicts = []
    for second in range(MOST_LOOPS + 1):
        hands.remember(f"t{second}", "r", [ON], float(second), 0.0)
        verdicts.append(hands.is_looping("r", "light.a", second + 0.5))
    assert verdicts == [False] * MOST_LOOPS + [True]
    assert not hands.is_looping("r", "sensor.free", 10.0)
    assert not hands.is_looping("r", "light.a", 100.0)


def test_marks_and_moves_come_back_and_follow_a_rename():
    hands = Hands()
    hands.restore([Hand("light.a", 100.0, "a person")], [("t", "one", (ON,), 90.0, 300.0)])
    hands.rename("light.a", "light.z")
    call = OFF.model_copy(update={"entity_id": ("light.z",)})
    assert "light.z" in hands.objections("two", [call], 99.0, 110.0)
    assert hands.marks["light.z"].entity_id == "light.z"
