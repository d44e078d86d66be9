from wactorz_common.contracts.notices import Notice, NoticeResult
from wactorz_notifier.journal import ENDED, KEPT_SECONDS, PENDING, TRYING, Held, Told

NOTICE = Notice(text="The door is open", key="door")
SENT = NoticeResult(status="sent", text="Told", target="discord")


async def test_a_delivery_from_its_beginning_to_its_end(bench):
    journal = bench.journal
    assert await journal.find("t1") is None
    await journal.begin("t1", "discord", NOTICE, 1.0)
    await journal.mark("t1", TRYING)
    await journal.begin("t1", "discord", NOTICE, 2.0)
    found = await journal.find("t1")
    assert (found.state, found.at, found.notice) == (TRYING, 1.0, NOTICE)
    await journal.arrived("t1", 1, "m1")
    await journal.arrived("t1", 2, "m2")
    found = await journal.find("t1")
    assert (found.state, found.pieces, found.message_id) == (PENDING, 2, "m1")
    await journal.end("t1", NOTICE, SENT, 3.0, Told(3.0, "m1", 3.0))
    found = await journal.find("t1")
    assert (found.state, found.result) == (ENDED, SENT)
    assert await journal.told("discord", "door") == Told(3.0, "m1", 3.0)
    assert await journal.told("slack", "door") is None
    assert await journal.told("discord", "") is None


async def test_an_end_without_a_beginning_is_kept_too(bench):
    await bench.journal.end("t2", NOTICE, SENT, 3.0)
    assert (await bench.journal.find("t2")).result == SENT


async def test_what_waits_is_counted_by_key_and_told_once(bench):
    journal, result = bench.journal, NoticeResult(status="held", text="Held", target="discord")
    for number in range(3):
        text = NOTICE.model_copy(update={"text": f"{number}"})
        await journal.hold(f"t{number}", Held(0, "discord", "door", 9.0, text, 1, "quiet"), result, 1.0)
    await journal.hold("t3", Held(0, "discord", "", 9.0, Notice(text="x"), 1, "quiet"), result, 1.0)
    await journal.hold("t4", Held(0, "slack", "", 9.0, Notice(text="y"), 1, "quiet"), result, 1.0)
    waiting = await journal.held("discord")
    assert [(one.notice.text, one.count) for one in waiting] == [("2", 3), ("x", 1)]
    assert len(await journal.held()) == 3
    assert (await journal.find("t1")).result == result
    await journal.make_digest("d1", "discord", Notice(text="both"), waiting, 9.0)
    assert [one.notice.text for one in await journal.held()] == ["y"]
    assert [one.id for one in await journal.unfinished_digests()] == ["d1"]
    assert (await journal.told("discord", "door")).at == 9.0
    await journal.end("d1", Notice(text="both"), SENT, 10.0)
    assert await journal.unfinished_digests() == []


async def test_the_old_is_forgotten(bench):
    await bench.journal.end("t1", NOTICE, SENT, 1.0, Told(1.0, "", 1.0))
    await bench.journal.begin("t2", "discord", NOTICE, 1.0)
    await bench.journal.trim(KEPT_SECONDS + 2)
    assert await bench.journal.find("t1") is None
    assert await bench.journal.told("discord", "door") is None
    assert (await bench.journal.find("t2")).state == PENDING
