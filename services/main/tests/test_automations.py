import pytest

from wactorz_common.contracts.automations import (
    Automation,
    AutomationList,
    AutomationReport,
    AutomationResult,
    HardwareReport,
)
from wactorz_common.contracts.tasks import TaskState
from wactorz_understanding.meaning import NotUnderstood, RuleMeaning

from .turn_doubles import DRAFT, say

BLINDS = Automation(automation_id="1", entity_id="automation.blinds", name="Blinds", enabled=True)


def ends_with(agent, action, status="done", **more):
    agent.ends[action] = (TaskState.DONE, AutomationResult(status=status, text="Well.", **more), None)


async def test_they_are_listed_and_explained(agent):
    agent.answers["list_automations"] = AutomationList(automations=(BLINDS,), text="1 automation: Blinds")
    assert (await say(agent, "/automations")).text == "1 automation: Blinds"
    assert (await say(agent, "which automations are there?")).text == "1 automation: Blinds"
    agent.answers["show_automation"] = AutomationReport(automation=BLINDS, config={}, yaml="", text="It opens them.")
    assert (await say(agent, "/automations show the blinds")).text == "It opens them."
    assert agent.asked[-1][1].automation == "the blinds"


@pytest.mark.parametrize(
    ("typed", "action", "fields"),
    [
        ("/automations enable Blinds", "switch_automation", {"automation": "Blinds", "enabled": True}),
        ("disable the Blinds automation", "switch_automation", {"automation": "Blinds", "enabled": False}),
        ("/automations delete Blinds", "delete_automation", {"automation": "Blinds"}),
        ("/automations change Blinds: at 8", "edit_automation", {"automation": "Blinds", "task": "at 8"}),
        ("/undo", "undo_automation", {}),
    ],
)
async def test_changes_are_tasks_with_the_person_behind_them(agent, typed, action, fields):
    ends_with(agent, action, diff="- a\n+ b")
    answer = await say(agent, typed)
    assert (answer.text, answer.status) == ("Well.\n- a\n+ b", "done")
    name, request, _, trace_id = agent.submitted[0]
    assert (name, trace_id, request.person, request.conversation_id, request.language) == (
        action, "trace", "ann", "ann\nc", "en",
    )  # fmt: skip
    assert {key: getattr(request, key) for key in fields} == fields


async def test_a_proposal_is_confirmed_by_yes_in_its_conversation_only(agent):
    ends_with(agent, "create_automation", "needs_confirmation", confirm="tok")
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    answer = await say(agent, "automation: when x, do y")
    assert (answer.status, agent.submitted[0][1].draft) == ("waiting", DRAFT)
    ends_with(agent, "confirm_automation")
    agent.meaning = NotUnderstood()
    assert (await say(agent, "ja", "t2")).text == "Well."
    request = agent.submitted[-1][1]
    assert (request.token, request.yes, request.conversation_id) == ("tok", True, "ann\nc")


async def test_an_opening_one_needs_an_approval(agent):
    ends_with(agent, "create_automation", "needs_approval", approval_id="ab12")
    answer = await say(agent, "create an automation that unlocks the door at 8")
    assert (answer.status, answer.approval_id) == ("waiting", "ab12")
    assert "/approve ab12" in answer.text
    assert agent.submitted[0][1].draft is None
    forged = await say(agent, "yes", "t2")
    assert (forged.status, [entry[0] for entry in agent.submitted]) == ("failed", ["create_automation"])


async def test_a_task_that_ended_otherwise_and_wrong_words(agent):
    agent.ends["undo_automation"] = (TaskState.FAILED, None, "There is nothing to undo.")
    answer = await say(agent, "/undo")
    assert (answer.text, answer.status) == ("There is nothing to undo.", "failed")
    assert (await say(agent, "/automations delete", "t2")).text.startswith("Type /automations")
    assert (await say(agent, "/automations change Blinds", "t3")).text.startswith("Type /automations")


async def test_what_a_wish_needs(agent):
    agent.answers["recommend_hardware"] = HardwareReport(text="A leak sensor.", source="cloud", cost_usd=0.01)
    answer = await say(agent, "what do I need to know when the cellar is wet?")
    assert (answer.text, answer.source, answer.cost_usd) == ("A leak sensor.", "cloud", 0.01)
    assert agent.asked[0][1].task == "what do I need to know when the cellar is wet?"
