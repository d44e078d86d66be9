import asyncio
import time

import pytest

from wactorz_common.bus import Broker, Bus, Identity, Message
from wactorz_common.contracts.chat import CHAT_OUT, ChatRequest
from wactorz_common.contracts.home import House
from wactorz_common.contracts.lifecycle import AgentManifest, AgentState, AgentStatus, Heartbeat
from wactorz_common.contracts.llm import CompletionResult
from wactorz_common.contracts.memory import ErasePerson, Fact
from wactorz_common.contracts.rules import READ_RULE, RuleDraft, RuleSentence
from wactorz_common.errors import Refused
from wactorz_common.handlers import HandlerTable, Task
from wactorz_common.senders import Senders
from wactorz_common.store import Store
from wactorz_main.agent import MainAgent
from wactorz_main.halting import Halting
from wactorz_main.history import History
from wactorz_main.intent import Classifier
from wactorz_main.interruption import Interruptions
from wactorz_main.memory import Memory
from wactorz_main.sessions import Sessions
from wactorz_main.settings import MainSettings
from wactorz_main.summaries import Summaries
from wactorz_understanding.meaning import NotUnderstood, RuleMeaning

DRAFT = RuleDraft.accept({
    "trigger": {"kind": "time", "at": "07:00"},
    "actions": [{"domain": "light", "service": "turn_on", "entity_id": ["light.hall"]}],
})  # fmt: skip
HOUSE = House(version=1, areas=(), entities=())


@pytest.fixture
async def main(tmp_path):
    store = Store(tmp_path / "state.db")
    store.open()
    bus = Bus(Identity("main", "id-1", 1, "c"), Broker("localhost", 1), None)
    agent = MainAgent(MainSettings(state_dir=tmp_path), bus, store)
    agent.published = []

    async def publish(channel, payload, **params):
        agent.published.append((channel, payload))

    agent.publish = publish
    agent.memory, agent.halting, agent.seen, agent.senders = Memory(store), Halting(agent), {}, Senders(agent)
    agent.sessions = Sessions(store, 600)
    await agent.memory.open()
    agent.history, agent.interruptions, agent.classifier = History(store), Interruptions(store), Classifier()
    await agent.history.open()
    await agent.interruptions.open()
    agent.summaries = Summaries(agent.history, agent._ask_beside)
    await agent.open_desk()
    await agent.sessions.open()
    yield agent
    await asyncio.gather(*agent._background)
    await store.close()


def heard(payload):
    return Message(payload, "t", {}, b"")


def test_what_it_answers():
    assert set(HandlerTable.of(MainAgent).served) == {
        "erase_person",
        "chat",
        "read_rule",
        "get_memory",
        "forget",
        "list_commands",
    }


async def test_what_a_rule_says_counts_as_a_users_word_because_every_user_makes_rules(main):
    beat = Heartbeat(actor_id="i", name="planner", timestamp=time.time(), state=AgentState.RUNNING, protected=True)
    await main.on_heartbeat(heard(beat))
    rule = ChatRequest(text="/agents pause topics", conversation_id="rule/ab12cd34", user="rule")
    answer = await main.chat(rule, Task("t1", "chat", "main", "planner"))
    assert (answer.status, "only an admin may" in answer.text) == ("failed", True)


async def test_answer_is_published_with_the_request_id_and_remembered(main):
    request = ChatRequest(text="/help", conversation_id="c", chat_id="q1", user="ann")
    answer = await main.chat(request, Task("t1", "chat", "main", trace_id="trace"))
    channel, reply = main.published[0]
    assert channel is CHAT_OUT
    assert (reply.sender, reply.to, reply.id, reply.trace_id, reply.content) == (
        "main",
        "ann",
        "q1",
        "trace",
        answer.text,
    )
    await asyncio.gather(*main._background)
    (kept,) = (await main.history.recall("c", "", "other", last=5)).window
    assert (kept.said, kept.answered) == ("/help", answer.text)


@pytest.mark.parametrize(
    ("sender", "place"), [("io-agent", "ann\nc"), ("home-assistant-agent", "ann\nc"), ("planner", "c")]
)
async def test_who_speaks_is_believed_of_the_door_and_of_who_passes_on_what_came_through_it(main, sender, place):
    beat = Heartbeat(
        actor_id="i", name=sender, timestamp=time.time(), state=AgentState.RUNNING, protected=True, essential=True
    )
    await main.on_heartbeat(heard(beat))
    request = ChatRequest(text="/help", conversation_id="c", chat_id="q1", user="user", person="ann")
    await main.chat(request, Task("t1", "chat", "main", sender=sender))
    await asyncio.gather(*main._background)
    assert len((await main.history.recall(place, "", "other", last=5)).window) == 1


async def known_at_once(_seconds):
    return HOUSE


async def test_a_sentence_is_read_with_the_names_of_the_house_also_right_after_the_start(main):
    order = []

    async def known_house(seconds):
        assert 0 < seconds < READ_RULE.timeout
        order.append("house")
        return HOUSE

    async def read(text, fixed):
        order.append("read")
        return NotUnderstood()

    main.read, main.known_house = read, known_house
    await main.on_read_rule(RuleSentence(task="turn on K at 7"), Task("t1", "read_rule", "main"))
    assert order == ["house", "read"]


async def test_while_the_house_is_not_known_that_is_said_instead_of_nothing_read(main):
    async def never(_seconds):
        return None

    main.known_house = never
    with pytest.raises(Refused, match="getting to know the home"):
        await main.on_read_rule(RuleSentence(task="turn on K at 7"), Task("t1", "read_rule", "main"))


@pytest.mark.parametrize("meaning", [RuleMeaning(draft=DRAFT, summary="At seven."), NotUnderstood()])
async def test_doors_without_a_conversation_have_a_sentence_read_as_a_rule(main, meaning):
    async def read(text, fixed):
        assert (text, fixed) == ("every day at 7 turn on the hall light", "en")
        return meaning

    main.read, main.known_house = read, known_at_once
    request = RuleSentence(task="every day at 7 turn on the hall light", language="en")
    reading = await main.on_read_rule(request, Task("t1", "read_rule", "main"))
    assert reading.draft == (DRAFT if isinstance(meaning, RuleMeaning) else None)


async def test_agents_are_known_by_manifest_heartbeat_and_status(main):
    manifest = AgentManifest(name="cam", actor_id="i", description="Sees.", capabilities=("look",), timestamp=1)
    await main.on_manifest(heard(manifest))
    cam = main.seen["cam"]
    assert (cam.state, cam.description, cam.capabilities, cam.agent_id) == ("", "Sees.", ("look",), "")
    await main.on_heartbeat(heard(Heartbeat(actor_id="i", name="cam", timestamp=time.time(), state=AgentState.RUNNING)))
    cam = main.seen["cam"]
    assert (cam.state, cam.agent_id, cam.protected, cam.essential) == ("running", "i", False, False)
    await main.on_status(heard(AgentStatus(actor_id="i", name="cam", state=AgentState.FAILED)))
    assert (main.seen["cam"].state, main.seen["cam"].agent_id) == ("failed", "i")


async def test_a_flood_of_names_does_not_fill_the_memory(main):
    for number in range(1_100):
        await main.on_status(heard(AgentStatus(actor_id="i", name=f"n{number}", state="running")))
    assert len(main.seen) == 1_000
    assert "n1099" in main.seen
    assert "n0" not in main.seen


async def test_old_turns_are_forgotten(main):
    await main.history.remember("t", "c", "a", "b", time.time() - 31 * 86_400)
    await main.trim()
    assert (await main.history.recall("c", "", "x", last=5)).window == ()


async def test_a_deleted_person_is_forgotten_and_others_are_not(main):
    await main.open_desk()
    await main.sessions.open()
    for person in ("ann", "anna"):
        place = f"{person}\nc"
        await main.history.remember(f"t-{person}", place, "I like tea", "Noted.", 1.0)
        await main.history.add_summary(place, 1, 1, "Tea.", 1.0)
        await main.facts.keep(person, (Fact(key="pref_tea", value="tea", at=1.0),))
        await main.memory.propose(place, "ab12cd34")
        await main.memory.keep_round(f"t-{person}", 0, CompletionResult(provider="p", model="m", text="x"), 1.0)
        main.sessions.set_language(place, "de")
        await main.deeds.note(place, "ab12cd34")
    with pytest.raises(Refused, match="Only the gateway"):
        await main.on_erase_person(ErasePerson(person="ann"), Task("t", "erase_person", "main", "planner"))
    told = await main.on_erase_person(ErasePerson(person="ann"), Task("t", "erase_person", "main", "gateway"))
    assert told.text == "Facts and 1 exchanges of ann are forgotten."
    kept = {}
    for person in ("ann", "anna"):
        place = f"{person}\nc"
        kept[person] = (
            bool(await main.history.untold(place)), bool(await main.history.summaries(place)),
            bool(main.facts.of(person)), main.memory.proposal(place, "t2") is not None,
            bool(await main.memory.rounds(f"t-{person}")), main.sessions.language(place), main.deeds.last(place),
        )  # fmt: skip
    assert not any(kept["ann"])
    assert kept["anna"][1:] == (True, True, True, True, "de", "ab12cd34")
