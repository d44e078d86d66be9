"""What a key of a caller stands for when its task came too early."""

import pytest

from wactorz_common.contracts.chat import ChatReply
from wactorz_common.errors import HouseUnknown
from wactorz_common.tasks import TaskEnd, TaskState
from wactorz_gateway.conversation import id_from_key
from wactorz_gateway.tries import Tries, came_too_early

KEY = id_from_key("k", "ann")


def reply(**more):
    return ChatReply(sender="main", content="hm", timestamp=1, **more)


def test_a_spent_key_stands_for_another_task_each_time_and_others_stay():
    tries = Tries()
    assert tries.id_of(KEY) == KEY
    tries.spend(KEY)
    tries.spend(KEY)
    assert (tries.id_of(KEY), tries.id_of(id_from_key("k", "ben"))) == (f"{KEY}-3", id_from_key("k", "ben"))


def test_what_has_no_key_is_not_counted():
    tries = Tries()
    tries.spend("minted")
    assert tries.id_of("minted") == "minted"


@pytest.mark.parametrize(
    ("end", "early"),
    [
        (TaskEnd("t", TaskState.EXPIRED, {}, None), True),
        (TaskEnd("t", TaskState.FAILED, {"error_code": HouseUnknown.code}, "not yet"), True),
        (TaskEnd("t", TaskState.FAILED, {}, "no"), False),
        (TaskEnd("t", TaskState.UNKNOWN, {}, None), False),
        (TaskEnd("t", TaskState.DONE, {}, None, reply(not_ready=True)), True),
        (TaskEnd("t", TaskState.DONE, {}, None, reply()), False),
    ],
)
def test_only_what_passes_by_itself_came_too_early(end, early):
    assert came_too_early(end) is early
