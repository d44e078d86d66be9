import pytest

from wactorz_sandbox.guest.topics import matches


@pytest.mark.parametrize(
    ("topic_filter", "topic", "fits"),
    [
        ("a/b", "a/b", True), ("a/b", "a/c", False), ("a/+", "a/b", True), ("a/+", "a/b/c", False), ("a/+", "a", False),
        ("a/#", "a", True), ("a/#", "a/b/c", True), ("#", "a/b", True), ("+/b", "a/b", True), ("+", "/a", False),
        ("#", "$SYS/x", False), ("+/x", "$SYS/x", False), ("$SYS/#", "$SYS/x", True), ("a/b/+", "a/b", False),
    ],
)  # fmt: skip
def test_filters(topic_filter, topic, fits):
    assert matches(topic_filter, topic) is fits
