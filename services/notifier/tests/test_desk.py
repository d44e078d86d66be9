import asyncio

import pytest

from wactorz_common.contracts.notices import Notice
from wactorz_common.contracts.tasks import TaskState
from wactorz_common.errors import Expired, Refused
from wactorz_notifier.journal import TRYING
from wactorz_testing.webhook_server import Cut, Fault


async def tell(bench, text, task_id="", **notice):
    return await bench.desk.tell(task_id or text, Notice(text=text, **notice), bench.now + 30)


async def test_a_named_place_that_is_not_there_is_refused_and_shown(bench):
    with pytest.raises(Refused, match="/webhook slack URL"):
        await tell(bench, "hello", target="slack")
    assert bench.page == ["hello"]


async def test_nowhere_to_go_is_the_page(bench):
    ending = await tell(bench, "hello")
    assert (ending.result.target, bench.page) == ("page", ["hello"])
    assert "/webhook discord URL" in ending.result.text


async def test_the_same_task_again_tells_nothing_again(bench):
    bench.keep("slack")
    first, again = await tell(bench, "hello"), await tell(bench, "hello")
    assert (first.is_new, again.is_new, again.result) == (True, False, first.result)
    assert bench.server.texts == ["hello"]


async def test_a_run_that_died_while_sending_says_so(bench):
    bench.keep("slack")
    await bench.journal.begin("t1", "slack", Notice(text="hello"), bench.now)
    await bench.journal.mark("t1", TRYING)
    ending = await tell(bench, "hello", "t1")
    assert (ending.state, ending.result.status) == (TaskState.UNKNOWN, "failed")
    assert bench.server.attempts == 0
    again = await tell(bench, "hello", "t1")
    assert (again.state, again.is_new) == (TaskState.UNKNOWN, False)


async def test_the_page_may_be_shown_again(bench):
    await bench.journal.begin("t1", "page", Notice(text="hello"), bench.now)
    await bench.journal.mark("t1", TRYING)
    assert (await tell(bench, "hello", "t1")).result.status == "sent"


async def test_a_run_that_died_between_pieces_goes_on(bench):
    bench.keep("discord")
    text = "word " * 700
    await bench.journal.begin("t1", "discord", Notice(text=text), bench.now)
    await bench.journal.arrived("t1", 1, "m1")
    assert (await tell(bench, text, "t1")).result.status == "sent"
    assert len(bench.server.messages) == 1


async def test_what_is_unclear_uses_up_the_cooldown_what_failed_does_not(bench):
    bench.keep("slack")
    bench.server.script([Fault(404), Cut()])
    assert (await tell(bench, "one", key="k", cooldown_seconds=60)).state is TaskState.FAILED
    assert (await tell(bench, "two", key="k", cooldown_seconds=60)).state is TaskState.UNKNOWN
    assert (await tell(bench, "three", key="k", cooldown_seconds=60)).result.status == "suppressed"
    assert [text.split("\n")[0] for text in bench.page] == ["one", "two"]
    assert [bool(problem) for _, problem in bench.reports] == [True, True]


async def test_quiet_hours_of_a_notice_win_over_those_of_the_house(bench):
    bench.keep("slack")
    bench.now = 1_790_000_000.0 // 86_400 * 86_400 + 12 * 3600  # noon
    bench.make(quiet_hours="11:00-13:00")
    assert (await tell(bench, "one")).result.text == "Held until 13:00, when the quiet hours end"
    assert (await tell(bench, "two", quiet_hours="11:00-14:30")).result.text.startswith("Held until 14:30")
    assert (await tell(bench, "three", quiet_hours="22:00-06:00")).result.status == "sent"
    assert (await tell(bench, "four", severity="critical")).result.status == "sent"
    assert bench.desk.changed.is_set()


async def test_a_place_has_one_notice_at_a_time(bench):
    bench.keep("slack")
    async with bench.desk.turn("slack"):
        waiting = asyncio.create_task(bench.desk.tell("t1", Notice(text="late"), bench.now + 0.05))
        with pytest.raises(Expired, match="was busy"):
            await waiting
    assert (await tell(bench, "next")).result.status == "sent"


async def test_those_that_would_wait_for_a_place_that_is_away_are_told_together_later(bench):
    bench.keep("slack")
    async with bench.desk.turn("slack"):
        waiting = [
            asyncio.create_task(bench.desk.tell(f"t{n}", Notice(text=f"n{n}"), bench.now + 30)) for n in range(5)
        ]
        await asyncio.sleep(0)
        critical = asyncio.create_task(bench.desk.tell("c", Notice(text="water!", severity="critical"), bench.now + 30))
        ending = await tell(bench, "n5")
        assert (ending.result.status, ending.result.text.startswith("There are many notices")) == ("held", True)
        assert not any(task.done() for task in (*waiting, critical))
    endings = await asyncio.gather(*waiting, critical)
    assert [one.result.status for one in endings] == ["sent"] * 6
    assert bench.server.texts[-1] == "water!"
