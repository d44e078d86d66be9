import pytest

from wactorz_common.contracts.spawning import Grants
from wactorz_common.rights import allows, covers, guest_rights, is_filter, matches, overlap, problem_of

ID = "20261121T091530.0001Z-helper"


@pytest.mark.parametrize(
    ("filter_", "topic", "expected"),
    [
        ("a/b", "a/b", True), ("a/+", "a/b", True), ("a/+", "a/b/c", False), ("a/#", "a", True),
        ("a/#", "a/b/c", True), ("+/b", "a/b", True), ("#", "$SYS/broker", False), ("+/x", "$CONTROL/x", False),
        ("a", "a/b", False), ("a/b", "a", False),
    ],
)  # fmt: skip
def test_a_filter_matches_as_the_protocol_says(filter_, topic, expected):
    assert matches(filter_, topic) is expected


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ("a/#", "a/+/c", True), ("a/+", "a/b", True), ("a/+", "a/#", False), ("a/b", "a/+", False),
        ("a/+/c", "a/b/c", True), ("a/+", "a", False), ("#", "#", True), ("a/#", "#", False),
    ],
)  # fmt: skip
def test_a_filter_covers_only_what_is_within_it(wide, narrow, expected):
    assert covers((wide,), narrow) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("a/b", "a/b", True), ("a/+", "a/b", True), ("a/+/c", "a/b/+", True), ("a/#", "a", True), ("a", "a/#", True),
        ("a/#", "+/b/c", True), ("a/+", "a", False), ("a/+/c", "a/b/d", False), ("a/b", "a/b/c", False),
        ("b/#", "a/#", False), ("#", "a", True),
    ],
)  # fmt: skip
def test_filters_overlap_when_a_topic_is_in_both(one, other, expected):
    assert overlap(one, other) is overlap(other, one) is expected


@pytest.mark.parametrize(
    "text", ["", "a+/b", "a/#/b", "a/b#", "a\x00", "a/\x01", "a/\x85", "a/\uffff", "a/\ud800", "a" + "/+" * 200]
)
def test_a_malformed_filter_is_none(text):
    assert not is_filter(text)


def test_a_guest_has_its_own_topics_and_the_free_ones():
    rights = guest_rights("helper", ID, Grants())
    assert allows(rights.publish, f"agents/{ID}/heartbeat")
    assert allows(rights.publish, "custom/triggers/x")
    assert allows(rights.subscribe, "agents/by-name/helper/task")
    assert allows(rights.subscribe, "homeassistant/state_changes/light/light.kitchen")


@pytest.mark.parametrize(
    "topic",
    [
        "agents/someone/heartbeat", f"agents/{ID}/commands", "agents/by-name/main/task", "agents/by-name/llm/task",
        "nodes/local/spawn", "$CONTROL/dynamic-security/v1", "io/chat", "system/health",
        "homeassistant/state_changes/light/x",
    ],
)  # fmt: skip
def test_a_guest_may_not_speak_for_others(topic):
    assert not allows(guest_rights("helper", ID, Grants()).publish, topic)


@pytest.mark.parametrize("topic", ["agents/by-name/main/task", "agents/by-name/main/reply/x", "io/chat", "$SYS/x"])
def test_a_guest_does_not_hear_others(topic):
    assert not allows(guest_rights("helper", ID, Grants()).subscribe, topic)


def test_what_is_granted_is_allowed():
    rights = guest_rights(
        "helper", ID, Grants(agents=("weather",), model=True, publish=("mine/+",), subscribe=("x/#",))
    )
    assert allows(rights.publish, "agents/by-name/weather/task")
    assert allows(rights.publish, "agents/by-name/llm/task")
    assert allows(rights.publish, "mine/a")
    assert allows(rights.subscribe, "x/y/z")


@pytest.mark.parametrize(
    "grants",
    [
        Grants(publish=("#",)), Grants(subscribe=("#",)), Grants(subscribe=("+/+/task",)),
        Grants(publish=("nodes/local/spawn",)), Grants(subscribe=("$SYS/#",)), Grants(publish=("agents/x/commands",)),
        Grants(subscribe=("agents/by-name/main/task",)), Grants(publish=("a+",)), Grants(publish=("system/health",)),
        Grants(subscribe=("agents/+/+/task",)), Grants(subscribe=("agents/#",)), Grants(subscribe=("agents/+/#",)),
        Grants(subscribe=("agents/+/main/reply/x",)), Grants(subscribe=("agents/+/+/+/+",)),
    ],
)  # fmt: skip
def test_some_grants_are_given_to_nobody(grants):
    assert problem_of(grants)


@pytest.mark.parametrize("filter_", ["agents/+/results", "agents/+/detections", "agents/weather/#"])
def test_what_other_agents_tell_everybody_can_be_granted(filter_):
    assert not problem_of(Grants(subscribe=(filter_,)))


def test_ordinary_grants_are_fine():
    assert not problem_of(Grants(publish=("zigbee2mqtt/lamp/set",), subscribe=("zigbee2mqtt/#",)))


def test_a_guest_may_hear_who_else_is_there():
    rights = guest_rights("helper", ID, Grants())
    for topic in ("agents/other/manifest", "agents/other/heartbeat", "nodes/local/heartbeat"):
        assert allows(rights.subscribe, topic), topic
    for topic in ("nodes/local/spawn", "agents/other/chat", "agents/other/commands"):
        assert not allows(rights.subscribe, topic), topic


def test_a_persona_may_ask_the_model_without_a_grant_and_code_may_not():
    assert allows(guest_rights("poet", ID, Grants(), "llm").publish, "agents/by-name/llm/task")
    assert not allows(guest_rights("helper", ID, Grants(), "dynamic").publish, "agents/by-name/llm/task")


def test_no_grant_takes_in_what_is_said_to_one_replica():
    assert "tasks of other agents" in problem_of(Grants(subscribe=("agents/+/keeper/task/+",)))
