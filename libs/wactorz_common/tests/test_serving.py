import json

import pytest

from wactorz_common.contracts.tasks import TaskState
from wactorz_common.serving import TaskServer, may_reply_to


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


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("result", [{"text": "\ud800"}, {"deep": nested(900)}, {"\udfff": 1}])
def test_an_answer_that_cannot_be_written_is_told_in_its_place(result):
    server = TaskServer.__new__(TaskServer)
    server._name = "guest"
    state, wire = server._wire("t1", TaskState.DONE, result)
    said = json.loads(wire)
    assert state is TaskState.UNKNOWN
    assert said["error"]
    assert (said["_task_id"], said["_state"], said["agent"]) == ("t1", "unknown", "guest")
