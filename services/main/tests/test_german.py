"""A person who speaks German is answered in German, whatever way their words take."""

from typing import get_args

import pytest

from wactorz_common.contracts.home import ActuationResult
from wactorz_common.contracts.lifecycle import AgentState
from wactorz_common.contracts.llm import CompletionResult, CostReport
from wactorz_common.contracts.plans import PlanStatus, StepStatus
from wactorz_common.contracts.rules import RuleList, RuleResult
from wactorz_common.contracts.spawning import Approval, SpawnedAgents, SpawnResult
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.language import language, speaking
from wactorz_main import german
from wactorz_main.commands import command_list
from wactorz_main.fleet_wording import approvals_text
from wactorz_main.spawning import approval_text, read_spec
from wactorz_main.texts import waiting
from wactorz_testing.phrases import gaps
from wactorz_understanding.meaning import Calls, Choice, RuleMeaning, UnknownName

from .turn_doubles import CALL, DRAFT, make_rule, say

WORDS = {*AgentState, *get_args(PlanStatus), *get_args(StepStatus), "quarantined", "active"}


@pytest.fixture
def german_agent(agent):
    """Main, whose reader finds German in every sentence, and whose neighbors note what they are spoken to in."""
    agent.says, agent.heard = "de", []
    submit, ask = agent.submit, agent.ask

    async def noted_submit(*words, **more):
        agent.heard.append(language())
        return await submit(*words, **more)

    async def noted_ask(*words, **more):
        agent.heard.append(language())
        return await ask(*words, **more)

    agent.submit, agent.ask = noted_submit, noted_ask
    return agent


def test_every_sentence_has_its_german_twin():
    assert gaps(german, WORDS) == []
    assert WORDS - german.GERMAN.keys() == set()


async def test_a_lamp_is_switched_and_the_actuator_hears_german(german_agent):
    german_agent.meaning = Calls(calls=(CALL,), summary="Küchenlicht: an")
    german_agent.ends["actuate"] = (TaskState.DONE, ActuationResult(outcomes=(), text="Küchenlicht ist an."), None)
    assert (await say(german_agent, "mach das Küchenlicht an")).text == "Küchenlicht ist an."
    assert set(german_agent.heard) == {"de"}
    assert language() == "en"


async def test_an_unknown_device(german_agent):
    german_agent.meaning = UnknownName(text="t", name="Lampe", suggestions=(Choice(entity_id="l.k", label="Licht"),))
    told = (await say(german_agent, "mach die Lampe an")).text
    assert told == "Ich kenne im Haus nichts, das 'Lampe' heißt; es wurde nichts getan. Meintest du Licht?"


async def test_a_rule_that_is_made_and_one_that_is_refused(german_agent):
    german_agent.meaning = RuleMeaning(draft=DRAFT, summary="s")
    german_agent.ends["create_rule"] = (TaskState.DONE, RuleResult(rule=make_rule(), text="Regel gemacht."), None)
    assert (await say(german_agent, "wenn x, dann y")).text == "Regel gemacht.\n/undo nimmt sie zurück."
    german_agent.ends["create_rule"] = (TaskState.EXPIRED, None, None)
    assert (await say(german_agent, "wenn x, dann y", "t2")).text.startswith("Das wurde nicht getan: Die Zeit war um")
    assert set(german_agent.heard) == {"de"}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/help", "diese Liste zeigen"),
        ("/cost", "Dafür wurde noch kein Modell gefragt: 0 Tokens, $0.00."),
        ("/rules", "1 Regel:\n- ab12cd34 (aktiv; 0-mal gehandelt): When x: y.\nUm eine zu ändern"),
        ("/agents", "1 Agent:\n- cam (läuft): Sees."),
        ("/stop cm", "Einen Agenten cm gibt es nicht. Meintest du cam?"),
        ("/agents delete cam", "cam gehört zu Wactorz und kann nicht gelöscht werden."),
        ("/agents pause cam", "cam soll jetzt pausieren."),
        ("/rulse", "Einen Befehl /rulse gibt es nicht. Meintest du /rules?"),
        ("/rules explode", "Tippe /rules"),
        ("/start", "Tippe /start NAME."),
        ("/packages", "Es gibt keine Liste von Paketen"),
        ("pipeline:", "Sag die Regel danach"),
        ("/approve x", "Es wurde nichts entschieden"),
    ],
)
async def test_commands_typed_on_a_german_page(german_agent, typed, told):
    german_agent.answers["list_rules"] = RuleList(rules=(make_rule(),))
    german_agent.answers["list_spawned"] = SpawnedAgents(agents=())
    german_agent.answers["get_costs"] = CostReport(
        lines=(), total_input_tokens=0, total_output_tokens=0, total_cost_usd=0
    )
    assert told in (await say(german_agent, typed, page="de-DE")).text
    assert set(german_agent.heard) <= {"de-DE"}


async def test_what_waits_for_a_yes_is_told_in_german():
    approval = Approval(
        id="ab12", kind="actuation", agent="a", summary="Unlock the door", summaries={"de": "Tür aufschließen"},
        arguments_sha256="0", created_at=0, expires_at=120,
    )  # fmt: skip
    assert "auf dein Ja: Tür aufschließen." in waiting("de", approval, 30, "UTC")
    with speaking("de"):
        told = approvals_text([approval], 30)
        assert {one.name: one.summary for one in command_list().commands}["go"] == "alles wieder handeln lassen"
    assert told.startswith("- ab12: Tür aufschließen (gefragt von a, noch 90 s)")


async def test_without_a_model(german_agent):
    text = "Es ist kein Sprachmodell eingerichtet, darum kann ich das nicht beantworten. Geräte gehen ohne eines."
    german_agent.answers["complete"] = CompletionResult(provider="offline", model="", text=text, available=False)
    told = (await say(german_agent, "erzähl mir was")).text
    assert told.startswith("Ich habe 'erzähl mir was' nicht verstanden.")
    assert "Es ist kein Sprachmodell eingerichtet, darum verstehe ich nur, was ich kenne." in told


async def test_why_there_is_no_model_is_told_as_it_is(german_agent):
    text = "Monatsbudget: $5.00 sind aufgebraucht."
    german_agent.answers["complete"] = CompletionResult(provider="anthropic", model="", text=text, available=False)
    assert text in (await say(german_agent, "erzähl mir was")).text


async def test_the_language_of_a_conversation_wins_over_that_of_the_page(agent):
    await say(agent, "/language de", page="en")
    assert "die Regeln zeigen" in (await say(agent, "/help", "t2", page="en")).text


async def test_a_sentence_is_read_in_the_language_of_the_page_first(agent):
    agent.answers["complete"] = CompletionResult(provider="offline", model="", available=False)
    await say(agent, "licht an", page="de-AT")
    await say(agent, "licht an", "t2", page="fr")
    assert [context.get("language") for _, context, _ in agent.reads] == ["de", None]


def test_what_an_agent_of_the_model_wants_is_asked_in_german():
    spec, _ = read_spec({"name": "cam", "description": "d", "code": "x = 1", "install": ["pillow"]})
    result = SpawnResult(name="cam", status="needs_approval", text="Wartet.", approval_id="ab")
    assert "install pillow" in approval_text(spec, result)
    with speaking("de"):
        told = approval_text(spec, result)
    assert told.startswith("cam braucht die Erlaubnis eines Admins, denn er möchte pillow einrichten. Es wurde nichts")
