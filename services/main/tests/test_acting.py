import pytest

from wactorz_common.contracts.home import ActuationResult, CallOutcome, ServiceCall
from wactorz_common.contracts.spawning import Approval, Approvals
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import AskTimeout
from wactorz_main.acting import Acting

from .turn_doubles import CALL, PLACE, errand_of

UNLOCK = ServiceCall(domain="lock", service="unlock", entity_id=("lock.front",))


def waits(*at_once):
    outcomes = [CallOutcome(call=CALL, state=TaskState.DONE, detail=text) for text in at_once]
    outcomes.append(CallOutcome(call=UNLOCK, state=TaskState.FAILED, detail="It waits.", approval_id="ab12"))
    return ActuationResult(outcomes=tuple(outcomes), text="One thing waits for a yes.", approval_id="ab12")


def approval(**more):
    return Approval(id="ab12", kind="actuation", agent="home-assistant-actuator", summary="unlock Front Door",
                    arguments_sha256="0", created_at=1_000, expires_at=1_120, **more)  # fmt: skip


async def perform(agent, origin="person", **more):
    return await Acting(errand_of(agent, "open up", **more)).perform((UNLOCK,), "act", origin=origin, summary="s.")


async def test_the_actuator_is_told_who_wants_it_and_what_decided(agent):
    await perform(agent)
    await perform(agent, "model")
    by_person, by_model = [request for _, request, _, _ in agent.submitted]
    assert (by_person.person, by_person.origin, by_person.tainted, by_person.reason) == (
        "ann", "person", False, "open up",
    )  # fmt: skip
    assert (by_model.person, by_model.origin, by_model.tainted) == ("ann", "model", True)


async def test_an_opening_waits_and_says_what_until_when_and_how(agent):
    agent.ends["actuate"] = (TaskState.DONE, waits(), None)
    agent.answers["list_approvals"] = Approvals(approvals=(approval(),))
    acted = await perform(agent)
    assert acted.answer().status == "waiting"
    assert acted.answer().approval_id == "ab12"
    assert acted.text == (
        "This waits for your yes until 00:18:40 (120 s): unlock Front Door.\n"
        "Answer yes or no here, or type /approve ab12 or /deny ab12."
    )
    assert agent.memory.proposal(PLACE, "t2").approval_id == "ab12"


async def test_what_was_done_at_once_is_told_beside_what_waits(agent):
    agent.ends["actuate"] = (TaskState.DONE, waits("Hall Light is on."), None)
    agent.answers["list_approvals"] = Approvals(approvals=(approval(needs_pin=True),))
    acted = await perform(agent)
    assert acted.text.startswith("Hall Light is on.\nThis waits")
    assert "/approve ab12 PIN" in acted.text


async def test_an_approval_that_cannot_be_looked_up_still_tells_how_to_answer(agent):
    agent.ends["actuate"] = (TaskState.DONE, waits(), None)
    agent.answers["list_approvals"] = AskTimeout("no answer")
    acted = await perform(agent)
    assert acted.text.startswith("One thing waits for a yes.\nAnswer yes or no here")


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ((TaskState.DONE, ActuationResult(outcomes=(), text="Lampe ist an."), None), "Lampe ist an."),
        ((TaskState.DONE, ActuationResult(outcomes=(), text=""), None), "Erledigt: s."),
        ((TaskState.FAILED, None, "Lampe ist nicht erreichbar."), "Lampe ist nicht erreichbar."),
        ((TaskState.UNKNOWN, None, None),
         "Es kam keine Bestätigung: Ob es getan wurde, ist nicht bekannt. Bitte schau nach."),
    ],
)  # fmt: skip
async def test_in_another_language(agent, end, said):
    agent.ends["actuate"] = end
    assert (await perform(agent, language="de")).text == said
