import asyncio
import contextlib

from wactorz_common.contracts.notices import Notice
from wactorz_notifier.journal import TRYING
from wactorz_testing.webhook_server import Cut, Fault

MIDNIGHT = 1_790_000_000.0 // 86_400 * 86_400
HOURS = "22:00-06:00"


async def hold(bench, count=3, **more):
    bench.now = MIDNIGHT + 3600
    for number in range(count):
        notice = Notice(text=f"notice {number}", quiet_hours=HOURS, **more)
        ending = await bench.desk.tell(f"t{number}", notice, bench.now + 30)
        assert ending.result.status == "held"


async def test_what_is_held_is_told_together_when_the_hours_end(bench):
    bench.keep("slack")
    await hold(bench)
    assert await bench.holding.release() == MIDNIGHT + 6 * 3600
    await bench.settle()
    assert bench.server.messages == []
    bench.now = MIDNIGHT + 6 * 3600
    assert await bench.holding.release() == float("inf")
    await bench.settle()
    assert bench.server.texts == ["While it was quiet:\n• notice 0\n• notice 1\n• notice 2"]
    assert [result.status for _, result in bench.told] == ["sent"]
    await bench.holding.release()
    await bench.settle()
    assert len(bench.server.messages) == 1


async def test_a_single_one_is_told_as_it_is(bench):
    bench.keep("discord")
    await hold(bench, 1, title="Door")
    bench.now = MIDNIGHT + 7 * 3600
    await bench.holding.release()
    await bench.settle()
    assert bench.server.texts == ["**Door**\nnotice 0"]


async def test_a_place_that_is_gone_leaves_them_to_the_page(bench):
    bench.keep("slack")
    await hold(bench, 2)
    bench.vault.remove_place("slack")
    bench.now = MIDNIGHT + 7 * 3600
    await bench.holding.release()
    await bench.settle()
    assert bench.page == ["While it was quiet:\n• notice 0\n• notice 1"]


async def test_a_storm_is_told_within_a_minute(bench):
    bench.keep("discord")
    endings = [await bench.desk.tell(f"t{n}", Notice(text=f"n{n}"), bench.now + 30) for n in range(100)]
    assert [ending.result.status for ending in endings].count("held") == 95
    bench.now += 60
    await bench.holding.release()
    await bench.settle()
    assert len(bench.server.messages) == 6
    assert bench.server.texts[-1].startswith("95 notices at once:\n• n5\n")
    assert bench.server.texts[-1].endswith(" more") or "n99" in bench.server.texts[-1]


async def test_a_digest_that_may_have_arrived_is_shown_on_the_page_and_not_sent_again(bench):
    bench.keep("slack")
    await hold(bench)
    bench.server.script([Cut()])
    bench.now = MIDNIGHT + 7 * 3600
    await bench.holding.release()
    await bench.settle()
    assert (bench.server.attempts, len(bench.page)) == (1, 1)
    assert bench.told[0][1].text.startswith("Unknown, sent perhaps")
    assert await bench.journal.unfinished_digests() == []


async def test_an_earlier_run_left_one_in_the_middle(bench):
    bench.keep("slack")
    for number, state in enumerate((TRYING, "pending")):
        await bench.journal.make_digest(f"digest/{number}", "slack", Notice(text=f"many {number}"), [], bench.now)
        await bench.journal.mark(f"digest/{number}", state)
    running = asyncio.create_task(bench.holding.run())
    await bench.server.until(1)
    async with asyncio.timeout(5):
        while len(bench.told) < 2:
            await asyncio.sleep(0.01)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert bench.server.texts == ["many 1"]
    assert sorted(result.status for _, result in bench.told) == ["failed", "sent"]


async def test_a_place_that_refuses_for_good_is_given_up(bench):
    bench.keep("slack")
    await hold(bench, 2)
    bench.server.script([Fault(404)])
    bench.now = MIDNIGHT + 7 * 3600
    await bench.holding.release()
    await bench.settle()
    assert bench.told[0][1].text.startswith("Not told: there is nothing at that address")
    assert bench.reports[-1][0] == "slack"
