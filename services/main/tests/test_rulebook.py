import pytest

from wactorz_common.contracts.policy import StandingGrants
from wactorz_common.contracts.rules import BacktestReport, FiringReports, RuleResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import TaskFailed
from wactorz_main.rulebook import Trial, is_yaml, read_trial
from wactorz_understanding.meaning import NotUnderstood, RuleMeaning

from .turn_doubles import DRAFT, PLACE, make_rule, say


@pytest.mark.parametrize(
    ("typed", "trial"),
    [
        ("", None),
        ("AB12CD34", Trial(rule_id="ab12cd34")),
        ("ab12cd34 14", Trial(rule_id="ab12cd34", days=14)),
        ("ab12cd34 3 days", Trial(rule_id="ab12cd34", days=3)),
        ("ab12cd34 400", Trial(rule_id="ab12cd34", days=31)),
        ("when x, set y to 20", Trial(sentence="when x, set y to 20")),
        ("when x, set y to 20, 14 days", Trial(sentence="when x, set y to 20", days=14)),
        ("when x, do y over the last 2 days", Trial(sentence="when x, do y", days=2)),
        ("wenn x, tu y, 3 Tage", Trial(sentence="wenn x, tu y", days=3)),
        ("7 days", None),
    ],
)  # fmt: skip
def test_what_is_tried(typed, trial):
    assert read_trial(tuple(typed.split())) == trial


async def test_a_kept_rule_is_tried_on_the_past(agent):
    agent.answers["backtest"] = BacktestReport(text="14 times in 7 days.", fired=14, start=0, end=1)
    assert (await say(agent, "/backtest ab12cd34 3")).text == "14 times in 7 days."
    request = agent.asked[-1][1]
    assert (request.rule_id, request.days, request.draft) == ("ab12cd34", 3, None)


async def test_a_sentence_is_tried_only_when_it_is_a_rule(agent):
    agent.answers["backtest"] = BacktestReport(text="Never.", fired=0, start=0, end=1)
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    assert (await say(agent, "/backtest when x, y")).text == "Never."
    assert agent.asked[-1][1].draft == DRAFT
    agent.meaning = NotUnderstood()
    answer = await say(agent, "/backtest sing")
    assert (answer.status, len(agent.asked)) == ("failed", 1)
    assert "without a model" in answer.text
    assert (await say(agent, "/backtest")).text.startswith("Type /backtest")


@pytest.mark.parametrize("verb", ["pause", "resume", "approve", "delete"])
async def test_verbs_are_tasks_of_the_planner(agent, verb):
    agent.ends[f"{verb}_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Well."), None)
    assert (await say(agent, f"/rules {verb} ab12cd34")).text == "Well."
    assert agent.submitted[0][2] == f"t1/{verb}"


async def test_a_grant_waits_for_a_yes(agent):
    result = RuleResult(rule=make_rule(), text="Shall it?", approval_id="cd34")
    agent.ends["grant_rule"] = (TaskState.DONE, result, None)
    answer = await say(agent, "/rules grant ab12cd34")
    assert (answer.status, answer.approval_id) == ("waiting", "cd34")
    assert agent.memory.proposal(PLACE, "t2").approval_id == "cd34"


async def test_a_standing_yes_is_taken_back(agent):
    agent.ends["revoke_grant"] = (TaskState.DONE, StandingGrants(grants=()), None)
    assert "each time from now on" in (await say(agent, "/rules revoke AB12CD34")).text
    assert (agent.submitted[0][1].rule_id, agent.submitted[0][1].by) == ("ab12cd34", "ann")


async def test_one_rule_is_shown(agent):
    shown = RuleResult(rule=make_rule(), text="When x: y.", yaml="id: ab12cd34\n")
    agent.answers["show_rule"] = [shown, TaskFailed("There is no rule zz")]
    agent.answers["list_firings"] = FiringReports(firings=())
    text = (await say(agent, "/rules show AB12CD34")).text
    assert "It has not fired yet." in text
    assert text.endswith("id: ab12cd34")
    assert (await say(agent, "/rules show zz")).text == "There is no rule zz. Nothing was done."


async def test_a_rule_that_was_there_already_is_not_taken_away_by_an_undo(agent):
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    there = RuleResult(rule=make_rule(), text="That rule already exists.", existed=True)
    agent.ends["create_rule"] = (TaskState.DONE, there, None)
    assert (await say(agent, "when x, y")).text == "That rule already exists."
    assert agent.deeds.last(PLACE) == ""


async def test_a_no_to_a_changed_rule_declines_only_the_change(agent):
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    waits = RuleResult(rule=make_rule(status="proposed"), text="Shall I?")
    agent.ends["edit_rule"] = (TaskState.DONE, waits, None)
    await say(agent, "/rules edit ab12cd34 when x, unlock y")
    assert agent.submitted[-1][1].sentence == "when x, unlock y"
    agent.ends["delete_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="It stays as it was."), None)
    assert (await say(agent, "no", "t2")).text == "It stays as it was."
    assert agent.submitted[-1][1].declined
    await say(agent, "/rules delete ab12cd34", "t3")
    assert not agent.submitted[-1][1].declined


@pytest.mark.parametrize(
    "text", ["when:\n  time: 07:00\ndo: []", "rule: x\nwhen: y", "---\nrule: x", "do:\n- notify: page"]
)
def test_a_document_may_begin_with_any_of_its_parts(text):
    assert is_yaml(text)


@pytest.mark.parametrize("text", ["when the door opens, do this: light", "if it is hot, turn on the fan", "do it"])
def test_a_sentence_is_no_document(text):
    assert not is_yaml(text)


async def test_a_rule_knows_the_message_that_wants_it_so_that_a_stop_reaches_the_model(agent):
    agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    agent.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Rule made."), None)
    await say(agent, "when x, y")
    assert agent.submitted[0][1].chat_id == "q1"
