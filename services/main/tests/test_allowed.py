"""What somebody may say by their standing: commands, sentences, a yes, and what a model does for them."""

import pytest

from wactorz_common.contracts.llm import CompletionResult, ToolCall
from wactorz_common.contracts.notices import SealedSecret
from wactorz_common.contracts.spawning import SpawnResult, SpawnSpec
from wactorz_common.contracts.tasks import TaskState
from wactorz_main.acting import Acting
from wactorz_main.allowed import RIGHTS, needed
from wactorz_main.answering import Answering
from wactorz_main.command_table import NAMES
from wactorz_main.commands import parse
from wactorz_main.fleet import Fleet
from wactorz_main.rulebook import Rulebook
from wactorz_main.turn import Turn
from wactorz_understanding.meaning import Calls, RuleMeaning

from .turn_doubles import CALL, DRAFT, PLACE, errand_of, say

FREE = (
    "/help", "/agents", "/agents light", "/registry", "/nodes", "/approvals", "/rules", "/rules show ab12cd34",
    "/rules export", "/why", "/plans", "/plans show ab12cd34", "/automations", "/automations light",
    "/automations show x", "/policy", "/memory", "/repair", "/webhook", "/cost", "/cost today", "/cost agent main",
    "/topics", "/bus", "/mqtt", "/packages", "/artifacts", "/language de", "/stop", "/stop all", "stop everything",
    "remember that I like tea", "/deploy pi",
)  # fmt: skip
FOR_USERS = (
    "/rules delete ab12cd34", "/rules approve ab12cd34", "/rules edit ab12cd34 x", "/rules import x",
    "/rules revoke ab12cd34", "/backtest ab12cd34", "/undo", "/plans approve ab12cd34", "/plans clear",
    "/clear-plans", "/automations disable x", "/automations change x: y", "/memory forget tea", "/memory clear",
    "/notify hello", "/approve ab12", "/deny ab12", "/go", "resume everything",
)  # fmt: skip
FOR_ADMINS = (
    "/agents stop tide", "/agents remove tide", "/capabilities delete tide", "/start tide", "/stop tide",
    "/delete tide", "/remove tide", "/delete() tide", "/migrate tide attic", "/nodes remove attic",
    "/webhook discord secret:x", "/webhooks remove discord", "/webhook test discord", "/cost limit 5",
)  # fmt: skip


def test_each_command_is_in_one_of_these_lists():
    assert {parse(typed).name for typed in (*FREE, *FOR_USERS, *FOR_ADMINS)} == set(NAMES)


@pytest.mark.parametrize(("said", "least"), [(FREE, ""), (FOR_USERS, "user"), (FOR_ADMINS, "admin")])
def test_the_least_standing_of_each_command(said, least):
    found = {typed: needed(parse(typed)) for typed in said}
    assert {typed: RIGHTS[right].least if right else "" for typed, right in found.items()} == dict.fromkeys(said, least)


@pytest.mark.parametrize("typed", [*FOR_USERS, *FOR_ADMINS])
async def test_who_only_talks_gets_none_of_it_done(agent, typed):
    answer = await say(agent, typed, standing="talk")
    assert (answer.status, agent.submitted, agent.asked, agent.published) == ("failed", [], [], [])
    assert "may only talk" in answer.text


@pytest.mark.parametrize("typed", FOR_ADMINS)
async def test_a_user_does_nothing_of_an_admin_in_either_language(agent, typed):
    assert "only an admin may" in (await say(agent, typed, standing="user")).text
    agent.sessions.set_language(PLACE, "de")
    answer = await say(agent, typed, "t2", standing="user")
    assert (answer.status, agent.submitted, agent.asked, agent.published) == ("failed", [], [], [])
    assert "wer Admin ist" in answer.text


async def test_somebody_named_without_a_standing_is_a_user(agent):
    assert "only an admin may" in (await say(agent, "/delete tide", standing="")).text


async def test_who_only_talks_moves_devices_but_makes_no_rule(agent):
    agent.meaning = Calls(calls=(CALL,), summary="on")
    assert (await say(agent, "light on", standing="talk")).status == "done"
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    for number, text in enumerate(("when x, y", "pipeline: when x, y", "automation: when x, y", "coordinate: do it")):
        answer = await say(agent, text, f"rule-{number}", standing="talk")
        assert (answer.status, "may only talk" in answer.text) == ("failed", True), text
    assert [action for action, *_ in agent.submitted] == ["actuate"]


async def test_a_yes_of_who_only_talks_leaves_the_question_open(agent):
    await agent.memory.propose(PLACE, "ab12cd34")
    assert "may only talk" in (await say(agent, "yes", "t1", standing="talk")).text
    await agent.memory.ask_plan("ben\nc", "ab12cd34")
    assert "may only talk" in (await say(agent, "no", "t2", person="ben", standing="talk")).text
    assert agent.submitted == []
    assert agent.memory.proposal(PLACE, "t3").rule_id == "ab12cd34"


@pytest.mark.parametrize(
    ("kind", "standing", "words"),
    [("discord", "user", "only an admin may store"), ("discord", "talk", "may only talk"),
     ("password", "talk", "may only talk")],
)  # fmt: skip
async def test_a_secret_in_a_sentence_is_kept_for_who_may(agent, kind, standing, words):
    sealed = SealedSecret(reference=f"secret:{kind}-1a", kind=kind, key_id="k", sealed="x")
    errand = errand_of(agent, f"use {sealed.reference}", standing=standing, secrets=(sealed,))
    answer = await Turn(agent, errand.request, errand.task).answer()
    assert words in answer.text
    assert agent.submitted == []


@pytest.mark.parametrize("standing", ["user", "admin", "owner"])
async def test_what_a_model_spawns_travels_with_the_standing_of_the_person(agent, standing):
    made = SpawnResult(name="tide", status="running", text="tide runs.")
    agent.ends["spawn"] = (TaskState.DONE, made, None)
    await _answering(agent, standing).spawn(SpawnSpec(name="tide"), "call-0")
    assert agent.submitted[0][1].asked_by == standing


async def test_a_model_spawns_nothing_for_who_only_talks_and_makes_no_rule(agent):
    answering = _answering(agent, "talk")
    assert "may only talk" in (await answering.spawn(SpawnSpec(name="tide"), "call-0"))[1]
    assert "may only talk" in (await answering.make_rule("when x, y", "call-1"))[1]
    assert agent.submitted == []


async def test_a_user_is_told_that_an_admin_has_to_answer(agent):
    arguments = {"name": "tide", "description": "Tides", "code": "x = 1"}
    wanted = ToolCall(id="1", name="spawn_agent", arguments=arguments)
    agent.answers["complete"] = [
        CompletionResult(provider="p", model="m", text="", tool_calls=(wanted,)),
        CompletionResult(provider="p", model="m", text="I asked."),
    ]
    waits = SpawnResult(name="tide", status="needs_approval", approval_id="ab12", text="Asked.")
    agent.ends["spawn"] = (TaskState.DONE, waits, None)
    answer = await say(agent, "make an agent that counts tides", standing="user")
    assert answer.approval_id == "ab12"
    assert "needs an admin's approval, because whoever asked for it may not start agents" in answer.text


def _answering(agent, standing):
    errand = errand_of(agent, standing=standing)
    return Answering(errand, Acting(errand), Rulebook(errand), Fleet(agent, errand.task, "ann"))
