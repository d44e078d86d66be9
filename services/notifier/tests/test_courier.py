import pytest

from wactorz_common.contracts.notices import Notice
from wactorz_common.sealing import seal
from wactorz_notifier.journal import PENDING, TRYING
from wactorz_notifier.vault import Vault
from wactorz_testing.webhook_server import Cut, Fault


async def carry(bench, place, notice=None, seconds=60.0, **more):
    notice = notice or Notice(text="hello")
    await bench.journal.begin("t1", place.name if place else "page", notice, bench.now)
    return await bench.courier.carry("t1", place, notice, bench.now + seconds, **more)


async def test_the_page(bench):
    assert (await carry(bench, None)).outcome.arrived
    assert bench.page == ["hello"]
    assert await bench.courier.limit_of(None) == 4_000


async def test_pauses_grow_and_a_service_may_ask_for_longer_ones(bench):
    place = bench.keep("slack")
    bench.server.script([Fault(500), Fault(500), Fault(429, retry_after=20), Fault(500)])
    carried = await carry(bench, place)
    assert carried.outcome.arrived
    first, second, asked, last = bench.waits
    assert 0.4 <= first <= 0.6
    assert 0.8 <= second <= 1.2
    assert asked == 20
    assert 3 <= last <= 5


async def test_the_deadline_ends_it_and_what_is_certain_is_kept(bench):
    place = bench.keep("slack")
    bench.server.script([Fault(500)] * 100)
    carried = await carry(bench, place, seconds=10.0)
    assert not carried.outcome.arrived
    assert 3 <= bench.server.attempts <= 6
    assert (await bench.journal.find("t1")).state == PENDING


async def test_a_pause_that_is_too_long_is_not_waited_for(bench):
    place = bench.keep("slack")
    bench.server.script([Fault(429, retry_after=3600)])
    assert "no more messages" in (await carry(bench, place)).outcome.problem
    assert bench.waits == []


async def test_what_is_unclear_stays_so(bench):
    place = bench.keep("slack")
    bench.server.script([Cut()])
    assert (await carry(bench, place)).outcome.unclear
    assert (await bench.journal.find("t1")).state == TRYING
    assert bench.server.attempts == 1


@pytest.mark.parametrize("done", [0, 1])
async def test_pieces_that_have_arrived_are_not_sent_again(bench, done):
    place, text = bench.keep("discord"), "word " * 700
    await carry(bench, place, Notice(text=text), done=done)
    assert len(bench.server.messages) == 2 - done
    assert (await bench.journal.find("t1")).pieces == 2


async def test_edits_are_repeated_and_too_long_ones_cut(bench):
    place = bench.keep("discord")
    first = await carry(bench, place)
    bench.server.script([Cut(), Fault(503)])
    carried = await carry(bench, place, Notice(text="x" * 3_000), edit=first.message_id)
    assert (carried.outcome.arrived, carried.edited) == (True, True)
    assert bench.server.texts[0].endswith("x…")
    assert len(bench.server.texts[0]) <= 2_000


async def test_a_url_of_another_vault_is_a_problem_and_no_crash(bench, tmp_path):
    other = Vault(tmp_path / "other")
    place = bench.keep("slack").model_copy(update={"url": seal("secret:x", "slack", "https://x", other.key)})
    assert "enter it again" in (await carry(bench, place)).outcome.problem
