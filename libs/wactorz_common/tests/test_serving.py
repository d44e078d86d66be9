import pytest

from wactorz_common.serving import may_reply_to


@pytest.mark.parametrize("topic", ["agents/by-name/a/reply/x", "nodes/here/reply/1", "main/reply/t", "mine/answers"])
def test_replies_go_where_nobody_acts_on_them(topic):
    assert may_reply_to(topic)


@pytest.mark.parametrize(
    "topic",
    ["nodes/local/spawn", "agents/x/commands", "agents/by-name/main/task", "io/chat", "$SYS/x", "a/+", "a/\x01", "a/\uffff",
     "a" + "/a" * 200],
)  # fmt: skip
def test_a_reply_is_sent_neither_as_an_order_nor_where_the_broker_hangs_up(topic):
    assert not may_reply_to(topic)
