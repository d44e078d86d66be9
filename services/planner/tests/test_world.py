"""The effects of rules are tested with the whole agent; here is what only this module decides."""

import time
from types import SimpleNamespace

import pytest

from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts.chat import ChatAnswer, ChatRequest
from wactorz_common.contracts.notices import Notice, NoticeResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Refused
from wactorz_common.tasks import TaskEnd
from wactorz_planner.agent import PlannerAgent
from wactorz_planner.firings import Firing
from wactorz_planner.settings import PlannerSettings
from wactorz_planner.telling import Handover


@pytest.fixture
async def planner(store, tmp_path):
    bus = Bus(Identity("planner", "id-1", 1, "c"), Broker("localhost", 1), None)
    made = PlannerAgent(PlannerSettings(state_dir=tmp_path), bus, store)
    made.submitted = []

    async def submit(operation, request, **options):
        made.submitted.append((operation.action, options))
        if isinstance(made.end, Exception):
            raise made.end
        return made.end

    made.submit = submit
    return made


def firing():
    return Firing("rule/r1/1/1", "r1", "rule/r1/1/1", "on", time.time(), time.time() + 30, 0.0)


def end(state, result=None, error=None):
    return TaskEnd("t", state, {}, error, result)


@pytest.mark.parametrize(
    ("ended", "state", "detail"),
    [
        (end(TaskState.DONE, NoticeResult(status="sent", text="Sent.")), TaskState.DONE, "Sent."),
        (end(TaskState.DONE, NoticeResult(status="held", text="Held.")), TaskState.DONE, "Held."),
        (end(TaskState.DONE, NoticeResult(status="failed", text="404")), TaskState.FAILED, "404"),
        (end(TaskState.EXPIRED), TaskState.EXPIRED, "the notice is expired"),
        (end(TaskState.FAILED, error="no place"), TaskState.FAILED, "no place"),
        (Refused("too much is under way"), TaskState.FAILED, "too much is under way"),
    ],
)
async def test_how_a_notice_ends(planner, ended, state, detail):
    planner.end = ended
    found = await planner.notify(firing(), 2, Notice(text="x"))
    assert (found.state, found.detail) == (state, detail)
    action, options = planner.submitted[0]
    assert (action, options["task_id"], options["trace_id"]) == ("notify", "rule/r1/1/1/notice/2", "rule/r1/1/1")
    assert 290 < options["deadline"] <= 300


async def test_how_a_task_for_an_agent_ends(planner):
    planner.end = end(TaskState.DONE, ChatAnswer(text="noted"))
    found = await planner.hand_over(firing(), 1, Handover("owl", ChatRequest(text="x")))
    assert (found.state, found.detail) == (TaskState.DONE, "owl: noted")
    assert planner.submitted[0][1]["to"] == "owl"
    planner.end = end(TaskState.DONE, ChatAnswer(text="no", status="failed"))
    assert (await planner.hand_over(firing(), 1, Handover("owl"))).state is TaskState.FAILED


async def test_filters_of_the_last_run_are_listened_to_before_the_rules_are_loaded(planner, store, tmp_path):
    await store.persist("filters", ["sensors/#", "custom/bell"])
    bus = Bus(Identity("planner", "id-1", 2, "c"), Broker("localhost", 1), None)
    again = PlannerAgent(PlannerSettings(state_dir=tmp_path), bus, store)
    assert again.ears.filters == ("sensors/#", "custom/bell")


@pytest.mark.parametrize(("awake_ago", "retained"), [(1.0, False), (3600.0, True)])
async def test_what_was_kept_over_a_long_absence_is_no_event(planner, awake_ago, retained):
    taken = []
    hearing = SimpleNamespace(take=lambda *_, retained: taken.append(retained))
    planner.watch = SimpleNamespace(hearing=hearing)
    planner._loaded.set()
    planner._awake_at = time.time() - awake_ago
    await planner._hear("custom/#", "custom/bell", b"1", False)
    assert taken == [retained]
