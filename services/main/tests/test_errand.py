"""One message under way: its language, its sub-tasks, its deadlines."""

import time

from wactorz_common.contracts.home import ACTUATE, GET_STATES, Actuation, StateQuery, StateReport
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.handlers import Task
from wactorz_main.errand import Errand

from .turn_doubles import CALL, PLACE, errand_of


async def test_the_language_is_the_one_that_was_set_then_the_one_last_spoken_then_the_usual_one(agent):
    assert errand_of(agent, "hello").language == "en"
    agent.sessions.note(PLACE, "t0", {"language": "de"})
    spoken = Errand(agent, errand_of(agent, "hallo").request.model_copy(update={"conversation_id": "c"}), _task())
    assert spoken.language == "de"
    set_by_hand = spoken.request.model_copy(update={"language": "en"})
    assert Errand(agent, set_by_hand, _task()).language == "en"


async def test_sub_tasks_have_the_same_id_in_every_run(agent):
    for _ in range(2):
        await errand_of(agent, "turn it on").submit(ACTUATE, Actuation(calls=(CALL,)), "act")
    first, second = [task_id for _, _, task_id, _ in agent.submitted]
    assert first == second


async def test_questions_carry_the_trace_of_the_message(agent):
    agent.answers["get_states"] = StateReport(states=())
    await errand_of(agent, "is it on?").ask(GET_STATES, StateQuery())
    assert agent.asked[-1][0] == "get_states"


def test_deadlines_leave_time_to_report_an_answer_that_never_came(agent):
    errand = Errand(agent, errand_of(agent, "x").request, _task(100))
    assert errand.limit(30) == 30
    assert 83 <= errand.limit(300) <= 84
    hurried = Errand(agent, errand.request, _task(10))
    assert 4 <= hurried.limit(30) <= 5


def test_an_end_without_words_gets_the_usual_ones(agent):
    errand = errand_of(agent, "x")
    assert errand.answer(TaskState.DONE, "On.").text == "On."
    unknown = errand.answer(TaskState.UNKNOWN, None)
    assert (unknown.status, bool(unknown.text)) == ("unknown", True)
    assert errand.failed("No.").status == "failed"


def _task(seconds: float = 60) -> Task:
    return Task("t1", "chat", "main", deadline_at=time.time() + seconds)
