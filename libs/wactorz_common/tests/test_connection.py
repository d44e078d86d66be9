import pytest

from wactorz_common.connection import is_topic


@pytest.mark.parametrize(
    "topic",
    ["", "a/+", "a/#", "a/\0", "a/\x01", "a/\n", "a/\x7f", "a/\x85", "a/\ud800", "a/\ufdd0", "a/\uffff", "a/\U0010ffff",
     "a" + "/a" * 200, "x" * 65_536, "é" * 40_000],
)  # fmt: skip
def test_what_a_broker_hangs_up_on_is_no_topic(topic):
    assert not is_topic(topic)


@pytest.mark.parametrize("topic", ["a", "a/b", "/", "a//b", "küche/ofen 1", "a" + "/a" * 199, "x" * 65_535, "家/灯"])
def test_other_text_is_one(topic):
    assert is_topic(topic)
