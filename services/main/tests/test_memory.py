import pytest

from wactorz_common.contracts.llm import CompletionResult
from wactorz_main.memory import Memory, Proposal


@pytest.fixture
async def memory(store):
    made = Memory(store)
    await made.open()
    return made


async def test_history_has_the_last_turns_in_order_without_this_one(memory):
    for number in range(5):
        await memory.remember(f"t{number}", "c", f"said {number}", f"answered {number}", float(number))
    await memory.remember("other", "d", "elsewhere", "x", 9.0)
    history = await memory.history("t4", "c", 2)
    assert [message.content for message in history] == ["said 2", "answered 2", "said 3", "answered 3"]
    assert [message.role for message in history] == ["user", "assistant"] * 2


async def test_turn_is_kept_once_and_cut(memory):
    await memory.remember("t", "c", "a" * 5000, "b", 1.0)
    await memory.remember("t", "c", "other", "b", 2.0)
    history = await memory.history("x", "c", 9)
    assert [len(message.content) for message in history] == [2000, 1]


async def test_rounds_come_back_in_order(memory, store):
    results = [CompletionResult(provider="p", model="m", text=text) for text in ("a", "b")]
    for number, result in enumerate(results):
        await memory.keep_round("t", number, result, 1.0)
    assert await Memory(store).rounds("t") == results
    assert await memory.rounds("u") == []


async def test_old_things_are_forgotten(memory):
    await memory.remember("t", "c", "a", "b", 1.0)
    await memory.keep_round("t", 0, CompletionResult(provider="p", model="m"), 1.0)
    await memory.trim(2.0)
    assert await memory.history("x", "c", 9) == ()
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


async def test_only_the_newest_proposals_are_kept(memory):
    for number in range(101):
        await memory.propose(f"c{number}", "r")
    assert memory.proposal("c0", "t") is None
    assert memory.proposal("c100", "t") == Proposal("r")
