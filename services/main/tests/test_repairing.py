from wactorz_common.contracts.llm import CompletionResult, ToolCall

from .turn_doubles import PLACE, say


async def fill(agent):
    for number in range(4):
        await agent.history.remember(f"o{number}", PLACE, f"said {number} badger", "noted", 1.0)
    await agent.history.remember("other", "bob\nc", "elsewhere", "noted", 1.0)


async def execute(agent, *statements):
    def work(connection):
        for statement in statements:
            connection.execute(statement)

    await agent.store.write(work)


async def test_a_sound_history_is_said_to_be_so(agent):
    await fill(agent)
    await agent.history.add_summary(PLACE, 1, 2, "They talked.", 1.0)
    answer = await say(agent, "/repair")
    assert answer.text == "The history of this conversation is in order: 4 exchanges, 1 summaries."


async def test_broken_rows_are_mended_and_told(agent):
    await fill(agent)
    calls = (ToolCall(id="c", name="call_services", arguments={}),)
    wants = CompletionResult(provider="p", model="m", tool_calls=calls)
    await agent.memory.keep_round("o0", 0, wants, 1.0)
    await agent.memory.keep_round("o0", 1, CompletionResult(provider="p", model="m", text="so"), 1.0)
    await agent.memory.keep_round("o2", 0, wants, 1.0)
    await agent.history.add_summary(PLACE, 1, 2, "x", 1.0)
    await execute(
        agent,
        "UPDATE exchanges SET said = CAST(x'ff41' AS TEXT) WHERE number = 1",
        "UPDATE exchanges SET said = '', answered = '  ' WHERE number = 2",
        "DELETE FROM exchange_words WHERE rowid = 3",
        "UPDATE rounds SET result = '{' WHERE task_id = 'o2'",
        "UPDATE summaries SET body = ' '",
    )
    answer = await say(agent, "/repair")
    for part in (
        "empty exchanges removed: 1",
        "could not be read: 1",
        "found any more: 1",
        "model that could not be read: 1",
        "nothing: 1",
    ):
        assert part in answer.text, part
    window = (await agent.history.recall(PLACE, "", "x", last=9)).window
    assert [one.said for one in window] == ["?A", "said 2 badger", "said 3 badger"]
    await agent.history.add_summary(PLACE, 1, 4, "x", 1.0)
    for number in range(12):
        await agent.history.remember(f"n{number}", PLACE, "chatter", "noted", 1.0)
    found = (await agent.history.recall(PLACE, "badger", "x", last=10)).found
    assert [one.said for one in found] == ["said 2 badger", "said 3 badger"]
    assert (len(await agent.memory.rounds("o0")), await agent.memory.rounds("o2")) == (2, [])
    assert "in order" in (await say(agent, "/repair", "t2")).text


async def test_other_conversations_are_left_alone(agent):
    await fill(agent)
    await execute(agent, "UPDATE exchanges SET said = '', answered = '' WHERE task_id = 'other'")
    assert "in order" in (await say(agent, "/repair")).text
    assert (await say(agent, "/repair", "t2", conversation="")).status == "failed"


async def test_it_answers_in_the_language_of_the_conversation(agent):
    agent.sessions.set_language(PLACE, "de")
    assert (await say(agent, "/repair")).text.startswith("Der Verlauf dieses Gesprächs ist in Ordnung")
