"""Which processes are restarted with one that died. Pure."""

from collections.abc import Mapping, Sequence

from wactorz_common.supervision import Group, restarted_with
from wactorz_edge.process import Process


def members_with(groups: Sequence[Group], processes: Mapping[str, Process], dead: Process) -> list[Process]:
    """The dead one and who is restarted with it, in the order of starting; nobody who rests or is at it already."""
    found = [processes[name] for name in restarted_with(groups, dead.name) if name in processes]
    return [item for item in found if item is dead or (item.is_running and not item.record.stopped and not item.held)]
