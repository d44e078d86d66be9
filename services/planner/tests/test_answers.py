"""What the planner asks of others when it answers, and what becomes of silence."""

import pytest

from wactorz_common.bus import Broker, Bus, Identity
from wactorz_common.contracts.home import Entity, House
from wactorz_common.contracts.notices import Target, TargetList
from wactorz_common.contracts.rules import NumericTrigger, RuleDraft, SentenceReading, TimeTrigger
from wactorz_common.contracts.spawning import SpawnedAgent, SpawnedAgents
from wactorz_common.contracts.topics import TopicReport, TopicSeen
from wactorz_common.errors import AskTimeout, Refused, TaskFailed
from wactorz_planner.answers import RuleAnswers
from wactorz_planner.settings import PlannerSettings

HOUSE = House(version=1, entities=(Entity(entity_id="sensor.t", name="Temperature", state="21"),))
DRAFT = RuleDraft(trigger=NumericTrigger(entity_id="sensor.t", above=28))
TIDE = SpawnedAgent(
    name="tide", agent_id="t", type="dynamic", node="local", wanted="running", actual="running", created_at=1,
    updated_at=1,
)  # fmt: skip


class Planner(RuleAnswers):
    name, description = "planner", "Rules"

    async def ask(self, operation, request, **_options):
        self.asked.append((operation.action, request))
        answer = self.said.get(operation.action, AskTimeout("nobody there"))
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def planner(store, tmp_path):
    bus = Bus(Identity("planner", "id-1", 1, "c"), Broker("localhost", 1), None)
    made = Planner(PlannerSettings(state_dir=tmp_path), bus, store)
    made.asked, made.said = [], {}
    return made


@pytest.mark.parametrize("silence", [AskTimeout("nobody there"), TaskFailed("it broke")])
async def test_nobody_to_ask_is_not_the_same_as_nothing_known(planner, silence):
    planner.said = dict.fromkeys(("read_rule", "list_spawned", "list_topics", "list_targets"), silence)
    assert await planner.read_sentence("when x, y", "en") is None
    assert await planner.known_agents() is None
    assert await planner.known_places() is None
    assert await planner.known_topics() == ()


async def test_what_others_say_is_taken(planner):
    topic = TopicSeen(topic="custom/lamp")
    planner.said = {
        "read_rule": SentenceReading(draft=DRAFT), "list_spawned": SpawnedAgents(agents=(TIDE,)),
        "list_topics": TopicReport(topics=(topic,), total=1, messages_per_second=0.0),
        "list_targets": TargetList(targets=(Target(name="family", service="discord"),)),
    }  # fmt: skip
    assert await planner.read_sentence("when x, y", "de") == DRAFT
    assert (planner.asked[0][1].task, planner.asked[0][1].language) == ("when x, y", "de")
    assert await planner.known_agents() == {"tide"}
    assert await planner.known_topics() == (topic,)
    assert await planner.known_places() == ("family", "discord")


async def test_halts_are_remembered_from_begin_to_end_once_each(planner):
    for halted in (False, True, True, False, False, True):
        await planner.note_halt(halted=halted)
    (first, second) = planner._halts()
    assert first[0] <= first[1] <= second[0]
    assert second[1] is None, "it still is"
    for _ in range(60):
        await planner.note_halt(halted=False)
        await planner.note_halt(halted=True)
    assert len(planner._halts()) == 20


async def test_without_a_home_nothing_is_answered_but_the_reason(planner, monkeypatch):
    async def nowhere(_seconds):
        return None

    monkeypatch.setattr(planner, "known_house", nowhere)
    with pytest.raises(Refused, match="getting to know the home"):
        await planner._house()
    planner.house_problem = "There is no home here."
    with pytest.raises(Refused, match="There is no home here"):
        await planner._house()


async def test_only_the_past_of_an_entity_is_asked_for_and_silence_is_nothing(planner):
    clocked = RuleDraft(trigger=TimeTrigger(at="07:00"))
    assert await planner._past_of(clocked, HOUSE, 0.0, 1.0) == {}
    assert planner.asked == []
    assert await planner._past_of(DRAFT, HOUSE, 0.0, 1.0) == {}
    assert [action for action, _ in planner.asked] == ["get_history"]
