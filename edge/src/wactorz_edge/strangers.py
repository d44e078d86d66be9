"""Ends processes that a killed runner had started but not yet written down."""

import os
import signal

from wactorz_edge import procfs


def end_strangers(launcher: int, known: set[int]) -> list[int]:
    """Kill the children of the launcher and of this process that belong to no recorded one; their ids.

    A service's own children live in its session and are left alone while it lives.
    """
    me = os.getpid()
    if launcher != os.getppid():
        return []
    ended = []
    for pid in (*procfs.children(launcher), *procfs.children(me)):
        if pid != me and pid not in known and procfs.session_of(pid) not in known and procfs.start_ticks(pid):
            procfs.send(pid, signal.SIGKILL)
            ended.append(pid)
    return ended
