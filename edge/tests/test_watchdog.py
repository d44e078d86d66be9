"""Processes that live but do not answer."""

from wactorz_edge import watchdog
from wactorz_edge.process import Process
from wactorz_edge.record import ProcessRecord
from wactorz_edge.stack import Ready, Unit
from wactorz_edge.watchdog import Watchdog


class Supervisor:
    """Notes which restarts are asked for."""

    def __init__(self):
        self.asked = []
        self.processes = {}

    def restart(self, name, reason):
        self.asked.append((name, reason))
        return True


async def look(monkeypatch, answers, replace_after=None):
    given = iter(answers)

    async def serves(_ready):
        return next(given)

    monkeypatch.setattr(watchdog.readiness, "serves", serves)
    supervisor = Supervisor()
    process = Process(Unit("broker", Ready("mqtt")), ProcessRecord("broker", pid=1))
    process.ready.set()
    dog = Watchdog(supervisor)
    for number in range(len(answers)):
        if number == replace_after:
            process.record.pid += 1
        await dog.look_at(process)
    return supervisor.asked


async def test_two_failures_in_a_row_are_a_hang(monkeypatch):
    assert await look(monkeypatch, [True, False, False]) == [("broker", "it does not answer")]


async def test_one_failure_is_none(monkeypatch):
    assert await look(monkeypatch, [False, True, False, True]) == []


async def test_failures_of_the_previous_process_do_not_count(monkeypatch):
    assert await look(monkeypatch, [False, False], replace_after=1) == []
