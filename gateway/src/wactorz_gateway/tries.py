"""Keys of callers whose task came too early: that nothing could be done yet is no answer to keep for the next try."""

from collections import OrderedDict
from typing import Any

from wactorz_common.contracts.chat import ChatReply
from wactorz_common.errors import HouseUnknown
from wactorz_common.tasks import TaskEnd, TaskState
from wactorz_gateway.conversation import KEYED

_MOST = 2_000


class Tries:
    """How often the task of a key came too early; after a restart a key tells so once more for each of these."""

    def __init__(self) -> None:
        self._spent: OrderedDict[str, int] = OrderedDict()

    def id_of(self, task_id: str) -> str:
        """The id for the next try of a task."""
        spent = self._spent.get(task_id, 0)
        return f"{task_id}-{spent + 1}" if spent else task_id

    def spend(self, task_id: str) -> None:
        """The task came too early: the same key makes another one."""
        if not task_id.startswith(KEYED):
            return
        self._spent[task_id] = self._spent.pop(task_id, 0) + 1
        while len(self._spent) > _MOST:
            self._spent.popitem(last=False)


def came_too_early(end: TaskEnd[Any]) -> bool:
    """Whether nothing was done, only because nobody was ready for it in time."""
    if end.state is TaskState.EXPIRED:
        return True
    if isinstance(end.result, ChatReply):
        return end.result.not_ready
    return end.state is TaskState.FAILED and end.body.get("error_code") == HouseUnknown.code
