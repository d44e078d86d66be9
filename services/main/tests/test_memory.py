import pytest

from wactorz_common.contracts.llm import CompletionResult
from wactorz_main.memory import Memory, Proposal


@pytest.fixture
async def memory(store):
    made = Memory(store)
    await made.open()
    return made


async def test_rounds_come_back_in_order(memory, store):
    results = [CompletionResult(provider="p", model="m", text=text) for text in ("a", "b")]
    for number, result in enumerate(results):
        await memory.keep_round("t", number, result, 1.0)
    assert await Memory(store).rounds("t") == results
    assert await memory.rounds("u") == []


async def test_old_decisions_are_forgotten(memory):
    await memory.keep_round("t", 0, CompletionResult(provider="p", model="m"), 1.0)
    await memory.trim(2.0)
    assert await memory.rounds("t") == []


async def test_proposal_is_seen_until_answered_and_then_only_by_that_task(memory):
    await memory.propose("c", "rule-1")
    assert memory.proposal("c", "t1") == Proposal("rule-1")
    assert memory.proposal("d", "t1") is None
    await memory.answer_proposal("c", "t1")
    assert memory.proposal("c", "t1") == Proposal("rule-1")
    assert memory.proposal("c", "t2") is None
    await memory.propose("c", "rule-2")
    assert memory.proposal("c", "t2") == Proposal("rule-2")
    await memory.ask_approval("c", "ab12")
    assert memory.proposal("c", "t2") == Proposal("", "ab12"), "the last question counts"


async def test_a_round_that_cannot_be_read_ends_what_is_known(memory, store):
    results = [CompletionResult(provider="p", model="m", text=text) for text in ("a", "b", "c")]
    for number, result in enumerate(results):
        await memory.keep_round("t", number, result, 1.0)
    await store.write(lambda c: c.execute("UPDATE rounds SET result = '{' WHERE number = 1") and None)
    assert await memory.rounds("t") == results[:1]


async def test_what_a_task_is_about_is_kept_beside_its_rounds(memory):
    assert await memory.intent("t") is None
    about = CompletionResult(provider="p", model="m", text="ACTUATE")
    await memory.keep_intent("t", about, 1.0)
    assert (await memory.intent("t"), await memory.rounds("t")) == (about, [])


async def test_a_decision_is_known_until_the_next_message(memory):
    await memory.ask_plan("c", "p1")
    assert memory.proposal("c", "t1") == Proposal(plan_id="p1")
    await memory.answer_proposal("c", "t1", decided=True)
    assert [memory.was_decided("c", task) for task in ("t1", "t2")] == [False, True]
    await memory.answer_proposal("c", "t2")
    assert not memory.was_decided("c", "t3")


async def test_only_the_newest_proposals_are_kept(memory):
    for number in range(101):
        await memory.propose(f"c{number}", "r")
    assert memory.proposal("c0", "t") is None
    assert memory.proposal("c100", "t") == Proposal("r")
