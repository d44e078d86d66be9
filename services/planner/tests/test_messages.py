import pytest

from wactorz_common.contracts.rules import Condition, DetectionTrigger, MqttTrigger, RuleDraft
from wactorz_planner import messages
from wactorz_planner.messages import MISSING, detected, field_of, filters_of, meets, problem_of, read, watch_slug


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": {"b": 1}}', {"a": {"b": 1}}),
        (b"21.5", 21.5),
        (b"true", True),
        (b" open\n", "open"),
        (b"null", None),
        (b"NaN", "NaN"),
        ("Tür".encode(), "Tür"),
    ],
)
def test_a_message_is_json_or_text(data, value):
    assert read(data) == value


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"x" * (messages.LONGEST + 1)])
def test_what_is_neither_is_refused(data):
    with pytest.raises(ValueError, match=r"longer|decode"):
        read(data)


def test_deep_json_is_text():
    assert isinstance(read(b"[" * 60_000), str)


def test_dotted_fields_reach_into_objects_and_lists():
    value = {"air": {"co2": [400, 900]}, "nothing": None}
    assert field_of("air.co2.1", value) == 900
    assert field_of("air.co2.7", value) is MISSING
    assert field_of("nothing", value) is MISSING
    assert field_of("", "open") == "open"


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "expected"),
    [("gt", 28, "28.5", True), ("gt", 28, "warm", False), ("eq", "OPEN", "open", True), ("eq", True, True, True),
     ("ne", "on", "off", True), ("lte", 5.0, 5, True)],
)  # fmt: skip
def test_comparisons(operator, wanted, value, expected):
    assert meets(MqttTrigger(topic="sensors/a", operator=operator, value=wanted), value) is expected


@pytest.mark.parametrize(
    ("gone", "value", "expected"),
    [
        (False, {"detected": True}, True), (False, {"detected": "on", "target": "Person"}, True),
        (False, {"detected": False}, False), (True, {"detected": False}, True), (True, {"detected": True}, False),
        (False, {"detected": True, "target": "dog"}, None), (False, {"seen": 1}, None), (False, "person", None),
    ],
)  # fmt: skip
def test_what_a_camera_saw(gone, value, expected):
    assert detected(DetectionTrigger(target="person", gone=gone), value) is expected


def test_the_same_target_and_camera_share_a_watch_and_others_do_not():
    slug = watch_slug(DetectionTrigger(target="Person", camera="camera.front_door"))
    assert (
        slug == "person-camera-front-door" == watch_slug(DetectionTrigger(target="person ", camera="CAMERA.front_door"))
    )
    assert watch_slug(DetectionTrigger(target="person", gone=True)) == "person"
    odd = [watch_slug(DetectionTrigger(target=target)) for target in ("猫", "犬", "Hündin", "Hundin", "x" * 80, "/+#")]
    assert len(set(odd)) == len(odd)
    assert all(set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") and len(slug) <= 60 for slug in odd)


def test_topics_of_a_rule():
    draft = RuleDraft(
        trigger=DetectionTrigger(target="person"), conditions=(Condition(topic="sensors/a", value=1),) * 2
    )
    assert filters_of(draft) == ("custom/detections/person", "sensors/a")


@pytest.mark.parametrize(
    ("topic", "words"),
    [("io/chat", "cannot listen to io/chat"), ("agents/by-name/x/task", "cannot listen"), ("#", "cannot listen"),
     ("a/#/b", "is no topic"), ("sensors/\x00", "is no topic"), ("+/x", "cannot listen")],
)  # fmt: skip
def test_topics_that_rules_may_not_hear(topic, words):
    assert words in problem_of(topic)


def test_a_condition_looks_at_one_topic():
    assert problem_of("sensors/+/t") == ""
    assert "must not hold" in problem_of("sensors/+/t", wild=False)
