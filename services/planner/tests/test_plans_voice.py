import pytest

from wactorz_common.contracts.plans import Plan, RunPlan
from wactorz_common.errors import TaskFailed
from wactorz_planner.plans.book import KeptPlan
from wactorz_planner.plans.voice import Voice, only


def make(status="done", **more):
    plan = Plan(plan_id="p1", task="t", steps=(), status=status, created_at=1, conversation_id="s1", cost_usd=0.5,
                answer="All done.", note="May I?")  # fmt: skip
    return KeptPlan(plan, RunPlan(task="t", chat_id="c1", person=more.pop("person", "")), "t1", "trace", **more)


@pytest.mark.parametrize(
    ("status", "told", "text"),
    [("done", "done", "All done."), ("proposed", "waiting", "May I?"), ("failed", "failed", "All done.")],
)
async def test_a_late_answer_says_what_became_of_the_plan_where_it_was_wished(script, status, told, text):
    planner = await script.start()
    await Voice(planner).tell_late(make(status, person="ann", cloud=True, approvals={"w": "x1"}))
    ((topic, reply),) = [one for one in planner.published if one[0].endswith("/chat")]
    assert (reply.status, reply.content, reply.to, reply.conversation_id) == (told, text, "ann", "s1")
    assert (reply.source, reply.cost_usd, reply.approval_id, reply.trace_id) == ("cloud", 0.5, "x1", "trace")
    assert topic == "agents/id-1/chat"


async def test_whoever_is_at_a_step_hears_of_a_stop_and_so_does_the_model(script):
    planner = await script.start()
    await Voice(planner).stop_workers(["plan-p1-1", "plan-p1-2"], "c1")
    assert [stop.chat_id for topic, stop in planner.published if topic == "io/chat/stop"] == ["plan-p1-1", "plan-p1-2"]
    assert planner.cancelled == ["c1"]
    await Voice(planner).stop_workers(["plan-p1-3"], "")
    assert planner.cancelled == ["c1"], "nobody follows, so nothing is streamed"


async def test_a_model_that_does_not_hear_of_the_stop_breaks_nothing(script, monkeypatch):
    planner = await script.start()

    async def away(*_args, **_more):
        raise TaskFailed("away")

    monkeypatch.setattr(planner, "ask", away)
    await Voice(planner).stop_workers(["plan-p1-1"], "c1")
    assert planner.published[-1][1].chat_id == "plan-p1-1"


async def test_a_stream_tells_pieces_to_who_asked_and_progress_to_all(script):
    planner = await script.start()
    await Voice(planner).stream(make()).tell(1, "done", "Step 1")
    topics = [topic for topic, _ in planner.published]
    assert topics == ["agents/id-1/plans", "io/chat/stream/c1"]


def test_a_plain_yes_can_only_mean_the_one_approval_there_is():
    assert [only(ids) for ids in ((), ("a",), ("a", "b"))] == ["", "a", ""]
